//! The token store of this run: which one the settings choose, and its handle for the clients.

mod setting;
mod location;
mod watched;
mod probe;
mod advice;

pub(crate) use setting::{check_value, secret_variables};
pub(crate) use watched::Process;

#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

#[cfg(unix)]
use auth_core::store::FileTokenStore;
use auth_core::store::{SharedStore, TokenStore};
use auth_core::{Error, Secret};
#[cfg(feature = "redis")]
use auth_store_redis::RedisTokenStore;

use self::setting::Named;
use self::watched::Watched;
use crate::failure::Failure;
use crate::layer::{Layer, Origin};
use crate::variables::Variables;

/// The store that the settings choose; clones share its connections.
#[derive(Debug, Clone)]
pub(crate) struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    place: Place,
    /// None for the default.
    origin: Option<Origin>,
    key: Option<Secret>,
    /// Set once this run uses the store; none if it cannot.
    shared: OnceLock<Option<SharedStore>>,
}

/// Where tokens are stored.
#[derive(Debug)]
enum Place {
    /// Nowhere, and why.
    Nowhere(&'static str),
    #[cfg(unix)]
    Folder(PathBuf, FileTokenStore),
    /// The URL without user, password and query.
    #[cfg(feature = "redis")]
    Server(String, RedisTokenStore),
}

impl Store {
    /// Chooses the store from merged settings.
    pub(crate) fn choose(settings: &Layer, variables: &Variables) -> Result<Self, Failure> {
        let chosen = setting::read(settings)?;
        let place = match &chosen.store {
            Some((named, origin)) => place_of(named.clone(), origin, variables)?,
            None => default_place(variables),
        };
        if let Some((key, origin)) = &chosen.key {
            setting::check_key(key)
                .map_err(|problem| Failure::Usage(format!("{} {problem}", origin.name())))?;
        }
        Ok(Self(Arc::new(Inner {
            place,
            origin: chosen.store.map(|(_, origin)| origin),
            key: chosen.key.map(|(key, _)| key),
            shared: OnceLock::new(),
        })))
    }

    /// Returns the kind of store as it is printed.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.0.place {
            Place::Nowhere(_) => "none",
            #[cfg(unix)]
            Place::Folder(..) => "file",
            #[cfg(feature = "redis")]
            Place::Server(..) => "redis",
        }
    }

    /// Returns the folder, or the URL without its password.
    pub(crate) fn location(&self) -> Option<String> {
        match &self.0.place {
            Place::Nowhere(_) => None,
            #[cfg(unix)]
            Place::Folder(path, _) => Some(path.display().to_string()),
            #[cfg(feature = "redis")]
            Place::Server(shown, _) => Some(shown.clone()),
        }
    }

    /// Returns where the choice comes from; none for the default.
    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.0.origin.as_ref()
    }

    /// Returns why there is no store.
    pub(crate) fn absence(&self) -> Option<&'static str> {
        match &self.0.place {
            Place::Nowhere(why) => Some(why),
            #[cfg(any(unix, feature = "redis"))]
            _ => None,
        }
    }

    /// Returns the folder's path and its store.
    #[cfg(unix)]
    pub(crate) fn folder(&self) -> Option<(&Path, &FileTokenStore)> {
        match &self.0.place {
            Place::Folder(path, store) => Some((path, store)),
            _ => None,
        }
    }

    /// Returns the store itself, whose failures are not reported.
    pub(crate) fn raw(&self) -> Option<Arc<dyn TokenStore>> {
        match &self.0.place {
            Place::Nowhere(_) => None,
            #[cfg(unix)]
            Place::Folder(_, store) => Some(Arc::new(store.clone())),
            #[cfg(feature = "redis")]
            Place::Server(_, store) => Some(Arc::new(store.clone())),
        }
    }

    /// Returns true if users' tokens can be stored: their passwords can be guessed, so they are no key.
    pub(crate) fn has_key(&self) -> bool {
        self.0.key.is_some()
    }

    /// Returns the handle from which the keys of records are derived.
    pub(crate) fn handle(&self) -> Option<SharedStore> {
        let shared = SharedStore::new(self.raw()?);
        Some(match &self.0.key {
            // It was checked when it was read.
            Some(key) => shared.with_key(key.clone()).ok()?,
            None => shared,
        })
    }

    /// Begins to use the store; nothing is read before a token is needed.
    ///
    /// With `renews`, tokens that were stored before are replaced.
    pub(crate) fn open(&self, process: Process, renews: bool) {
        let shared = self.opened(process, renews);
        // A process opens its store once.
        let _ = self.0.shared.set(shared);
    }

    fn opened(&self, process: Process, renews: bool) -> Option<SharedStore> {
        let location = self.location()?;
        let limit = self.call_limit();
        let watched = Watched::new(self.raw()?, location, limit, renews).of(process);
        let shared = match self.kind() {
            // Connecting takes longer than a call may.
            "redis" => SharedStore::new(watched.connecting_within(CONNECT_LIMIT))
                .with_call_limit(CONNECT_LIMIT + limit + GRACE),
            _ => SharedStore::new(watched).with_call_limit(limit + GRACE),
        };
        match &self.0.key {
            Some(key) => shared.with_key(key.clone()).ok(),
            None => Some(shared),
        }
    }

    /// Returns the handle for clients, if this run uses a store.
    pub(crate) fn shared(&self) -> Option<SharedStore> {
        self.0.shared.get()?.clone()
    }

    /// Writes, reads and deletes a record, as a sign-in does.
    pub(crate) async fn probe(&self) -> Result<(), Error> {
        match self.raw() {
            Some(store) => probe::probe(&*store, PROBE_LIMIT).await,
            None => Ok(()),
        }
    }

    /// As [`Store::probe`], but does not create a folder: only whether that is possible is checked.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        #[cfg(unix)]
        if let Some((path, _)) = self.folder()
            && !path.exists()
        {
            return probe::check_parent(path);
        }
        self.probe().await
    }

    /// Reads a record that does not exist.
    pub(crate) async fn reach(&self) -> Result<(), Error> {
        match self.raw() {
            Some(store) => probe::reach(&*store, PROBE_LIMIT).await,
            None => Ok(()),
        }
    }

    fn call_limit(&self) -> Duration {
        match self.kind() {
            "file" => FOLDER_LIMIT,
            _ => SERVER_LIMIT,
        }
    }
}

