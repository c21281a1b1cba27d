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
mod oauth;
mod source;
mod sync;
#[cfg(feature = "store")]
pub mod store;
mod cache;
mod client;
pub mod vendor;
mod tenants;
pub mod guide;

#[cfg(feature = "blocking")]
pub use cache::BlockingTokenCache;
pub use cache::{
    CacheHealth, CacheHealthWatch, CacheState, KeyedTokenCache, KeyedTokenCacheBuilder,
    RefreshPolicy, TokenCache, TokenCacheBuilder,
};
pub use client::{
    ApiErrorBody, ApiRequest, ApiResponse, Attempt, AuthorizedClient, ForwardHeaders,
    MultipartForm, RequestOptions, RetryPolicy, UploadBody, call_with_token, is_invalid_token,
    token_after,
};
#[cfg(feature = "tower")]
pub use client::{BearerTokenBody, BearerTokenLayer, BearerTokenService};
pub use clock::{Clock, ClockReading, SystemClock};
pub use credential::{Credentials, CredentialsProvider, FileCredentials, SharedTokenId};
pub use error::{
    Error, ErrorKind, ErrorReason, MAX_DISPLAY_CHARS, Result, Sent, SideEffect, display_list,
    display_text,
};
pub use http::{BaseUrl, BodyStream, HttpClient, RequestLimits, TlsBackend};
#[cfg(all(feature = "reqwest", feature = "tower"))]
pub use http::{ForwardingBody, ForwardingService};
#[cfg(feature = "reqwest")]
pub use http::{ReqwestHttpClient, ReqwestHttpClientBuilder};
pub use oauth::{ClientAuthMethod, Grant, OAuthTokenSource};
pub use scope::Scope;
pub use secret::Secret;
pub use source::{StaticTokenSource, TokenSource, Verdict};
pub use tenants::{LookupError, TenantClients, TenantClientsBuilder, TenantConfig};
pub use token::AccessToken;
pub use vendor::env_credentials::EnvCredentials;
