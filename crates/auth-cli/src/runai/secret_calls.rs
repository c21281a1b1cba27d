//! The one sequence for calls that return a secret which is shown once: reserve its place, sign in, send, deliver.

use auth_core::{Error, Secret};
use runai_auth::Client;

use crate::arguments::runai::RegenerateArguments;
use crate::arguments::{ListArguments, SecretArguments};
use crate::confirm::confirm;
use crate::failure::Failure;
use crate::secrets::{Delivered, Existing, Kind, Place, Words, Work, deliver, deliver_alone};

/// Creates a thing of this kind with `request`, and delivers its secret.
pub(super) async fn create<T, D: Delivered>(
    kind: Kind,
    name: &str,
    (secret, list): (&SecretArguments, &ListArguments),
    client: &Client,
    request: impl Future<Output = Result<T, Error>>,
    split: impl FnOnce(T) -> (D, Option<Secret>),
) -> Result<(), Failure> {
    let words = Words::create(kind, name, secret);
    let (created, place, mut work) =
        obtain(words, secret, Existing::Refused, client, request).await?;
    let (created, secret) = split(created);
    deliver(created, secret, place, &mut work, list).await
}

/// Replaces the secret of a thing with `request` once that is confirmed, and delivers the new one.
pub(super) async fn regenerate(
    kind: Kind,
    arguments: &RegenerateArguments,
    client: &Client,
    request: impl Future<Output = Result<Secret, Error>>,
) -> Result<(), Failure> {
    let id = &arguments.id;
    let what = format!("replace the {} of {} {id}", kind.secret, kind.noun);
    confirm(&what, &arguments.confirm)?;
    let words = Words::renew(kind, id, &arguments.secret);
    let (secret, place, mut work) = obtain(
        words,
        &arguments.secret,
        Existing::Replaced,
        client,
        request,
    )
    .await?;
    deliver_alone(&secret, place, &mut work).await
}

/// Sends `request` once the secret has a place and the client a token, so that neither can fail after it.
async fn obtain<T>(
    words: Words,
    secret: &SecretArguments,
    existing: Existing,
    client: &Client,
    request: impl Future<Output = Result<T, Error>>,
) -> Result<(T, Place, Work), Failure> {
    // Before the place: a signal must not leave a reserved file behind.
    let mut work = Work::start(words)?;
    let place = Place::prepare(secret, existing)?;
    work.prepare(client.token()).await?;
    place.check()?;
    let (value, place) = work.obtain(place, request).await?;
    Ok((value, place, work))
}
