//! The tokens that the API rejected: which ones, when, and how many consecutively.

use std::collections::VecDeque;
use std::time::Duration;

use super::policy::RefreshPolicy;
use crate::clock::ClockReading;
use crate::source::Verdict;
use crate::token::AccessToken;

/// The invalid tokens that a cache remembers.
///
/// It is allocated with the first rejection, since most tenants of many have none.
#[derive(Debug, Default)]
pub(super) struct InvalidTokens(Option<Box<Rejections>>);

#[derive(Debug, Default)]
struct Rejections {
    remembered: VecDeque<(AccessToken, ClockReading)>,
    /// Consecutive discarded tokens, without one that the API accepted.
    in_a_row: u32,
    /// The last token whose rejection was ignored.
    suspect: Option<AccessToken>,
    /// When the current series of discarded young tokens started, and its length.
    early: Option<(ClockReading, u32)>,
}

impl InvalidTokens {
    /// Records the API's verdict on a token of this age; returns true if it must be discarded.
    ///
    /// A young token is rejected for its permissions or its audience rather than its age, and the next one would be as well.
    pub(super) fn is_discarded(
        &mut self,
        policy: &RefreshPolicy,
        token: &AccessToken,
        age: Duration,
        now: ClockReading,
        verdict: Verdict,
    ) -> bool {
        let rejections = self.0.get_or_insert_default();
        rejections.is_discarded(policy, token, age, now, verdict)
    }

    /// Records that the API accepted the current token: a later rejection is then about the token, not the API.
    pub(super) fn accept(&mut self) {
        if let Some(rejections) = &mut self.0 {
            rejections.in_a_row = 0;
            rejections.suspect = None;
        }
    }

    /// Returns the number of consecutive discarded tokens.
    pub(super) fn in_a_row(&self) -> u32 {
        let rejections = self.0.as_ref();
        rejections.map_or(0, |rejections| rejections.in_a_row)
    }

    /// Returns true if this token was discarded too recently to be used again.
    ///
    /// A rejection can be spurious and a token's lifetime a day, so none is discarded forever.
    pub(super) fn contains(
        &self,
        policy: &RefreshPolicy,
        token: &AccessToken,
        now: ClockReading,
    ) -> bool {
        let rejections = self.0.as_ref();
        rejections.is_some_and(|rejections| rejections.contains(policy, token, now))
    }

    /// Returns true if this token was discarded and is still remembered, however long ago that was.
    #[cfg(feature = "store")]
    pub(super) fn remembers(&self, token: &AccessToken) -> bool {
        self.0.as_ref().is_some_and(|rejections| {
            let mut remembered = rejections.remembered.iter();
            remembered.any(|(invalid, _)| invalid.is_same_token(token))
        })
    }

    /// Removes all tokens.
    pub(super) fn clear(&mut self) {
        self.0 = None;
    }
}

impl Rejections {
    fn is_discarded(
        &mut self,
        policy: &RefreshPolicy,
        token: &AccessToken,
        age: Duration,
        now: ClockReading,
        verdict: Verdict,
    ) -> bool {
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

    fn contains(&self, policy: &RefreshPolicy, token: &AccessToken, now: ClockReading) -> bool {
        let min_age = self.min_age(policy, token);
        self.remembered
            .iter()
            .any(|(invalid, since)| invalid.is_same_token(token) && now.since(*since) < min_age)
    }

    /// Returns the minimum age of a token for its rejection to be believed, which doubles with each consecutive discarded token.
    fn min_age(&self, policy: &RefreshPolicy, token: &AccessToken) -> Duration {
        let first = policy.min_age_to_invalidate().min(token.lifetime() / 4);
        let doublings = self.in_a_row.min(MAX_DOUBLINGS);
        first
            .saturating_mul(1 << doublings)
            .min(policy.max_age_to_invalidate())
    }

    /// Returns true if another young token may be discarded: an API of which one half accepts what the other calls invalid
    /// must not cause a token request per API request.
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

/// Far above any cap in use; the bound prevents an overflow of the shift.
const MAX_DOUBLINGS: u32 = 16;

/// Restarts and revocations are rare; more young rejected tokens than this within minutes are the API's fault.
const MAX_EARLY: u32 = 10;

#[cfg(test)]
mod tests;
