//! The tokens that were issued, the lifetime and the owner of each.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use auth_core::ClockReading;

/// Remembers every token that may still be good.
#[derive(Default)]
pub(crate) struct IssuedTokens {
    tokens: HashMap<String, Issued>,
    sweep_at: usize,
}

/// The owner of a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The vendor's id of a client or a user.
    pub(crate) id: String,
    /// The client that obtained the token; users need none.
    pub(crate) client_id: Option<String>,
    /// The session of a user that the token belongs to.
    pub(crate) session: u64,
}

struct Issued {
    at: ClockReading,
    lifetime: Duration,
    owner: Owner,
}

impl Issued {
    fn is_good(&self, now: ClockReading) -> bool {
        now.since(self.at) < self.lifetime
    }
}

impl IssuedTokens {
    /// Remembers a token.
    pub(crate) fn add(
        &mut self,
        token: String,
        now: ClockReading,
        lifetime: Duration,
        owner: Owner,
    ) {
        if self.tokens.len() >= self.sweep_at {
            self.tokens.retain(|_, issued| issued.is_good(now));
            // Looking at every token for each new one would make a stampede quadratic.
            self.sweep_at = (2 * self.tokens.len()).max(SWEEP_AT_LEAST);
        }
        let issued = Issued {
            at: now,
            lifetime,
            owner,
        };
        self.tokens.insert(token, issued);
    }

    /// Returns a token's owner, if it is still valid.
    pub(crate) fn owner(&self, token: &str, now: ClockReading) -> Option<&Owner> {
        let issued = self.tokens.get(token)?;
        issued.is_good(now).then_some(&issued.owner)
    }

    /// Forgets every token, so that each is rejected from now on.
    pub(crate) fn revoke(&mut self) {
        self.tokens.clear();
    }

    /// Forgets the tokens of one client.
    pub(crate) fn revoke_of(&mut self, client_id: &str) {
        self.tokens
            .retain(|_, issued| issued.owner.client_id.as_deref() != Some(client_id));
    }
}

impl fmt::Debug for IssuedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} issued", self.tokens.len())
    }
}

/// How many tokens may pile up before the expired ones are looked for: well under a megabyte.
const SWEEP_AT_LEAST: usize = 256;

#[cfg(test)]
mod tests;
