//! Serves an emulator's responses with wiremock, and prevents wiremock from storing all requests.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock, Weak};

use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::emulation::{Emulation, Host};

/// Holds a listener that is bound and not yet served.
#[derive(Debug)]
pub(crate) struct Listener {
    listener: TcpListener,
    base_url: String,
}

impl Listener {
    /// Binds a port of the loopback interface; 0 is any free one.
    pub(crate) fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let base_url = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, base_url })
    }

    /// Returns the URL under which the server will be found, without a trailing slash.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Starts to serve.
    pub(crate) async fn serve(self, emulation: Arc<Emulation>, number: usize) -> Server {
        let server = MockServer::builder()
            .listener(self.listener)
            .disable_request_recording()
            .start()
            .await;
        let server = Arc::new(server);
        let responder = Responder(Arc::new(Inner {
            emulation,
            host: Host {
                number,
                base_url: self.base_url,
            },
            server: OnceLock::from(Arc::downgrade(&server)),
            hoarded: AtomicUsize::new(0),
        }));
        server.register(responder.mock()).await;
        Server { server }
    }
}

/// Serves until it is dropped.
pub(crate) struct Server {
    #[expect(dead_code, reason = "held for its Drop, which stops the server")]
    server: Arc<MockServer>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Responder(Arc<Inner>);

struct Inner {
    emulation: Arc<Emulation>,
    host: Host,
    server: OnceLock<Weak<MockServer>>,
    hoarded: AtomicUsize,
}

impl Responder {
    fn mock(&self) -> Mock {
        Mock::given(any()).respond_with(self.clone())
    }

    /// Has wiremock forget the requests so far, once they take up [`HOARD_LIMIT`] bytes.
    ///
    /// A mounted mock keeps a copy of each request that it matched, recording or not, and only `reset` frees them,
    /// by dropping the mock. Nobody may find the server without its mock: wiremock runs all its tasks on one thread,
    /// its lock is fair, and `join!` acquires it twice without a pause, so that no request gets in between.
    fn tidy(&self, request: &Request) {
        let size = request.body.len() + REQUEST_OVERHEAD;
        if self.0.hoarded.fetch_add(size, Relaxed) + size < HOARD_LIMIT {
            return;
        }
        self.0.hoarded.store(0, Relaxed);
        let Some(server) = self.0.server.get().and_then(Weak::upgrade) else {
            return;
        };
        let mock = self.mock();
        tokio::spawn(async move {
            tokio::join!(server.reset(), server.register(mock));
            // The emulator may be gone by now. Then this was the last hold on the server, whose Drop blocks on a lock
            // that tasks of this very thread may have to release.
            if let Some(last) = Arc::into_inner(server) {
                std::thread::spawn(move || drop(last));
            }
        });
    }
}

impl Respond for Responder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        self.tidy(request);
        self.0.emulation.respond(&self.0.host, request)
    }
}

/// How many bytes of requests wiremock may keep: little beside a process, yet a hundred requests and more.
const HOARD_LIMIT: usize = 1 << 20;

/// What the URL and the headers of a request take up, roughly.
const REQUEST_OVERHEAD: usize = 2 << 10;
