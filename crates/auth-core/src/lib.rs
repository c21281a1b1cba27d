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
pub use call::{
    ApiAnswer, ApiCall, Explanation, ListPage, MAX_LIST_BYTES, MAX_LIST_ITEMS, MAX_LIST_PAGES,
    PageStart, Pager, Patience,
};
pub use clock::{Clock, Moment, SystemClock};
pub use credential::{CredentialProvider, Credentials, FileCredentials};
pub use error::{
    Error, ErrorKind, MAX_DISPLAY_CHARS, Result, SideEffect, display_list, display_text,
};
pub use exchange::{
    Answer, ClientAuthentication, Granted, OAuthExchange, OAuthGrant, Refusal, TokenEndpoint,
};
#[cfg(feature = "blocking")]
pub use header::BlockingClient;
pub use header::{
    Attempt, AuthorizedClient, ForwardHeaders, refuses_token, token_after, with_token,
};
#[cfg(feature = "tower")]
pub use header::{BearerTokenBody, TokenLayer, TokenService};
pub use http::{BaseUrl, HttpClient, Limits};
#[cfg(feature = "reqwest")]
pub use http::{DefaultHttpClient, DefaultHttpClientBuilder};
pub use scope::Scope;
pub use secret::{Secret, check_credential};
pub use settings::{EnvironmentCredentials, Names, Setting, Settings, Variables};
pub use source::{StaticTokenSource, TokenSource, Verdict};
pub use token::{AccessToken, ExpiresIn, TokenAnswer};
