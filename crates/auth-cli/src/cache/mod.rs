//! `vauth cache`: shows and deletes the tokens that are stored between runs.

mod current;
mod status;
mod clear;

use auth_core::Error;

use crate::arguments::{CacheArguments, CacheCommand};
use crate::failure::Failure;
use crate::names::SettingNames;
use crate::session::Session;
use crate::settings::Settings;
use crate::store::Store;

pub(crate) async fn run(command: CacheCommand, session: &Session) -> Result<(), Failure> {
    match command {
        CacheCommand::Status(arguments) => {
            let target = Target::new(&arguments, session)?;
            status::run(&target, &arguments.list).await
        }
        CacheCommand::Clear(arguments) => {
            let target = Target::new(&arguments, session)?;
            clear::run(&target, &arguments.list).await
        }
    }
}

/// The store, and the settings of the token in question if they are known.
struct Target {
    store: Store,
    /// Without the secret, which not everything needs.
    settings: Option<Settings>,
}

impl Target {
    /// A vendor that the user named, or whose profile the user selected, must have all its settings; a default profile need not.
    fn new(arguments: &CacheArguments, session: &Session) -> Result<Self, Failure> {
        let options = arguments.settings.given();
        let profile = session.profile()?;
        let vendor = match (arguments.vendor, &profile) {
            (None, Some(profile)) => Some(profile.vendor),
            (vendor, _) => vendor,
        };
        let is_required = arguments.vendor.is_some() || session.selected().is_some();
        let settings = vendor.map(|vendor| session.settings(vendor, options));
        let settings = match settings.transpose()? {
            Some(settings) if is_required || settings.is_complete() => Some(settings.with_store()?),
            _ => None,
        };
        let store = settings.as_ref().and_then(Settings::store).cloned();
        Ok(Self {
            store: match store {
                Some(store) => store,
                None => session.store(options)?,
            },
            settings,
        })
    }

    /// Returns the settings with the secret, which identifies the token.
    fn complete(&self) -> Option<Result<Settings, Failure>> {
        let settings = self.settings.clone()?;
        Some(settings.with_secret())
    }

    /// Returns the user's names for the settings.
    fn names(&self) -> SettingNames {
        let settings = self.settings.as_ref();
        settings
            .map(|settings| settings.names())
            .unwrap_or_default()
    }

    /// Names settings in an error as the user wrote them, and says what to do about the store.
    fn failure(&self, error: Error) -> Failure {
        let failure = match self.store.advice(&error) {
            Some(advice) => Failure::Advised(error, advice),
            None => error.into(),
        };
        failure.in_terms_of(self.names())
    }
}
