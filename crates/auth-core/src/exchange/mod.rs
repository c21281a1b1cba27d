//! One token request: sent once, classified, and turned into an access token.

mod endpoint;
mod oauth;
mod refusal;

pub use endpoint::{TokenEndpoint, TokenHttpResponse};
pub use oauth::{ClientAuthMethod, OAuthGrant, OAuthTokenSource, TokenSet};
pub use refusal::TokenErrorResponse;

#[cfg(test)]
mod tests;
