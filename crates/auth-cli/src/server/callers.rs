//! Who may send requests: programs, not web pages, and only with the secret if there is one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::request::Parts;
use http::uri::Scheme;
use http::{HeaderMap, HeaderName, StatusCode, Uri};
use subtle::ConstantTimeEq as _;

use super::refusal::Refusal;
use crate::failure::Failure;
use auth_core::Secret;

/// The callers' secret, for programs that need `Authorization` for something else.
pub(crate) const SECRET_HEADER: HeaderName = HeaderName::from_static("vauth-secret");

static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// How a request arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Through a port, on this address.
    Tcp(SocketAddr),
    /// Through a socket file, which no browser can open.
    #[cfg_attr(
        not(unix),
        allow(dead_code, reason = "the rules for it are tested everywhere")
    )]
    Unix,
}

/// The rules for callers.
#[derive(Debug)]
pub(crate) struct Callers {
    secret: Option<Secret>,
}

impl Callers {
    /// Creates the rules with the secret that callers need, if any.
    pub(crate) fn new(secret: Option<Secret>) -> Result<Self, Failure> {
        if let Some(secret) = &secret {
            let text = secret.expose_secret();
            if text.len() < SHORTEST_SECRET || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(Failure::Usage(format!(
                    "the caller secret is shorter than {SHORTEST_SECRET} characters, or cannot be sent in a header: use letters and digits, such as the output of `openssl rand -hex 32`"
                )));
            }
        }
        Ok(Self { secret })
    }

    /// Fails if a web page sent the request: browsers send these headers, and a page cannot remove them.
    pub(crate) fn check_page(headers: &HeaderMap) -> Result<(), Refusal> {
        // `none` is the address bar.
        let is_foreign = headers
            .get_all(&SEC_FETCH_SITE)
            .iter()
            .any(|site| site != "none" && site != "same-origin");
        let header = match (headers.contains_key(ORIGIN), is_foreign) {
            (true, _) => "Origin",
            (false, true) => "Sec-Fetch-Site",
            (false, false) => return Ok(()),
        };
        Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "browser",
            format!("requests of web pages are not served: send no {header} header"),
        ))
    }

    /// Fails for requests of web pages, without the secret, or with a name of this server that an attacker may have chosen.
    pub(crate) fn check(&self, head: &Parts, transport: Transport) -> Result<(), Refusal> {
        Self::check_page(&head.headers)?;
        if self.secret.is_some() {
            return self.check_secret(&head.headers);
        }
        let Transport::Tcp(address) = transport else {
            return Ok(());
        };
        check_host(head, address.ip())
    }

    fn check_secret(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(secret) = &self.secret else {
            return Ok(());
        };
        let own = headers.get_all(SECRET_HEADER).iter();
        let own = own.map(|value| value.as_bytes());
        let bearer = headers.get_all(AUTHORIZATION).iter();
        let bearer = bearer.filter_map(|value| {
            let (scheme, token) = value.as_bytes().split_at_checked(BEARER.len())?;
            scheme.eq_ignore_ascii_case(BEARER).then_some(token)
        });
        let given: Vec<&[u8]> = own.chain(bearer).collect();
        let expected = secret.expose_secret().as_bytes();
        if given.iter().any(|given| bool::from(given.ct_eq(expected))) {
            return Ok(());
        }
        Err(Refusal::unauthorized(if given.is_empty() {
            "the caller secret is missing: send it in the header Vauth-Secret"
        } else {
            "the caller secret is wrong"
        }))
    }
}

/// Fails unless the name that the caller used is one of this machine's own, against DNS rebinding.
fn check_host(head: &Parts, address: IpAddr) -> Result<(), Refusal> {
    // A whole URL in the request line takes precedence over the header, and is checked with the target.
    if head.uri.authority().is_some() {
        return Ok(());
    }
    let mut hosts = head.headers.get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    match (host, hosts.next()) {
        (Some(host), None) if is_own(host, address) => Ok(()),
        _ => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "host",
            "the Host header is missing or is not this server's: use http://127.0.0.1 or http://localhost",
        )),
    }
}

/// Returns true if a whole URL is one of this very server, and not of another one on this machine.
pub(crate) fn is_own_url(uri: &Uri, transport: Transport) -> bool {
    let (Transport::Tcp(address), Some(authority)) = (transport, uri.authority()) else {
        return false;
    };
    uri.scheme() == Some(&Scheme::HTTP)
        && authority.port_u16().unwrap_or(80) == address.port()
        && is_own(authority.as_str(), address.ip())
}

/// Returns true for the names of this server, with any port, since a container may map it.
fn is_own(host: &str, address: IpAddr) -> bool {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    let is_own_address = |ip: IpAddr| ip.is_loopback() || ip == address;
    if let Some(inside) = name.strip_prefix('[') {
        let inside = inside.strip_suffix(']');
        return inside.is_some_and(|ip| {
            ip.parse::<Ipv6Addr>()
                .is_ok_and(|ip| is_own_address(ip.into()))
        });
    }
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<Ipv4Addr>()
            .is_ok_and(|ip| is_own_address(ip.into()))
}

const BEARER: &[u8] = b"Bearer ";

/// A shorter one could be guessed.
const SHORTEST_SECRET: usize = 16;

#[cfg(test)]
mod tests;
