//! Converts the panics of a tokio runtime without the required features to errors.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::Poll;

use crate::error::{Error, Sent};

/// Runs a request, on whatever runtime there is.
///
/// tokio panics if a runtime has no timers or no IO, or was shut down, and offers no way to check beforehand.
/// Any other panic propagates.
pub(super) async fn or_error<T, E: From<Error>>(
    mut request: Pin<&mut impl Future<Output = Result<T, E>>>,
) -> Result<T, E> {
    poll_fn(|context| poll_or_error(|| request.as_mut().poll(context))).await
}

/// The same for a single poll.
pub(super) fn poll_or_error<T, E: From<Error>>(
    poll: impl FnOnce() -> Poll<Result<T, E>>,
) -> Poll<Result<T, E>> {
    match catch_unwind(AssertUnwindSafe(poll)) {
        Ok(progress) => progress,
        Err(panic) => match lack(&*panic) {
            Some(error) => Poll::Ready(Err(error.into())),
            None => resume_unwind(panic),
        },
    }
}

/// Returns the error for tokio's panic about the runtime: "there is no reactor running, ..." outside one, otherwise "A Tokio 1.x context
/// was found, but ...".
fn lack(panic: &(dyn Any + Send)) -> Option<Error> {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))?;
    if message.starts_with("there is no reactor running") {
        return Some(Error::config(
            "no tokio runtime is running here: read the body within one",
        ));
    }
    if !message.starts_with("A Tokio ") {
        return None;
    }
    if message.contains("disabled") {
        return Some(Error::config(
            "the tokio runtime has no timers or no IO: build it with `enable_all`",
        ));
    }
    // The runtime may end while waiting for a response, so the server may have processed the request.
    let ended =
        Error::config("the tokio runtime was shut down: keep it running while requests are sent");
    Some(ended.with_sent(Sent::Maybe))
}

#[cfg(test)]
mod tests;
