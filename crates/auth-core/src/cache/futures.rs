//! Future combinators: the first of two futures, and a future that is not inlined into its caller.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// Returns the first future's output, or `None` if the second one completed before it.
pub(crate) async fn with_deadline<T>(
    work: impl Future<Output = T>,
    deadline: impl Future<Output = ()>,
) -> Option<T> {
    let (mut work, mut deadline) = (pin!(work), pin!(deadline));
    poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        deadline.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// Returns the future's output, or its panic.
pub(crate) async fn catching_panics<T>(
    work: impl Future<Output = T>,
) -> Result<T, Box<dyn Any + Send>> {
    let mut work = pin!(work);
    poll_fn(|context| {
        // After a panic the future is dropped and not used again.
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

/// Awaits a rarely needed future without inlining it: compilers inline only small callers into loops.
pub(crate) async fn outlined<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| poll_outlined(future.as_mut(), context)).await
}

#[cold]
#[inline(never)]
fn poll_outlined<F: Future>(future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
    future.poll(context)
}
