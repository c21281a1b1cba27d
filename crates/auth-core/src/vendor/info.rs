//! A vendor's name, and its names for the common settings.

use std::time::Duration;

use super::Setting;

/// A vendor's name, the names of the common settings, and the documented defaults.
///
/// # Examples
/// ```
/// use auth_core::vendor::VendorInfo;
///
/// const INFO: VendorInfo = VendorInfo::new("example", "EXAMPLE", "example-auth/1.0.0")
///     .with_default_base_url("https://api.example.com");
/// assert_eq!(INFO.client_id().variable(), "EXAMPLE_CLIENT_ID");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VendorInfo {
    name: &'static str,
    prefix: &'static str,
    user_agent: &'static str,
    client_id: Setting,
    client_secret: Setting,
    username: Setting,
    password: Setting,
    base_url: Setting,
    token: Setting,
    allow_http: Setting,
    root_certificates_file: Setting,
    client_certificate_file: Setting,
    client_key_file: Setting,
    default_base_url: Option<&'static str>,
    token_path: Option<&'static str>,
    default_lifetime: Option<Duration>,
    has_password_grant: bool,
}

impl VendorInfo {
    /// Creates it from the vendor's name in errors and logs, the prefix of its environment variables, and the crate for the `User-Agent` header.
    pub const fn new(name: &'static str, prefix: &'static str, user_agent: &'static str) -> Self {
        Self {
            name,
            prefix,
            user_agent,
            client_id: Setting::new(prefix, "client_id", "your-client-id")
                .with_meaning("the client id", "required, unless there is a token"),
            client_secret: Setting::new(prefix, "client_secret", "your-client-secret")
                .with_meaning("the client secret", "required, or one of the next two"),
            username: Setting::new(prefix, "username", "admin@example.com")
                .with_meaning("a user's name, to sign in with instead of a client id", "none"),
            password: Setting::new(prefix, "password", "your-password")
                .with_meaning("the user's password", "required with a user name, or the next one"),
            base_url: Setting::new(prefix, "base_url", "https://api.example.com")
                .with_meaning("the API's base URL; a path prefix is kept", "required"),
            token: Setting::new(prefix, "token", "your-access-token").with_meaning(
                "an access token from elsewhere, instead of credentials; it is used as it is, never refreshed, and an error once it is rejected or expired",
                "none",
            ),
            allow_http: Setting::new(prefix, "allow_http", "true")
                .with_variable_suffix("DANGEROUSLY_ALLOW_HTTP")
                .with_meaning(
                    "allows plain http to other machines; secrets and tokens are then sent unencrypted",
                    "`false`",
                )
                .with_default_value("false"),
            root_certificates_file: Setting::new(
                prefix,
                "root_certificates_file",
                "/etc/ssl/certs/company-ca.pem",
            )
            .with_variable_suffix("CA_FILE")
            .with_meaning(
                "a file with a PEM bundle of certificate authorities, trusted in addition to the system's; read again when it changes",
                "none",
            ),
            client_certificate_file: Setting::new(
                prefix,
                "client_certificate_file",
                "/etc/ssl/client.pem",
            )
            .with_variable_suffix("CLIENT_CERT_FILE")
            .with_meaning(
                "a file with a client certificate: a PEM chain, leaf first; read again when it changes",
                "none",
            ),
            client_key_file: Setting::new(prefix, "client_key_file", "/etc/ssl/client.key")
                .with_meaning(
                    "a file with the client certificate's PEM key; read again when it changes",
                    "none; needed with a client certificate file",
                ),
            default_base_url: None,
            token_path: None,
            default_lifetime: None,
            has_password_grant: false,
        }
    }

    /// Adds the vendor's own variables for client id, client secret and base URL, which are read if ours are not set.
    #[must_use]
    pub const fn with_fallbacks(
        mut self,
        client_id: &'static str,
        client_secret: &'static str,
        base_url: &'static str,
    ) -> Self {
        self.client_id = self.client_id.with_fallback(client_id);
        self.client_secret = self.client_secret.with_fallback(client_secret);
        self.base_url = self.base_url.with_fallback(base_url);
        self
    }

