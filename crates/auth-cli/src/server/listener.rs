//! The sockets of a server: bound with a clear message if that fails, and accepted from until they are closed.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use tokio::net::TcpListener;

#[cfg(unix)]
use super::unix_socket::{self, SocketFile};
use crate::arguments::ListenAddress;
use crate::failure::Failure;

/// A socket that is listening.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener, SocketAddr),
    #[cfg(unix)]
    Unix(tokio::net::UnixListener, SocketFile),
}

impl Listener {
    pub(super) async fn bind(address: &ListenAddress, option: &str) -> Result<Self, Failure> {
        let bound = match address {
            ListenAddress::Tcp(address) => Self::bind_tcp(*address).await,
            ListenAddress::Unix(path) => Self::bind_unix(path).await,
        };
        bound.map_err(|error| {
            let problem = match error.kind() {
                io::ErrorKind::AddrInUse => {
                    "another process is listening there; end it or choose another address"
                        .to_owned()
                }
                io::ErrorKind::AlreadyExists => {
                    "the file exists and is no socket; remove it or choose another path".to_owned()
                }
                _ => format!("{error}; choose another address"),
            };
            Failure::Usage(format!("cannot listen on {address} ({option}): {problem}"))
        })
    }

    async fn bind_tcp(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self::Tcp(listener, address))
    }

    #[cfg(unix)]
    async fn bind_unix(path: &Path) -> io::Result<Self> {
        let (listener, file) = unix_socket::bind(path).await?;
        Ok(Self::Unix(listener, file))
    }

    #[cfg(not(unix))]
    async fn bind_unix(_path: &Path) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Returns the URL of a port.
    pub(super) fn url(&self) -> Option<String> {
        match self {
            Self::Tcp(_, address) => Some(format!("http://{address}")),
            #[cfg(unix)]
            Self::Unix(..) => None,
        }
    }

    /// Returns the path of a socket file.
    pub(super) fn socket(&self) -> Option<&Path> {
        match self {
            Self::Tcp(..) => None,
            #[cfg(unix)]
            Self::Unix(_, file) => Some(file.path()),
        }
    }
}

/// Permits as many open files as the system lets the process have: each connection takes two with its one to the API.
#[cfg(unix)]
pub(super) fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};

    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Without it, fewer connections can be open, which is noticed then.
    let _ = setrlimit(Resource::Nofile, limit);
}

#[cfg(not(unix))]
pub(super) fn raise_file_limit() {}
