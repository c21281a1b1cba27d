//! What the clients of many tenants share, as made for the first of them: their URLs, their settings, and those of their token requests.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Endpoints;
use crate::client::ClientSettings;
use crate::oauth::{OAuthSettings, TokenEndpoint};

/// One copy for all tenants that are where most are, not one each.
#[derive(Default)]
pub(crate) struct SharedParts {
    pub(super) endpoints: OnceLock<Endpoints>,
    pub(super) client: OnceLock<Arc<ClientSettings>>,
    pub(super) token_endpoint: OnceLock<TokenEndpoint>,
    pub(super) oauth: OnceLock<Arc<OAuthSettings>>,
}

impl fmt::Debug for SharedParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedParts").finish_non_exhaustive()
    }
}
