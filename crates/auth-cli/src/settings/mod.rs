//! The settings in effect: from options, variables and the profile, with where each one comes from.

mod layers;
mod missing;
mod effective;
mod secret_command;
pub(crate) mod prompt;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use auth_core::store::SharedStore;
use auth_core::vendor::{Environment, SettingRow};
use auth_core::{Error, HttpClient, ReqwestHttpClient};

pub(crate) use self::effective::Effective;
use crate::credentials::{CLIENT_SECRET, PASSWORD, SECRETS, TOKEN, USER, file_of};
use crate::failure::Failure;
use crate::layer::{Given, Layer, Origin};
use crate::names::SettingNames;
use crate::profiles::{Profile, SECRET_COMMAND};
use crate::store::{Process, Store};
use crate::store_settings::is_setting;
use crate::variables::Variables;
use crate::vendor::{Client, Vendor, config, http_client, reqwest_http_client, token_url};

/// The sources of one vendor's settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) vendor: Vendor,
    /// From the command line, by name.
    pub(crate) options: &'a [(String, String)],
    pub(crate) variables: &'a Variables,
    pub(crate) profile: Option<&'a Profile>,
    /// The folder of the configuration file.
    pub(crate) folder: Option<&'a Path>,
}

/// The settings of one vendor in effect.
#[derive(Clone)]
pub(crate) struct Settings {
    vendor: Vendor,
    rows: Vec<SettingRow>,
    merged: Layer,
    profile: Option<Profile>,
    folder: Option<PathBuf>,
    missing: Option<String>,
    is_only_secret_missing: bool,
    mistyped: Vec<String>,
    variables: Variables,
    /// Chosen once the settings are complete.
    store: Option<Store>,
}

impl Settings {
    /// Merges the sources; nothing is checked yet, except that the settings belong to the vendor.
    pub(crate) fn new(sources: Sources<'_>) -> Result<Self, Failure> {
        let vendor = sources.vendor;
        let rows = vendor.settings();
        for (name, value) in sources.options {
            let row = rows.iter().find(|row| row.name() == name);
            let row = row.filter(|row| row.variable().is_some());
            let option = crate::arguments::option_of(name);
            if row.is_none() && !is_setting(name) {
                return Err(Failure::Usage(format!(
                    "{option} does not apply to {vendor}"
                )));
            }
            // The library takes an empty value for one that is not set.
            if value.is_empty() && !row.is_some_and(SettingRow::counts_when_empty) {
                return Err(Failure::Usage(format!(
                    "{option} is empty: omit it or set it"
                )));
            }
        }
        if let Some(profile) = sources.profile {
            check_secret(profile)?;
        }
        let layers = [
            layers::of_options(sources.options),
            layers::of_variables(&rows, sources.variables),
            sources.profile.map(layers::of_profile).unwrap_or_default(),
        ];
        let merged = layers::merge(&rows, layers);
        let missing = missing::missing(&rows, &merged);
        let is_only_secret_missing =
            matches!(missing.as_slice(), [one] if one == CLIENT_SECRET || one == PASSWORD);
        let profile = sources.profile.map(|profile| profile.name.as_str());
        let message = (!missing.is_empty())
            .then(|| missing::message(&rows, &missing, profile, sources.variables));
        // Also beside the right variable, which may have the value of before.
        let mistyped = missing::mistyped(&rows, &missing::known(&rows), sources.variables)
            .into_iter()
            .map(|(mistyped, meant)| format!("{mistyped} is not known: did you mean {meant}?"))
            .collect();
        Ok(Self {
            vendor,
            missing: message,
            is_only_secret_missing,
            mistyped,
            merged,
            profile: sources.profile.cloned(),
            folder: sources.folder.map(Path::to_owned),
            variables: sources.variables.clone(),
            store: None,
            rows,
        })
    }

