//! One token request: sent once, classified, and turned into an access token.

mod grant;
mod endpoint;
mod token_source;
mod error_response;
mod json;

pub use endpoint::{TokenEndpoint, TokenHttpResponse};
pub use error_response::TokenErrorResponse;
pub use grant::{ClientAuthMethod, Grant, TokenSet};
pub(crate) use json::{json_body, not_a_token_response};
pub(crate) use token_source::OAuthSettings;
pub use token_source::OAuthTokenSource;

#[cfg(test)]
mod tests;
