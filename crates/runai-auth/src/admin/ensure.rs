//! Find or create: an ambiguous name is an error, and nothing is created twice.

use auth_core::{Error, ErrorKind, Result, display_list};

use super::call::named;

/// The result of an `ensure`: found or created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "there is no third outcome but an error"
)]
#[must_use = "a created client holds a secret that is shown once"]
pub enum Ensured<T, C = T> {
    /// It existed and was not changed.
    Found(T),
    /// This call created it.
    Created(C),
}

impl<T, C> Ensured<T, C> {
    /// Returns true if this call created it.
    pub fn is_created(&self) -> bool {
        matches!(self, Self::Created(_))
    }

    pub(super) fn map_found<U>(self, change: impl FnOnce(T) -> U) -> Ensured<U, C> {
        match self {
            Self::Found(found) => Ensured::Found(change(found)),
            Self::Created(created) => Ensured::Created(created),
        }
    }
}

/// Finds a thing, and creates it if it is not found.
///
/// At most one create is sent. If the API says that the thing exists, because another caller was faster
/// or the first search missed it, the search `again` looks for it.
pub(super) async fn ensure<T, C>(
    find: impl Future<Output = Result<Option<T>>>,
    create: impl Future<Output = Result<C>>,
    again: impl Future<Output = Result<Option<T>>>,
) -> Result<Ensured<T, C>> {
    if let Some(found) = find.await? {
        return Ok(Ensured::Found(found));
    }
    create_unless_there(create, Error::is_conflict, again).await
}

/// Creates a thing; finds it if the API says that it exists.
///
/// If it is not found, or the search fails, the error is what the API said about the create; only an ambiguous name says more than that.
pub(super) async fn create_unless_there<T, C>(
    create: impl Future<Output = Result<C>>,
    says_it_exists: fn(&Error) -> bool,
    again: impl Future<Output = Result<Option<T>>>,
) -> Result<Ensured<T, C>> {
    match create.await {
        Err(error) if says_it_exists(&error) => match again.await {
            Ok(Some(found)) => Ok(Ensured::Found(found)),
            Err(ambiguous) if ambiguous.kind() == ErrorKind::Config => Err(ambiguous),
            Ok(None) | Err(_) => Err(error),
        },
        created => created.map(Ensured::Created),
    }
}

/// Returns the only match, if there is one; several are an error that lists their ids.
///
/// `subject` names what is ambiguous, and `advice` the fix.
pub(super) fn only<T>(
    mut found: Vec<T>,
    subject: &str,
    advice: &str,
    id: impl Fn(&T) -> String,
) -> Result<Option<T>> {
    if found.len() < 2 {
        return Ok(found.pop());
    }
    let ids: Vec<_> = found.iter().map(id).collect();
    let ids = display_list(ids.iter().map(String::as_str));
    Err(named(Error::config(format!("{subject}: {advice}: {ids}"))))
}
