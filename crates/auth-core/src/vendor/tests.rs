//! Tests of reading and checking the common settings.

use std::ffi::OsString;
use std::fmt::Debug;

use async_trait::async_trait;
use http::Request;

use super::*;
use crate::clock::SystemClock;
use crate::credential::Credentials;
use crate::error::{Error, ErrorKind};
use crate::http::RequestLimits;
use crate::oauth::Grant;

/// A vendor with one of everything.
#[derive(Debug, Clone)]
enum Example {}

#[derive(Debug, Clone, Default)]
struct Options {
    region: Option<String>,
    audience: Option<String>,
    is_external: bool,
}

const REGION: Setting = Setting::option("EXAMPLE", "region", "eu").with_fallback("OTHER_REGION");

impl VendorOptions for Options {
    const SETTINGS: &'static [OptionSetting<Self>] = &[
        OptionSetting::new(REGION, |options: Self, label, value| {
            if value == "nowhere" {
                return Err(Error::config(format!("{label} is not a valid region")));
            }
            let region = Some(value.to_owned());
            Ok(Self { region, ..options })
        }),
        OptionSetting::new(
            Setting::option("EXAMPLE", "audience", "fake-audience"),
            |options: Self, _, value| {
                let audience = Some(value.to_owned());
                Ok(Self {
                    audience,
                    ..options
                })
            },
        )
        .with_empty_allowed(),
        OptionSetting::described(Setting::option("EXAMPLE", "external", "a source")),
    ];

    fn or(self, inherited: Self) -> Self {
        Self {
            region: self.region.or(inherited.region),
            audience: self.audience.or(inherited.audience),
            is_external: self.is_external || inherited.is_external,
        }
    }
}

impl Vendor for Example {
    const INFO: VendorInfo = VendorInfo::new("example", "EXAMPLE", "example/0")
        .with_fallbacks("OTHER_CLIENT_ID", "OTHER_CLIENT_SECRET", "OTHER_BASE_URL")
        .with_default_base_url("https://default.example")
        .with_password_grant();

    type Options = Options;
    type Calls = ApiClient;

    fn endpoints(options: &Options, common: &CommonConfig) -> Result<Endpoints> {
        let region = options.region.as_ref();
        let region = region.map(|region| format!("https://{region}.example"));
        let base_url = common.base_url_or(region.as_deref())?;
        let token_url = base_url.join_base("/token")?;
        Ok(Endpoints::new(base_url, token_url))
    }

    fn calls(api: ApiClient, _config: &Config<Self>) -> ApiClient {
        api
    }

    fn check(config: &Config<Self>) -> Result<()> {
        match config.options().audience.as_deref() {
            Some("forbidden") => Err(Error::config("audience is forbidden")),
            _ => Ok(()),
        }
    }

    fn names_base_url(options: &Options) -> bool {
        options.region.is_some()
    }

    fn replaces_credentials(options: &Options) -> Option<&'static str> {
        options.is_external.then_some("external")
    }
}

impl PasswordGrant for Example {}

fn builder(pairs: &[(&str, &str)]) -> Result<ConfigBuilder<Example>> {
    let lookup = |variable: &str| {
        let (_, value) = pairs.iter().find(|(name, _)| *name == variable)?;
        Some(OsString::from(value))
    };
    ConfigBuilder::from_environment(&Environment::new(&lookup))
}

fn config(pairs: &[(&str, &str)]) -> Result<Config<Example>> {
    builder(pairs)?.build()
}

/// The same with credentials.
fn with(pairs: &[(&str, &str)]) -> ConfigBuilder<Example> {
    builder(&[&CREDENTIALS[..], pairs].concat()).unwrap()
}

const CREDENTIALS: [(&str, &str); 2] = [
    ("EXAMPLE_CLIENT_ID", "fake-id"),
    ("EXAMPLE_CLIENT_SECRET", "fake-secret"),
];

const USER: [(&str, &str); 2] = [
    ("EXAMPLE_USERNAME", "fake-name"),
    ("EXAMPLE_PASSWORD", "fake-password"),
];

async fn pair(config: &Config<Example>) -> (Grant, String, String) {
    let credentials = config.credentials().unwrap().credentials().await.unwrap();
    let secret = credentials.secret().expose_secret().to_owned();
    (config.grant(), credentials.id().to_owned(), secret)
}

fn is(grant: Grant, id: &str, secret: &str) -> (Grant, String, String) {
    (grant, id.to_owned(), secret.to_owned())
}

/// The error of settings that cannot be used: its text, once it is sure that it is of the right kind and shows no secret.
fn fault<T: Debug>(outcome: Result<T>) -> String {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.vendor(), Some("example"));
    let text = error.to_string();
    assert!(!text.contains("fake-secret"), "{text}");
    let text = text.strip_prefix("example: ").unwrap();
    text.to_owned()
}

mod common;
mod credentials;
mod defaults;
mod given;
mod json;
mod lists;
mod options;
mod waits;