    /// Replaces the base URL's setting, for a vendor-specific meaning or example.
    #[must_use]
    pub const fn with_base_url(mut self, setting: Setting) -> Self {
        self.base_url = setting;
        self
    }

    /// Sets the default base URL.
    #[must_use]
    pub const fn with_default_base_url(mut self, base_url: &'static str) -> Self {
        self.default_base_url = Some(base_url);
        self
    }

    /// Sets the path of the token endpoint below the base URL, for [`Vendor::endpoints`](super::Vendor::endpoints).
    #[must_use]
    pub const fn with_token_path(mut self, path: &'static str) -> Self {
        self.token_path = Some(path);
        self
    }

    /// Sets the token lifetime for responses without one; ten minutes if the vendor documents none.
    #[must_use]
    pub const fn with_default_lifetime(mut self, lifetime: Duration) -> Self {
        self.default_lifetime = Some(lifetime);
        self
    }

    /// Also reads a user's name and password from the environment; use it with [`PasswordGrant`](super::PasswordGrant).
    #[must_use]
    pub const fn with_password_grant(mut self) -> Self {
        self.has_password_grant = true;
        self.client_id = self.client_id.with_meaning(
            "the client id",
            "required, unless another of these settings authenticates",
        );
        self.client_secret = self.client_secret.with_meaning(
            "the client secret",
            "required with a client id, or one of the next two",
        );
        self
    }

    /// Returns the vendor's name, such as `maia`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the prefix of its environment variables, such as `MAIA`.
    pub fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Returns the vendor crate and its version, for the `User-Agent` header.
    pub fn user_agent(&self) -> &'static str {
        self.user_agent
    }

    /// Returns the client id's setting.
    pub fn client_id(&self) -> &Setting {
        &self.client_id
    }

    /// Returns the client secret's setting; its variable with `_FILE` names a file that contains it.
    pub fn client_secret(&self) -> &Setting {
        &self.client_secret
    }

    /// Returns the setting of a user's name, which vendors with [`PasswordGrant`](super::PasswordGrant) read.
    pub fn username(&self) -> &Setting {
        &self.username
    }

    /// Returns the setting of a user's password; its variable with `_FILE` names a file that contains it.
    pub fn password(&self) -> &Setting {
        &self.password
    }

    /// Returns the base URL's setting.
    pub fn base_url(&self) -> &Setting {
        &self.base_url
    }

    /// Returns the setting of an access token from elsewhere.
    pub fn token(&self) -> &Setting {
        &self.token
    }

    /// Returns the setting that allows plain http.
    pub fn allow_http(&self) -> &Setting {
        &self.allow_http
    }

    /// Returns the setting of a file with further certificate authorities.
    pub fn root_certificates_file(&self) -> &Setting {
        &self.root_certificates_file
    }

    /// Returns the setting of a file with a client certificate.
    pub fn client_certificate_file(&self) -> &Setting {
        &self.client_certificate_file
    }

    /// Returns the setting of a file with the client certificate's key.
    pub fn client_key_file(&self) -> &Setting {
        &self.client_key_file
    }

    /// Returns the default base URL.
    pub fn default_base_url(&self) -> Option<&'static str> {
        self.default_base_url
    }

    /// Returns the path of the token endpoint below the base URL, if it is there.
    pub fn token_path(&self) -> Option<&'static str> {
        self.token_path
    }

    /// Returns the token lifetime for responses without one.
    pub fn default_lifetime(&self) -> Option<Duration> {
        self.default_lifetime
    }

    /// Returns true if users can authenticate with a name and a password.
    pub fn has_password_grant(&self) -> bool {
        self.has_password_grant
    }
}