    pub(crate) fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// Returns the name of the profile that these settings include.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_ref().map(|profile| profile.name.as_str())
    }

    /// Returns what is probably wrong with the names of variables that nothing reads.
    pub(crate) fn mistyped(&self) -> &[String] {
        &self.mistyped
    }

    /// Returns true if nothing is missing that only the user or a command could provide.
    pub(crate) fn is_complete(&self) -> bool {
        self.missing.is_none() && self.merged.values().all(|given| given.value.is_some())
    }

    /// Chooses the token store, obtains a secret that a command prints or the user types, and fails if a required setting is still missing.
    pub(crate) fn complete(self) -> Result<Self, Failure> {
        // A mistake is reported before a secret is requested from the user.
        self.with_store()?.with_secret()
    }

    /// Chooses the token store.
    pub(crate) fn with_store(mut self) -> Result<Self, Failure> {
        self.store = Some(Store::choose(&self.merged, &self.variables)?);
        Ok(self)
    }

    /// Obtains a secret that a command prints or the user types, and fails if a required setting is still missing.
    pub(crate) fn with_secret(mut self) -> Result<Self, Failure> {
        let vendor = self.vendor;
        if let Some(message) = &self.missing {
            if !self.is_only_secret_missing || !prompt::is_possible() {
                return Err(Failure::Usage(format!("{vendor}: {message}")));
            }
            let (name, what) = match self.is_user() {
                true => (PASSWORD, "Password"),
                false => (CLIENT_SECRET, "Client secret"),
            };
            let secret = prompt::secret(&format!("{what} for {vendor}"))?;
            self.insert(name, secret.expose_secret().into(), Origin::Prompt);
            self.missing = None;
        }
        let command = self.profile.as_ref();
        let command = command.and_then(|profile| profile.secret_command.as_deref());
        let pending = self.merged.iter().find(|(_, given)| given.value.is_none());
        if let (Some(words), Some((name, given))) = (command, pending) {
            let (name, origin) = (name.clone(), given.origin.clone());
            let secret = secret_command::run(
                words,
                &origin.name(),
                self.folder.as_deref(),
                secret_command::LIMIT,
            )?;
            self.insert(&name, secret.expose_secret().into(), origin);
        }
        Ok(self)
    }

    /// Calls a function with an environment that contains exactly these settings.
    pub(crate) fn with_environment<T>(&self, read: impl FnOnce(&Environment<'_>) -> T) -> T {
        let values: BTreeMap<&str, &OsString> = self
            .rows
            .iter()
            .filter_map(|row| {
                let given = self.merged.get(row.name())?;
                Some((row.variable()?, given.value.as_ref()?))
            })
            .collect();
        let lookup = |variable: &str| values.get(variable).map(|&value| value.clone());
        read(&Environment::new(&lookup))
    }

    /// Returns the token store, once the settings are complete.
    pub(crate) fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// Returns why the token of these settings is never stored.
    pub(crate) fn unshared(&self) -> Option<&'static str> {
        let has_key = self.store.as_ref().is_some_and(Store::has_key);
        if self.merged.contains_key(TOKEN) {
            Some("it is a token that was set in place of credentials")
        } else if self.is_user() && !has_key {
            Some("a user's token is stored only with a key: set VAUTH_STORE_KEY_FILE")
        } else {
            None
        }
    }

    /// Begins to use the token store; with `renews`, a token that was stored before is replaced.
    pub(crate) fn open_store(&self, process: Process, renews: bool) {
        let Some(store) = &self.store else {
            return;
        };
        if let Some(why) = store.absence().or_else(|| self.unshared()) {
            tracing::info!("the token is not stored: {why}");
            return;
        }
        store.open(process, renews);
    }

    /// Fails if no new token can be requested, because the present one was set in place of credentials.
    pub(crate) fn check_renewable(&self) -> Result<(), Failure> {
        let Some(given) = self.merged.get(TOKEN) else {
            return Ok(());
        };
        let name = given.origin.name();
        Err(Failure::Usage(format!(
            "{name} contains a token, which cannot be refreshed: unset it and set credentials, or omit --force-refresh; `vauth exec` sets it unless --env names another variable"
        )))
    }

    /// Creates a client.
    pub(crate) fn client(&self) -> Result<Client, Error> {
        let store = self.shared();
        self.with_environment(|it| Client::from_environment(self.vendor, it, store))
    }

    /// As [`Settings::client`], without retries and without the token store.
    pub(crate) fn client_without_retries(&self) -> Result<Client, Error> {
        self.with_environment(|it| Client::without_retries(self.vendor, it))
    }

    /// Creates a client with Datasaur's own calls.
    pub(crate) fn datasaur(&self) -> Result<datasaur_auth::Client, Error> {
        datasaur_auth::Client::new(self.config(self.shared())?)
    }

    /// Creates a client with Maia's own calls.
    pub(crate) fn maia(&self) -> Result<maia_auth::Client, Error> {
        maia_auth::Client::new(self.config(self.shared())?)
    }

    /// Checks Run:ai's settings.
    pub(crate) fn runai(&self) -> Result<runai_auth::Config, Error> {
        self.config(self.shared())
    }

    /// As [`Settings::runai`], without the token store: for a client whose credentials are to be verified.
    pub(crate) fn runai_unshared(&self) -> Result<runai_auth::Config, Error> {
        self.config(None)
    }

    fn config<V: auth_core::vendor::Vendor>(
        &self,
        store: Option<SharedStore>,
    ) -> Result<auth_core::vendor::Config<V>, Error> {
        self.with_environment(|it| config(it, store, None))
    }

    fn shared(&self) -> Option<SharedStore> {
        self.store.as_ref()?.shared()
    }

    /// Creates an HTTP client with the certificates of the settings.
    pub(crate) fn http_client(&self) -> Result<Arc<dyn HttpClient>, Error> {
        self.with_environment(|it| http_client(self.vendor, it))
    }

    /// As [`Settings::http_client`], for requests that are forwarded.
    pub(crate) fn reqwest_http_client(&self) -> Result<ReqwestHttpClient, Error> {
        self.with_environment(|it| reqwest_http_client(self.vendor, it))
    }

    /// Returns the URL of the token endpoint.
    pub(crate) fn token_url(&self) -> Result<String, Error> {
        self.with_environment(|it| token_url(self.vendor, it))
    }

    /// Returns the user's names for the settings.
    pub(crate) fn names(&self) -> SettingNames {
        let renamed = self.rows.iter().filter_map(|row| {
            let given = self.merged.get(row.name())?;
            Some((row.variable()?.to_owned(), given.origin.name()))
        });
        let token = self.merged.get(TOKEN).map(|given| given.origin.name());
        SettingNames::new(renamed.collect(), self.is_user()).with_token(token)
    }

    /// Returns every setting that has a value or a default, in the order of the table.
    pub(crate) fn effective(&self) -> Vec<Effective> {
        effective::effective(self.vendor, &self.rows, &self.merged)
    }

    fn is_user(&self) -> bool {
        USER.iter().any(|name| self.merged.contains_key(*name))
    }

    fn insert(&mut self, name: &str, value: OsString, origin: Origin) {
        let given = Given {
            value: Some(value),
            origin,
        };
        self.merged.insert(name.to_owned(), given);
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values may be secrets.
        f.debug_struct("Settings")
            .field("vendor", &self.vendor)
            .field("names", &self.merged.keys())
            .finish_non_exhaustive()
    }
}

/// Merges the settings that no vendor has of its own.
pub(crate) fn merged(
    options: &[(String, String)],
    variables: &Variables,
    profile: Option<&Profile>,
) -> Layer {
    let layers = [
        layers::of_options(options),
        layers::of_variables(&[], variables),
        profile.map(layers::of_profile).unwrap_or_default(),
    ];
    layers::merge(&[], layers)
}

/// Of a secret, its file and the command that prints it, a profile has only one.
fn check_secret(profile: &Profile) -> Result<(), Failure> {
    let has = |key: &str| profile.settings.iter().any(|(name, _)| name == key);
    let has_command = profile.secret_command.is_some();
    for secret in SECRETS {
        let file = file_of(secret);
        let candidates = [
            (has(secret), secret),
            (has(&file), file.as_str()),
            (has_command, SECRET_COMMAND),
        ];
        let given: Vec<&str> = candidates
            .iter()
            .filter_map(|(is_given, name)| is_given.then_some(*name))
            .collect();
        if given.len() > 1 {
            return Err(Failure::Usage(format!(
                "profile {:?} has both {}: remove all but one with `vauth config unset`",
                profile.name,
                given.join(" and ")
            )));
        }
    }
    Ok(())
}
