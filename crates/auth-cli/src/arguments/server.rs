//! The arguments of `vauth proxy` and `vauth serve`, which both listen for programs on this machine.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::environment::environment;
use super::settings::SettingArguments;
use super::shared::seconds;
use crate::vendor::Vendor;

#[derive(Debug, Args)]
#[command(after_help = environment())]
pub(crate) struct ProxyArguments {
    /// Vendor whose API requests are forwarded to; the profile's, if not given.
    pub(crate) vendor: Option<Vendor>,
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    /// Wait at most this long for the head of the API's response, and between two parts of a body.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "60")]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}

#[derive(Debug, Args)]
#[command(after_help = environment())]
pub(crate) struct ServeArguments {
    /// Vendor to sign in to; the profile's, if not given.
    pub(crate) vendor: Option<Vendor>,
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}

/// Where a server listens, for which callers, and how many.
#[derive(Debug, Args)]
pub(crate) struct ServerArguments {
    /// Where to listen.
    #[arg(help = "Listen on 127.0.0.1:PORT, [::1]:PORT or unix:PATH; port 0 is any free one", long, value_name = "ADDRESS", value_parser = listen_address, default_value = "127.0.0.1:0")]
    pub(crate) listen: ListenAddress,
    /// Serve /healthz and /metrics on another address instead.
    #[arg(long, value_name = "ADDRESS", value_parser = listen_address)]
    pub(crate) admin_listen: Option<ListenAddress>,
    /// Permit an address that other machines can reach; traffic is not encrypted.
    #[arg(long, requires = "caller_secret_file")]
    pub(crate) allow_remote: bool,
    /// Require the secret in this file from callers, in the header Vauth-Secret or as a bearer token in Authorization.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) caller_secret_file: Option<PathBuf>,
    /// Serve at most this many connections at once; another one gets status 503.
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) max_connections: u32,
    /// Let running requests finish for this long after a signal to stop; a second signal ends them.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "10")]
    pub(crate) grace_period: Duration,
}

/// An address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ListenAddress {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl ListenAddress {
    /// Returns true if only this machine can connect.
    pub(crate) fn is_local(&self) -> bool {
        match self {
            Self::Tcp(address) => address.ip().is_loopback(),
            Self::Unix(_) => true,
        }
    }

    /// Returns true if the system chooses the port.
    pub(crate) fn is_any_port(&self) -> bool {
        matches!(self, Self::Tcp(address) if address.port() == 0)
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

fn listen_address(text: &str) -> Result<ListenAddress, String> {
    if let Some(path) = text.strip_prefix("unix:") {
        return match (cfg!(unix), path) {
            (false, _) => Err("Unix sockets are not supported on this system".to_owned()),
            (true, "") => Err("the path of the socket is missing: write unix:PATH".to_owned()),
            (true, path) => Ok(ListenAddress::Unix(path.into())),
        };
    }
    // A name could have any address.
    let text = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    let address = text.parse().map(ListenAddress::Tcp);
    address.map_err(|_| "expected 127.0.0.1:PORT, [::1]:PORT or unix:PATH".to_owned())
}

#[cfg(test)]
mod tests;
