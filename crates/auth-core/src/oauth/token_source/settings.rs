//! The settings of token requests, in one place that the sources of many tenants share.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::super::endpoint::TokenEndpoint;
use super::super::grant::{ClientAuthMethod, Grant};
use crate::scope::Scope;
use crate::secret::Secret;

/// Everything but the credentials.
#[derive(Clone)]
pub(crate) struct OAuthSettings {
    pub(super) endpoint: TokenEndpoint,
    pub(super) grant: Grant,
    pub(super) client_auth_method: ClientAuthMethod,
    pub(super) scope: Option<Scope>,
    pub(super) parameters: Vec<(&'static str, Secret)>,
    pub(super) documented_lifetime: Option<Duration>,
    pub(super) ignores_zero_lifetime: bool,
    /// Whether the missing token type was logged; shared by clones.
    pub(super) has_noted_type: Arc<AtomicBool>,
}

impl OAuthSettings {
    /// Returns true if requests with either are the same, credentials aside.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let Self {
            endpoint,
            grant,
            client_auth_method,
            scope,
            parameters,
            documented_lifetime,
            ignores_zero_lifetime,
            has_noted_type: _,
        } = self;
        endpoint.is_same(&other.endpoint)
            && *grant == other.grant
            && *client_auth_method == other.client_auth_method
            && *scope == other.scope
            && parameters.len() == other.parameters.len()
            && parameters.iter().zip(&other.parameters).all(is_same)
            && *documented_lifetime == other.documented_lifetime
            && *ignores_zero_lifetime == other.ignores_zero_lifetime
    }
}

/// Not in constant time, since both values are our own.
fn is_same((one, other): (&(&str, Secret), &(&str, Secret))) -> bool {
    one.0 == other.0 && one.1.expose_secret() == other.1.expose_secret()
}

#[cfg(test)]
mod tests;
