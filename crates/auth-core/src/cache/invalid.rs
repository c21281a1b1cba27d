//! The tokens that the API rejected: which ones, when, and how many in a row.

use std::collections::VecDeque;
use std::time::Duration;

use super::policy::RefreshPolicy;
use crate::clock::ClockReading;
use crate::source::Verdict;
use crate::token::AccessToken;

/// The cache's memory of invalid tokens.
#[derive(Debug, Default)]
pub(super) struct InvalidTokens {
    remembered: VecDeque<(AccessToken, ClockReading)>,
    /// Tokens discarded in a row, without one that the API accepted.
    in_a_row: u32,
    /// The token whose rejection was last not believed.
    suspect: Option<AccessToken>,
    /// When a token younger than the minimum age was last discarded first, and how many were since.
    early: Option<(ClockReading, u32)>,
}

impl InvalidTokens {
    /// Takes the API's verdict on a token that was requested at `requested_at`; returns true if it is to be discarded.
    ///
    /// A young token is rejected for its rights or its audience rather than for its age, and the next one would be as well.
    pub(super) fn is_discarded(
        &mut self,
        policy: &RefreshPolicy,
        token: &AccessToken,
        requested_at: ClockReading,
        now: ClockReading,
        verdict: Verdict,
    ) -> bool {
        let age = now.since(requested_at);
        // A token that was rejected when it was young as well did not live long: it was only kept.
        let was_rejected_before = self
            .suspect
            .as_ref()
            .is_some_and(|suspect| suspect.is_same_token(token));
        if age > policy.max_age_to_invalidate() && !was_rejected_before {
            self.in_a_row = 0;
        }
        let is_old = age >= self.min_age(policy, token);
        let is_believed = is_old
            || (verdict == Verdict::InvalidToken
                && self.in_a_row == 0
                && self.may_be_early(policy, now));
        if is_believed {
            self.in_a_row = self.in_a_row.saturating_add(1);
            self.remembered.push_back((token.clone(), now));
            while self.remembered.len() > policy.remembered_invalid_tokens() {
                self.remembered.pop_front();
            }
        }
        self.suspect = (!is_believed).then(|| token.clone());
        is_believed
    }

    /// The API accepted the current token: its rejections say something of the tokens again, and not of the API.
    pub(super) fn accept(&mut self) {
        self.in_a_row = 0;
        self.suspect = None;
    }

    /// Returns how many tokens in a row were discarded.
    pub(super) fn in_a_row(&self) -> u32 {
        self.in_a_row
    }

    /// Returns true if this very token was discarded so lately that it deserves no other chance yet.
    ///
    /// A rejection can be spurious and a token's life a day, so none is discarded forever.
    pub(super) fn contains(
        &self,
        policy: &RefreshPolicy,
        token: &AccessToken,
        now: ClockReading,
    ) -> bool {
        let min_age = self.min_age(policy, token);
        self.remembered
            .iter()
            .any(|(invalid, since)| invalid.is_same_token(token) && now.since(*since) < min_age)
    }

    /// Forgets every token.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns how old a token must be for its rejection to be believed: twice as old with each discarded one in a row.
    fn min_age(&self, policy: &RefreshPolicy, token: &AccessToken) -> Duration {
        let first = policy.min_age_to_invalidate().min(token.lifetime() / 4);
        let doublings = self.in_a_row.min(MAX_DOUBLINGS);
        first
            .saturating_mul(1 << doublings)
            .min(policy.max_age_to_invalidate())
    }

    /// Returns true if one more young token may be discarded: an API of which one half accepts what the other calls invalid
    /// must not cost a token for each request.
    fn may_be_early(&mut self, policy: &RefreshPolicy, now: ClockReading) -> bool {
        let recent = self
            .early
            .filter(|(since, _)| now.since(*since) < policy.max_age_to_invalidate());
        let (since, count) = recent.unwrap_or((now, 0));
        let may = count < MAX_EARLY;
        self.early = Some((since, count + u32::from(may)));
        may
    }
}

/// Far past any cap in use; the bound keeps the shift from overflowing.
const MAX_DOUBLINGS: u32 = 16;

/// Restarts and revocations come one at a time; more young tokens than this within minutes are the API's fault.
const MAX_EARLY: u32 = 10;

#[cfg(test)]
mod tests;
