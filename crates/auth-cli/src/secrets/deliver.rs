//! Delivers a secret immediately, and reports what exists if that fails.

use std::collections::BTreeMap;

use auth_core::{Error, ErrorKind, Secret};

use super::{Place, SecretHolder, SecretMessages, SecretWork, oddity};
use crate::arguments::ListArguments;
use crate::failure::Failure;
use crate::output::{Listed, json_line, render_one};
use crate::quoting::quoted;
use crate::text::one_line;
use crate::work::{Work, printed};

/// A created thing with a secret, as it is printed.
pub(crate) trait Delivered: Listed {
    /// Returns its id, if the server returned one.
    fn id(&self) -> Option<&str>;

    /// Returns the required members that the response lacked.
    fn lacking(&self) -> Vec<&'static str>;

    /// Includes the secret in the output.
    fn show(&mut self, secret: &Secret);
}

/// Delivers the secret of a created thing, and prints the rest.
pub(crate) async fn deliver<T: Delivered>(
    mut made: T,
    secret: Option<Secret>,
    place: Place,
    work: &mut SecretWork,
    arguments: &ListArguments,
) -> Result<(), Failure> {
    let Some(secret) = secret else {
        let state = work
            .messages()
            .without_secret(made.id(), "was not returned");
        // The rest of the response is still useful.
        let printed = work.print(render_one(&made, arguments)?).await;
        return Err(printed.err().unwrap_or_else(incomplete).unfinished(state));
    };
    let odd = oddity(&secret);
    let is_altered = one_line(secret.expose_secret()) != secret.expose_secret();
    let lost = |work: &SecretWork, made: &T| work.messages().without_secret(made.id(), "is lost");
    let came = Came {
        id: made.id().map(str::to_owned),
        lacking: made.lacking(),
        odd,
    };
    match place {
        Place::File(file) => {
            file.write(secret.expose_secret())
                .map_err(|error| cannot_write(error).unfinished(lost(work, &made)))?;
            let delivered = work.messages().with_secret(made.id());
            match work.print(render_one(&made, arguments)?).await {
                // The reader closed the pipe; the secret is in its file.
                Ok(()) | Err(Failure::NoReader) => {}
                Err(failure) => return Err(failure.unfinished(delivered)),
            }
        }
        Place::Shown => {
            made.show(&secret);
            // A table would alter line breaks and terminal commands.
            let json = arguments.json || is_altered;
            let bytes = render_one(&made, &ListArguments { json })?;
            work.print(bytes)
                .await
                .map_err(|failure| failure.unfinished(lost(work, &made)))?;
        }
    }
    came.complete(work.messages())
}

/// Delivers the new secret of an existing thing; to standard output, nothing else is printed, unless `id` requests JSON.
pub(crate) async fn deliver_alone(
    secret: &Secret,
    place: Place,
    work: &mut SecretWork,
    (holder, id): (SecretHolder, Option<&str>),
) -> Result<(), Failure> {
    let odd = oddity(secret);
    let lost = work.messages().without_secret(None, "is lost");
    let mut object = BTreeMap::from_iter(id.map(|id| ("id", id)));
    match place {
        Place::File(file) => {
            file.write(secret.expose_secret())
                .map_err(|error| cannot_write(error).unfinished(lost))?;
            if id.is_some() {
                let delivered = work.messages().with_secret(id);
                printed(work.print(json_line(&object)?).await, delivered)?;
            }
        }
        Place::Shown => {
            let bytes = match id {
                Some(_) => {
                    object.insert(holder.secret, secret.expose_secret());
                    json_line(&object)?
                }
                None => line(secret)?,
            };
            work.print(bytes)
                .await
                .map_err(|failure| failure.unfinished(lost))?;
        }
    }
    let came = Came {
        id: None,
        lacking: Vec::new(),
        odd,
    };
    came.complete(work.messages())
}

/// Returns an unreadable successful response, and the id if that was readable: it may contain the only copy of a secret.
pub(crate) fn unread_response(error: &Error) -> Option<(Option<String>, Secret)> {
    let done = error.side_effect()?;
    let response = done.expose_response()?;
    Some((done.id().map(str::to_owned), Secret::from(response)))
}

/// Delivers such a response to the secret's destination; returns the state of the secret, as in "its secret is lost".
pub(crate) async fn hand_over(response: &Secret, place: Place, work: &mut Work) -> String {
    match place {
        Place::File(file) => {
            let path = quoted(&file.path().to_string_lossy());
            match file.write(response.expose_secret()) {
                Ok(()) => format!("may be in the response, which was written to {path} unchanged"),
                Err(_) => "is lost".to_owned(),
            }
        }
        Place::Shown => {
            let printed = match line(response) {
                Ok(bytes) => work.print(bytes).await,
                Err(failure) => Err(failure),
            };
            match printed {
                Ok(()) => "may be in the response, which was printed unchanged".to_owned(),
                Err(_) => "is lost".to_owned(),
            }
        }
    }
}

/// The secret unchanged, or in quotes if it contains terminal commands.
fn line(secret: &Secret) -> Result<Vec<u8>, Failure> {
    let text = secret.expose_secret();
    if one_line(text) != text {
        return json_line(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(b'\n');
    Ok(bytes)
}

/// The rest of the response to a delivered secret.
struct Came {
    id: Option<String>,
    lacking: Vec<&'static str>,
    odd: Option<String>,
}

impl Came {
    /// Fails if members are missing or the secret is unusable, with what exists now.
    fn complete(self, messages: &SecretMessages) -> Result<(), Failure> {
        let id = self.id.as_deref();
        let state = match &self.odd {
            Some(_) => messages.without_secret(id, "was delivered unchanged"),
            None => messages.with_secret(id),
        };
        let mut problems = Vec::new();
        if !self.lacking.is_empty() {
            problems.push(format!("the response lacks {}", self.lacking.join(" and ")));
        }
        problems.extend(self.odd);
        if problems.is_empty() {
            return Ok(());
        }
        let error =
            Error::new(ErrorKind::InvalidResponse, problems.join(", and ")).with_retryable(false);
        Err(Failure::from(error).unfinished(state))
    }
}

/// The failure for a response that lacks the secret.
pub(crate) fn incomplete() -> Failure {
    Error::new(ErrorKind::InvalidResponse, "the response is incomplete")
        .with_retryable(false)
        .into()
}

/// The failure for a secret that cannot be written to its file.
pub(crate) fn cannot_write(error: std::io::Error) -> Failure {
    Failure::System("cannot write the secret to its file", error)
}
