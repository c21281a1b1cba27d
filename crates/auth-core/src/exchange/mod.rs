//! One token request: sent once, classified, and turned into an access token.

mod endpoint;
mod oauth;
mod refusal;

pub use endpoint::{Answer, TokenEndpoint};
pub use oauth::{ClientAuthentication, Granted, OAuthExchange, OAuthGrant};
pub use refusal::Refusal;

#[cfg(test)]
mod tests;
