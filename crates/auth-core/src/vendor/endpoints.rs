//! The endpoints of a vendor: its API, its token endpoint, and further origins that may receive the token.

use crate::http::BaseUrl;

/// The checked URLs of one vendor, from its [`endpoints`](super::Vendor::endpoints).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    base_url: BaseUrl,
    token_url: BaseUrl,
    origins: Vec<BaseUrl>,
}

impl Endpoints {
    /// Creates endpoints from the API's base URL and the token endpoint.
    pub fn new(base_url: BaseUrl, token_url: BaseUrl) -> Self {
        Self {
            base_url,
            token_url,
            origins: Vec::new(),
        }
    }

    /// Adds an origin, in addition to the API's, that may receive the token.
    #[must_use]
    pub fn with_origin(mut self, origin: BaseUrl) -> Self {
        self.origins.push(origin);
        self
    }

    /// Returns the URL that request paths are appended to.
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// Returns the token endpoint's URL.
    pub fn token_url(&self) -> &BaseUrl {
        &self.token_url
    }

    /// Returns the further origins that may receive the token.
    pub fn origins(&self) -> &[BaseUrl] {
        &self.origins
    }
}