fn place_of(named: Named, origin: &Origin, variables: &Variables) -> Result<Place, Failure> {
    let fault = |problem: &str| Failure::Usage(format!("{} {problem}", origin.name()));
    match named {
        Named::None => Ok(Place::Nowhere("it is turned off")),
        Named::Folder(path) => folder(path).ok_or_else(|| fault(NO_FOLDERS)),
        Named::DefaultFolder if cfg!(not(unix)) => Err(fault(NO_FOLDERS)),
        Named::DefaultFolder => match location::default_folder(variables) {
            Ok(path) => folder(path).ok_or_else(|| fault(NO_FOLDERS)),
            Err(why) => Err(fault(&format!(
                "needs a cache folder, but {why}: use file:PATH"
            ))),
        },
        Named::Server { url, shown } => server(&url, shown).map_err(|problem| fault(&problem)),
    }
}

fn default_place(variables: &Variables) -> Place {
    if cfg!(not(unix)) {
        return Place::Nowhere("folders are not supported on this system");
    }
    match location::default_folder(variables) {
        Ok(path) => folder(path).unwrap_or(Place::Nowhere("folders are not supported")),
        Err(why) => Place::Nowhere(why),
    }
}

#[cfg(unix)]
fn folder(path: PathBuf) -> Option<Place> {
    let store = FileTokenStore::new(&path);
    Some(Place::Folder(path, store))
}

#[cfg(not(unix))]
fn folder(_: PathBuf) -> Option<Place> {
    None
}

#[cfg(feature = "redis")]
fn server(url: &Secret, shown: String) -> Result<Place, String> {
    // For `rediss://`. It fails only if one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = RedisTokenStore::from_url(url.expose_secret());
    // The library's message names its own builder.
    let store = store.map_err(|_| setting::BAD_URL.to_owned())?;
    Ok(Place::Server(shown, store))
}

#[cfg(not(feature = "redis"))]
fn server(_: &Secret, _: String) -> Result<Place, String> {
    Err("names a server, but this vauth was built without the feature `redis`: use file, file:PATH or none".to_owned())
}

const NO_FOLDERS: &str =
    "names a folder, which is not supported on this system: use redis://HOST:PORT or none";

/// As auth-core's own: less than a user notices.
const SERVER_LIMIT: Duration = Duration::from_millis(240);

/// A folder is on this machine, and a slow disk takes a second to sync a file.
const FOLDER_LIMIT: Duration = Duration::from_secs(2);

/// The library's own limit is later, so that a late response is reported by this one.
const GRACE: Duration = Duration::from_millis(10);

/// A process starts at most this much later if the server does not respond.
const CONNECT_LIMIT: Duration = Duration::from_millis(450);

/// A user who asks for the state of the store can wait.
const PROBE_LIMIT: Duration = Duration::from_secs(3);
