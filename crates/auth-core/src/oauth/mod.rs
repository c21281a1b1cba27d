//! One token request: sent once, classified, and turned into an access token.

mod endpoint;
mod token_source;
mod refusal;

pub use endpoint::{TokenEndpoint, TokenHttpResponse};
pub use token_source::{ClientAuthMethod, OAuthGrant, OAuthTokenSource, TokenSet};
pub use refusal::TokenErrorResponse;

#[cfg(test)]
mod tests;
