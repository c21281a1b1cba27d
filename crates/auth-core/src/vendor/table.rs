//! All settings of a vendor in one table, for documents and help texts.

use super::{Setting, Vendor, VendorOptions as _};

/// One row of [`settings_table`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingRow {
    name: String,
    variable: Option<String>,
    fallback: Option<&'static str>,
    example: &'static str,
    counts_when_empty: bool,
    meaning: &'static str,
    default: String,
    default_value: Option<&'static str>,
}

/// Returns every setting of a vendor, common and vendor-specific, in the order of the documents.
///
/// The READMEs' tables of settings and the command's help are generated from it.
///
/// # Examples
/// ```
/// # use auth_core::vendor::{ApiClient, Config, NoOptions, Vendor, VendorInfo, settings_table};
/// # #[derive(Debug, Clone)]
/// # struct Example;
/// # impl Vendor for Example {
/// #     const INFO: VendorInfo = VendorInfo::new("example", "EXAMPLE", "example-auth/1.0.0");
/// #     type Options = NoOptions;
/// #     type Calls = ApiClient;
/// #     fn calls(api: ApiClient, _: &Config<Self>) -> ApiClient { api }
/// # }
/// let table = settings_table::<Example>();
/// assert_eq!(table[0].name(), "client_id");
/// assert_eq!(table[0].variable(), Some("EXAMPLE_CLIENT_ID"));
/// assert!(table[0].is_required());
/// ```
pub fn settings_table<V: Vendor>() -> Vec<SettingRow> {
    let info = V::INFO;
    let mut rows = vec![
        SettingRow::of(info.client_id()).counting_empty(true),
        SettingRow::of(info.client_secret()).counting_empty(true),
        SettingRow::of_file(
            info.client_secret(),
            "a file that contains the client secret",
        ),
        SettingRow::of_builder(
            "credentials_provider",
            "returns id and secret for every token request, instead of the three above",
            "none",
        ),
        SettingRow::of(info.token()),
    ];
    if info.has_password_grant() {
        rows.extend([
            SettingRow::of(info.username()).counting_empty(true),
            SettingRow::of(info.password()).counting_empty(true),
            SettingRow::of_file(info.password(), "a file that contains the user's password"),
            SettingRow::of_builder(
                "grant",
                "the grant to use for the credentials",
                "the one that matches the credentials",
            ),
        ]);
    }
    let base_url = SettingRow::of(info.base_url());
    rows.push(match info.default_base_url() {
        Some(default) => SettingRow {
            default: format!("`{default}`"),
            default_value: Some(default),
            ..base_url
        },
        None => base_url,
    });
    rows.extend(V::Options::SETTINGS.iter().map(|option| {
        let row = SettingRow::of(option.setting()).counting_empty(option.takes_empty());
        let variable = row.variable.filter(|_| !option.is_builder_only());
        SettingRow { variable, ..row }
    }));
    let builder_only =
        |&(name, meaning, default): &_| SettingRow::of_builder(name, meaning, default);
    rows.push(SettingRow::of(info.allow_http()));
    rows.extend(CERTIFICATES.iter().map(builder_only));
    rows.push(SettingRow::of(info.root_certificates_file()));
    rows.push(SettingRow::of(info.client_certificate_file()));
    rows.push(SettingRow::of(info.client_key_file()));
    rows.extend(BUILDER_ONLY.iter().map(builder_only));
    rows
}

impl SettingRow {
    fn of(setting: &Setting) -> Self {
        Self {
            name: setting.name().to_owned(),
            variable: Some(setting.variable()),
            fallback: setting.fallback(),
            example: setting.example(),
            counts_when_empty: false,
            meaning: setting.meaning(),
            default: setting.default().to_owned(),
            default_value: setting.default_value(),
        }
    }

    fn counting_empty(mut self, counts_when_empty: bool) -> Self {
        self.counts_when_empty = counts_when_empty;
        self
    }

    fn of_file(setting: &Setting, meaning: &'static str) -> Self {
        Self {
            name: format!("{}_file", setting.name()),
            variable: Some(setting.file_variable()),
            fallback: None,
            example: "/run/secrets/example",
            counts_when_empty: true,
            meaning,
            default: "none".to_owned(),
            default_value: None,
        }
    }

    fn of_builder(name: &str, meaning: &'static str, default: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            variable: None,
            fallback: None,
            example: "",
            counts_when_empty: false,
            meaning,
            default: default.to_owned(),
            default_value: None,
        }
    }

    /// Returns the builder's name for it, such as `client_id`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the environment variable, such as `MAIA_CLIENT_ID`, unless only a program can set it.
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }

    /// Returns the vendor's own variable, which is read if ours is not set.
    pub fn fallback(&self) -> Option<&'static str> {
        self.fallback
    }

    /// Returns an obviously fake value; an empty text if only a program can set it.
    pub fn example(&self) -> &'static str {
        self.example
    }

    /// Returns true if an empty variable counts as a value, and not as unset.
    pub fn counts_when_empty(&self) -> bool {
        self.counts_when_empty
    }

    /// Returns the meaning.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Returns the default, in Markdown.
    pub fn default(&self) -> &str {
        &self.default
    }

    /// Returns the default as a value that could be set; `None` if there is none, or if it depends on other settings.
    pub fn default_value(&self) -> Option<&'static str> {
        self.default_value
    }

    /// Returns true if the setting is required, perhaps unless another one replaces it.
    pub fn is_required(&self) -> bool {
        self.default.starts_with("required")
    }
}

/// Certificates that a program contains itself.
const CERTIFICATES: &[(&str, &str, &str)] = &[
    (
        "root_certificates",
        "a PEM bundle of certificate authorities, trusted in addition to the system's",
        "none",
    ),
    (
        "client_certificate",
        "a client certificate: a PEM chain, leaf first, and its PEM key",
        "none",
    ),
];

/// Those that only a program can set, and that all vendors have.
const BUILDER_ONLY: &[(&str, &str, &str)] = &[
    (
        "http_client",
        "an HTTP client of your own",
        "the default client",
    ),
    (
        "tls_backend",
        "the TLS implementation of the default client, if several are enabled",
        "rustls",
    ),
    (
        "api_limits",
        "time and size limits of an API response",
        "`RequestLimits::API_REQUEST`",
    ),
    (
        "retry_policy",
        "how often and how long a failed or throttled request is retried",
        "`RetryPolicy::default()`",
    ),
    (
        "refresh_policy",
        "when tokens are refreshed, how long a refresh may take, and the cool-downs after failures",
        "`RefreshPolicy::default()`",
    ),
    (
        "token_store",
        "a store through which many processes share the token, with the feature `store`",
        "none",
    ),
    ("clock", "your own clock, for tests", "`SystemClock`"),
];
