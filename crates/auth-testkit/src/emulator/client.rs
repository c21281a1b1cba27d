//! One client of a running emulator.

use std::sync::Arc;

use auth_core::Secret;

use crate::clients::Client;
use crate::engine::Engine;

/// A client of an [`Emulator`](crate::Emulator), for a test that has several.
#[derive(Debug)]
pub struct EmulatedClient<'a> {
    engine: &'a Engine,
    client: Arc<Client>,
}

impl<'a> EmulatedClient<'a> {
    pub(super) fn new(engine: &'a Engine, client: Arc<Client>) -> Self {
        Self { engine, client }
    }

    /// Returns the client id.
    pub fn id(&self) -> &str {
        self.client.id()
    }

    /// Returns the secret that the client has now.
    pub fn secret(&self) -> &str {
        self.client.secret().expose_secret()
    }

    /// Replaces the secret; the old one is rejected at once, while tokens obtained with it stay valid.
    pub fn rotate_secret(&self, new: &str) {
        self.client.rotate_secret(Secret::from(new));
    }

    /// Disables the client: it obtains no more tokens, while those that it has stay valid.
    pub fn disable(&self) {
        self.client.enable(false);
    }

    /// Enables the client again.
    pub fn enable(&self) {
        self.client.enable(true);
    }

    /// Rejects every token issued to this client so far from now on.
    pub fn revoke_tokens(&self) {
        let mut live = self.engine.live();
        live.refresh_tokens.revoke_of(self.id());
        live.tokens.revoke_of(self.id());
    }
}
