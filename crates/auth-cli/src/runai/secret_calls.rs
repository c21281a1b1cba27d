//! The one sequence for calls that return a secret which is shown once: reserve its place, sign in, send, deliver.

use auth_core::{Error, Secret};
use runai_auth::Client;

use crate::arguments::runai::RegenerateArguments;
use crate::arguments::{ListArguments, SecretArguments};
use crate::confirm;
use crate::failure::Failure;
use crate::lookup::Found;
use crate::secrets::{
    Delivered, Existing, Place, SecretHolder, SecretMessages, SecretWork, deliver, deliver_alone,
};

/// Creates a thing with a secret with `request`, and delivers its secret.
pub(super) async fn create<T, D: Delivered>(
    holder: SecretHolder,
    name: &str,
    (secret, list): (&SecretArguments, &ListArguments),
    client: &Client,
    request: impl Future<Output = Result<T, Error>>,
    split: impl FnOnce(T) -> (D, Option<Secret>),
) -> Result<(), Failure> {
    let messages = SecretMessages::create(holder, name, secret);
    // Before the place: a signal must not leave a reserved file behind.
    let mut work = SecretWork::start(messages)?;
    let (created, place) = obtain(&mut work, secret, Existing::Refused, client, request).await?;
    let (created, secret) = split(created);
    deliver(created, secret, place, &mut work, list).await
}

/// Finds the thing whose secret is to be replaced, and replaces it with `request` once that is confirmed.
pub(super) async fn regenerate<R>(
    holder: SecretHolder,
    arguments: &RegenerateArguments,
    client: &Client,
    find: impl Future<Output = Result<Found, Error>>,
    request: impl FnOnce(String) -> R,
) -> Result<(), Failure>
where
    R: Future<Output = Result<Secret, Error>>,
{
    let about = |text: &str| format!("replace the {} of {} {text}", holder.secret, holder.noun);
    confirm::check(&about(&arguments.id), &arguments.confirm)?;
    let messages = |id: &str| SecretMessages::renew(holder, id, &arguments.secret);
    let (found, work) = if arguments.confirm.yes {
        let mut work = SecretWork::start(messages(&arguments.id))?;
        let found = work.prepare(find).await?;
        (found, Some(work))
    } else {
        // Until the user has confirmed, a signal ends the command by itself.
        let found = find.await?;
        confirm::confirm(&about(&found.label), &arguments.confirm)?;
        (found, None)
    };
    let mut work = match work {
        Some(work) => work.with_messages(messages(&found.id)),
        None => SecretWork::start(messages(&found.id))?,
    };
    let request = request(found.id.clone());
    let (secret, place) = obtain(
        &mut work,
        &arguments.secret,
        Existing::Replaced,
        client,
        request,
    )
    .await?;
    let id = arguments.list.json.then_some(found.id.as_str());
    deliver_alone(&secret, place, &mut work, (holder, id)).await
}

/// Sends `request` once the secret has a place and the client a token, so that neither can fail after it.
async fn obtain<T>(
    work: &mut SecretWork,
    secret: &SecretArguments,
    existing: Existing,
    client: &Client,
    request: impl Future<Output = Result<T, Error>>,
) -> Result<(T, Place), Failure> {
    let place = Place::prepare(secret, existing)?;
    work.prepare(client.token()).await?;
    place.check()?;
    work.obtain(place, request).await
}
