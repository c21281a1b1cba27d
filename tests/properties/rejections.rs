//! What the design says of tokens that the API rejects, written down once more and not taken from the cache.

use std::collections::VecDeque;
use std::time::Duration;

use auth_core::{AccessToken, ClockReading, Verdict};

use crate::world::age;

/// The rejections of a story.
#[derive(Debug, Default)]
pub(crate) struct Rejections {
    in_a_row: u32,
    /// When young tokens were discarded because the API said why, lately.
    early: Vec<ClockReading>,
    discarded: VecDeque<(AccessToken, ClockReading)>,
}

impl Rejections {
    /// Returns true if the current token, requested at `requested_at`, must be discarded.
    pub(crate) fn must_discard(
        &mut self,
        token: &AccessToken,
        requested_at: ClockReading,
        now: ClockReading,
        verdict: Verdict,
    ) -> bool {
        let token_age = age(requested_at, now);
        if token_age > LONGEST {
            self.in_a_row = 0;
        }
        let least = least_age(token) * 2_u32.pow(self.in_a_row.min(10));
        let mut must = token_age >= least.min(LONGEST);
        if !must && verdict == Verdict::InvalidToken && self.in_a_row == 0 {
            // The window begins with the first of them.
            if self
                .early
                .first()
                .is_some_and(|first| age(*first, now) >= LONGEST)
            {
                self.early.clear();
            }
            must = self.early.len() < 10;
            if must {
                self.early.push(now);
            }
        }
        if must {
            self.in_a_row += 1;
            self.discarded.push_back((token.clone(), now));
            // As many as are remembered.
            if self.discarded.len() > 8 {
                self.discarded.pop_front();
            }
        }
        must
    }

    pub(crate) fn accept(&mut self) {
        self.in_a_row = 0;
    }

    /// Returns true if a token was discarded more lately than any chance that it could have had since.
    pub(crate) fn must_not_be_served(&self, token: &AccessToken, at: ClockReading) -> bool {
        self.discarded.iter().any(|(discarded, since)| {
            discarded.is_same_token(token) && age(*since, at) < least_age(token)
        })
    }
}

fn least_age(token: &AccessToken) -> Duration {
    (token.lifetime() / 4).min(Duration::from_secs(10))
}

const LONGEST: Duration = Duration::from_secs(300);
