#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod secret;
mod clock;
mod scope;
mod token;
mod http;
mod retry;
mod credential;
mod exchange;
mod source;
mod sync;
mod cache;
mod header;
mod call;
mod settings;

#[cfg(feature = "blocking")]
pub use cache::BlockingTokenCache;
pub use cache::{
    CacheState, Health, HealthChanges, KeyedTokenCache, KeyedTokenCacheBuilder, RefreshPolicy,
    TokenCache,
};
pub use call::{ApiAnswer, ApiCall, Explanation, Patience};
pub use clock::{Clock, Moment, SystemClock};
pub use credential::{CredentialProvider, Credentials, FileCredentials};
pub use error::{Error, ErrorKind, Result};
pub use exchange::{
    Answer, ClientAuthentication, Granted, OAuthExchange, OAuthGrant, Refusal, TokenEndpoint,
};
#[cfg(feature = "blocking")]
pub use header::BlockingClient;
pub use header::{Attempt, AuthorizedClient, refuses_token, with_token};
#[cfg(feature = "tower")]
pub use header::{TokenLayer, TokenService};
pub use http::{BaseUrl, HttpClient, Limits};
#[cfg(feature = "reqwest")]
pub use http::{DefaultHttpClient, DefaultHttpClientBuilder};
pub use scope::Scope;
pub use secret::{Secret, check_credential};
pub use settings::{EnvironmentCredentials, Names, Setting, Settings, Variables};
pub use source::{StaticTokenSource, TokenSource, Verdict};
pub use token::{AccessToken, ExpiresIn, TokenAnswer};
