//! The three vendors, and a client that wraps any of theirs.

use std::fmt;

use auth_core::vendor::{self, SettingRow, settings_table};
use auth_core::{
    AccessToken, ApiRequest, ApiResponse, BodyStream, Result, RetryPolicy, UploadBody,
};
use bytes::Bytes;
use clap::ValueEnum;
use http::{Request, Response};

/// Names a vendor on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Vendor {
    Datasaur,
    Maia,
    Runai,
}

impl Vendor {
    pub(crate) const ALL: [Self; 3] = [Self::Datasaur, Self::Maia, Self::Runai];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Datasaur => "datasaur",
            Self::Maia => "maia",
            Self::Runai => "runai",
        }
    }

    /// Returns all settings of the vendor's client.
    pub(crate) fn settings(self) -> Vec<SettingRow> {
        match self {
            Self::Datasaur => settings_table::<datasaur_auth::Datasaur>(),
            Self::Maia => settings_table::<maia_auth::Maia>(),
            Self::Runai => settings_table::<runai_auth::Runai>(),
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Vendor> for auth_testkit::Vendor {
    fn from(vendor: Vendor) -> Self {
        match vendor {
            Vendor::Datasaur => Self::Datasaur,
            Vendor::Maia => Self::Maia,
            Vendor::Runai => Self::Runai,
        }
    }
}

/// A client of one of the vendors; clones share one token.
#[derive(Debug, Clone)]
pub(crate) enum Client {
    Datasaur(datasaur_auth::Client),
    Maia(maia_auth::Client),
    Runai(runai_auth::Client),
}

/// Calls the same method of any client: they have the same methods, but no common trait for sending.
macro_rules! with {
    ($self:expr, $client:ident => $result:expr) => {
        match $self {
            Client::Datasaur($client) => $result,
            Client::Maia($client) => $result,
            Client::Runai($client) => $result,
        }
    };
}

impl Client {
    /// Creates a client from the vendor's environment variables.
    pub(crate) fn from_env(vendor: Vendor) -> Result<Self> {
        match vendor {
            Vendor::Datasaur => datasaur_auth::Client::from_env().map(Self::Datasaur),
            Vendor::Maia => maia_auth::Client::from_env().map(Self::Maia),
            Vendor::Runai => runai_auth::Client::from_env().map(Self::Runai),
        }
    }

    /// As [`Client::from_env`], without retries: a diagnosis reports a throttled API immediately.
    pub(crate) fn without_retries(vendor: Vendor) -> Result<Self> {
        fn client<V: vendor::Vendor>() -> Result<vendor::Client<V>> {
            let builder = vendor::ConfigBuilder::from_env()?;
            vendor::Client::new(builder.retry_policy(RetryPolicy::NONE).build()?)
        }
        match vendor {
            Vendor::Datasaur => client().map(Self::Datasaur),
            Vendor::Maia => client().map(Self::Maia),
            Vendor::Runai => client().map(Self::Runai),
        }
    }

    pub(crate) fn base_url(&self) -> &str {
        with!(self, client => client.base_url())
    }

    pub(crate) async fn token(&self) -> Result<AccessToken> {
        with!(self, client => client.token().await)
    }

    pub(crate) fn cached_token(&self) -> Option<AccessToken> {
        with!(self, client => client.cached_token())
    }

    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        with!(self, client => client.send(request).await)
    }

    pub(crate) async fn send_stream(
        &self,
        request: Request<UploadBody>,
    ) -> Result<Response<BodyStream>> {
        with!(self, client => client.send_stream(request).await)
    }

    pub(crate) async fn execute(&self, request: &ApiRequest) -> Result<ApiResponse> {
        with!(self, client => client.execute(request).await)
    }
}
