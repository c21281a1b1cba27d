//! Whether the token of another process is of use here, and for how long.

use std::time::Duration;

use super::super::lock;
use super::super::policy::Timing;
use super::Round;
use crate::clock::ClockReading;
use crate::scope::Scope;
use crate::source::TokenSource;
use crate::store::{SharedToken, StoreDown, StoredRecord, TokenKeys};
use crate::token::AccessToken;

impl<S: TokenSource> Round<'_, S> {
    /// Returns the token in the store if it is another one than the present one, lives longer, and was not rejected here.
    pub(super) async fn adoptable(&self) -> Result<Option<(AccessToken, Timing)>, StoreDown> {
        // The token is as old as it was at the latest when the store read it, so the time of the call counts as age.
        let before = self.cache.clock.now();
        let Some(record) = self.session.get(&self.keys.token).await? else {
            return Ok(None);
        };
        let Some((token, timing)) = self.open(self.keys, &record, before) else {
            return Ok(None);
        };
        if lock(&self.cache.slot).has_rejected(&token) {
            let key = &self.keys.token;
            // Another process may have replaced it meanwhile, so by its bytes.
            self.session.delete_if(key, &record.bytes).await?;
            return Ok(None);
        }
        let now = self.cache.clock.now();
        let may_adopt = lock(&self.cache.slot).may_adopt(&token, timing, now);
        Ok(may_adopt.then_some((token, timing)))
    }

    /// Returns true if the store has a token under these keys that lives longer than one with this timing.
    pub(super) async fn has_better(
        &self,
        keys: &TokenKeys,
        timing: Timing,
    ) -> Result<bool, StoreDown> {
        let before = self.cache.clock.now();
        let record = self.session.get(&keys.token).await?;
        let now = self.cache.clock.now();
        Ok(record
            .and_then(|record| self.open(keys, &record, before))
            .is_some_and(|(token, stored)| {
                stored.remaining(now) > timing.remaining(now)
                    && !lock(&self.cache.slot).has_rejected(&token)
            }))
    }

    fn open(
        &self,
        keys: &TokenKeys,
        record: &StoredRecord,
        before: ClockReading,
    ) -> Option<(AccessToken, Timing)> {
        let shared = keys.open_token(&record.bytes)?;
        let policy = &self.cache.policy;
        let margin = policy.expiry_margin().min(shared.lifetime / 10);
        let remaining = remaining(&shared, record.life?, margin, before.wall())?;
        let token = AccessToken::new(shared.token, before, remaining + margin)
            .ok()?
            .with_scope(shared.scope.as_deref().and_then(Scope::from_granted));
        // By whichever of the two clocks decided on its rest.
        let age = shared.lifetime.saturating_sub(remaining + margin);
        let timing = policy.adopted_timing(&token, before, age, remaining);
        Some((token, timing))
    }
}

impl SharedToken {
    pub(super) fn of(token: &AccessToken, timing: Timing) -> Self {
        Self {
            token: token.expose_secret().into(),
            scope: token.scope().map(|scope| scope.as_str().to_owned()),
            lifetime: token.lifetime(),
            issued_at: timing.anchor.wall(),
        }
    }
}

/// Returns for how long another process's token may be returned here; `None` if it is not worth it.
///
/// The store counts the record's life, and this machine's wall clock is a second opinion: it can only shorten the rest.
/// So neither a store whose clock was stopped or set back nor a machine with a wrong clock makes a token live longer.
fn remaining(
    token: &SharedToken,
    life: Duration,
    margin: Duration,
    now: Duration,
) -> Option<Duration> {
    let age = now.saturating_sub(token.issued_at);
    let by_wall = token.lifetime.checked_sub(age)?.checked_sub(margin)?;
    let remaining = by_wall.min(life);
    (remaining >= MIN_REMAINING).then_some(remaining)
}

/// A token that ends sooner is due for a refresh that other processes have begun.
const MIN_REMAINING: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
