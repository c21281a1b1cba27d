//! The body of an upload, and whether it can be sent again.

mod file;
mod progress;
mod sequence;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::HeaderValue;

use self::file::SentFile;
use self::progress::{OnProgress, Progress};
pub(super) use self::sequence::Part;
use self::sequence::Sequence;
use crate::error::{Error, Result, Sent};
use crate::http::{BodyStream, Boxed};

/// A body that is uploaded in pieces and never completely in memory.
///
/// Its source decides whether the request may be sent again, after a rejected token or according to a
/// [`RetryPolicy`](crate::RetryPolicy): with [`UploadBody::once`] only until the first piece was read, with
/// [`UploadBody::repeatable`] at any time.
///
/// # Examples
/// ```
/// use auth_core::UploadBody;
/// use bytes::Bytes;
///
/// # fn open(path: &str) -> impl futures_core::Stream<Item = std::io::Result<Bytes>> + Send + use<> { let _ = path; Pieces }
/// # struct Pieces;
/// # impl futures_core::Stream for Pieces {
/// #     type Item = std::io::Result<Bytes>;
/// #     fn poll_next(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<Option<Self::Item>> { std::task::Poll::Ready(None) }
/// # }
/// // `open` returns a stream of the file's pieces, such as `tokio_util::io::ReaderStream`.
/// let body = UploadBody::repeatable(|| open("export.csv")).with_length(1_048_576);
/// ```
#[derive(Clone)]
pub struct UploadBody {
    source: Source,
    length: Option<u64>,
    content_type: Option<HeaderValue>,
    on_progress: Option<OnProgress>,
}

#[derive(Clone)]
enum Source {
    Whole(Bytes),
    Once(Arc<Mutex<Option<Boxed>>>),
    Repeatable(Arc<dyn Fn() -> Boxed + Send + Sync>),
    File(Arc<SentFile>),
    Sequence(Arc<[Part]>),
}

impl UploadBody {
    /// Creates a body from a stream that can be read only once.
    ///
    /// Once its first piece was read, the request is never sent again: a 401 is then returned.
    pub fn once(pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self::of(Source::Once(Arc::new(Mutex::new(Some(boxed(pieces))))))
    }

    /// Creates a body that can be read again, such as a file; `open` is called each time the request is sent.
    pub fn repeatable<P>(open: impl Fn() -> P + Send + Sync + 'static) -> Self
    where
        P: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        Self::of(Source::Repeatable(Arc::new(move || boxed(open()))))
    }

    /// Creates a body from a regular file, which is read in pieces, and again whenever the request is sent again.
    ///
    /// Its length now is the length of the body: a file that is shorter or longer when it is sent is an error of kind
    /// [`Config`](crate::ErrorKind::Config) that says so, and the server receives no complete body.
    /// This reads the file's metadata, but not its content.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the path, if it is not a regular file that can be read.
    pub fn file(path: impl Into<PathBuf>) -> Result<Self> {
        let file = SentFile::open(path.into())?;
        let length = file.length();
        Ok(Self::of(Source::File(Arc::new(file))).with_length(length))
    }

    /// Creates a body from parts that follow each other.
    pub(super) fn sequence(parts: Vec<Part>, content_type: Option<HeaderValue>) -> Self {
        let length = parts
            .iter()
            .try_fold(0_u64, |sum, part| sum.checked_add(part.length()?));
        let mut body = Self::of(Source::Sequence(parts.into()));
        body.length = length;
        body.content_type = content_type;
        body
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            length: None,
            content_type: None,
            on_progress: None,
        }
    }

    /// Calls `on_progress` with the number of bytes that the connection has taken so far, after each piece.
    ///
    /// It starts from the beginning when the request is sent again. It runs while the request is sent, so it must not block.
    #[must_use]
    pub fn with_progress(mut self, on_progress: impl Fn(u64) + Send + Sync + 'static) -> Self {
        self.on_progress = Some(Arc::new(on_progress));
        self
    }

    /// Returns the length in bytes, if it is known.
    pub fn length(&self) -> Option<u64> {
        match &self.source {
            Source::Whole(bytes) => self.length.or(Some(bytes.len() as u64)),
            _ => self.length,
        }
    }

    /// Sets the length of the body in bytes, which is sent as `Content-Length`; without it the body is sent in chunks.
    ///
    /// A body of another length is an error.
    #[must_use]
    pub fn with_length(mut self, length: u64) -> Self {
        self.length = Some(length);
        self
    }

    /// Returns the content type that the body brings, for a request that has none.
    pub(super) fn content_type(&self) -> Option<&HeaderValue> {
        self.content_type.as_ref()
    }

    /// Returns true if the body can still be sent from its start.
    pub(super) fn is_intact(&self) -> bool {
        match &self.source {
            Source::Once(pieces) => lock(pieces).is_some(),
            Source::Whole(_) | Source::Repeatable(_) | Source::File(_) => true,
            Source::Sequence(parts) => parts.iter().all(Part::is_intact),
        }
    }

    /// Opens the body for one attempt.
    pub(super) fn open(&self) -> BodyStream {
        let length = self.length();
        let body = match &self.source {
            // A length that is not the bytes' own is found as with any other source.
            Source::Whole(bytes) if self.length.is_none() => BodyStream::from(bytes.clone()),
            Source::Whole(bytes) => BodyStream::new(BodyStream::from(bytes.clone())),
            Source::Once(pieces) => BodyStream::new(Once {
                shared: Arc::clone(pieces),
                taken: None,
            }),
            Source::Repeatable(open) => BodyStream::new(open()),
            Source::File(file) => BodyStream::new(SentFile::pieces(file)),
            Source::Sequence(parts) => BodyStream::new(Sequence::new(Arc::clone(parts))),
        };
        let body = match &self.on_progress {
            Some(on_progress) => BodyStream::new(Progress::new(body, Arc::clone(on_progress))),
            None => body,
        };
        match length {
            Some(length) => body.with_length(length),
            None => body,
        }
    }
}

/// A body that is in memory and can be sent again.
impl From<Bytes> for UploadBody {
    fn from(body: Bytes) -> Self {
        Self::of(Source::Whole(body))
    }
}

/// An empty body, for requests whose response is a stream.
impl Default for UploadBody {
    fn default() -> Self {
        Self::from(Bytes::new())
    }
}

impl fmt::Debug for UploadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadBody")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// Takes the stream with the first poll; until then another attempt can have it.
struct Once {
    shared: Arc<Mutex<Option<Boxed>>>,
    taken: Option<Boxed>,
}

impl Stream for Once {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.taken.is_none() {
            let taken = lock(&self.shared).take();
            self.taken = taken;
        }
        match &mut self.taken {
            Some(pieces) => pieces.as_mut().poll_next(context),
            None => Poll::Ready(Some(Err(Error::config(
                "the upload's body was read before: create a new one for each request",
            )))),
        }
    }
}

/// Converts the errors of the caller's source.
struct Converted<P>(Pin<Box<P>>);

impl<P: Stream<Item = io::Result<Bytes>>> Stream for Converted<P> {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = self.0.as_mut().poll_next(context);
        piece.map(|piece| {
            piece.map(|piece| {
                piece.map_err(|error| {
                    Error::config("the upload's source cannot be read")
                        .with_sent(Sent::Maybe)
                        .with_source(error)
                })
            })
        })
    }
}

fn boxed(pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Boxed {
    Box::pin(Converted(Box::pin(pieces)))
}

fn lock(pieces: &Mutex<Option<Boxed>>) -> MutexGuard<'_, Option<Boxed>> {
    pieces.lock().unwrap_or_else(PoisonError::into_inner)
}
