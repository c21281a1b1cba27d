//! The proxy for https requests, from environment variables: an unusable one is an error, and never means a direct request.

use std::ffi::OsString;
use std::net::IpAddr;
use std::sync::LazyLock;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{NoProxy, Proxy};
use url::Url;
use zeroize::Zeroizing;

use super::base_url::origin_of;
use crate::error::{Error, Result};

/// The proxy and the hosts that are reached without it.
///
/// It contains the proxy's password, so it has no `Debug`.
#[derive(Clone, Default)]
pub(super) struct ProxySettings {
    proxy: Option<Zeroizing<String>>,
    /// In the form that reqwest accepts.
    bypassed: String,
    /// Hosts with a port, which reqwest does not support.
    bypassed_ports: Vec<(String, u16)>,
}

impl ProxySettings {
    /// Reads the process's variables.
    pub(super) fn from_env() -> Result<Self> {
        Self::from_lookup(|variable| std::env::var_os(variable))
    }

    /// Reads `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, each also in lower case; the first non-empty one counts.
    pub(super) fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self> {
        let first = |variables: &[&'static str]| {
            let mut set = variables
                .iter()
                .filter_map(|variable| Some((*variable, lookup(variable)?)));
            let found = set.find(|(_, value)| !value.is_empty());
            found
                .map(|(variable, value)| match value.into_string() {
                    Ok(text) => Ok((variable, Zeroizing::new(text))),
                    Err(_) => Err(Error::config(format!(
                        "{variable} is not valid UTF-8: set it to plain text"
                    ))),
                })
                .transpose()
        };
        let proxy = first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])?
            .map(|(variable, value)| checked(variable, &value))
            .transpose()?;
        let mut settings = Self {
            proxy,
            ..Self::default()
        };
        // Without a proxy nothing is bypassed, so a mistake in the list is harmless.
        if settings.proxy.is_some()
            && let Some((variable, list)) = first(&["NO_PROXY", "no_proxy"])?
        {
            settings.read_bypassed(variable, &list)?;
        }
        Ok(settings)
    }

    /// Returns true if an entry with a port matches the target, which is then reached directly.
    pub(super) fn bypasses_port(&self, target: &Url) -> bool {
        let Some(host) = target
            .host_str()
            .filter(|_| !self.bypassed_ports.is_empty())
        else {
            return false;
        };
        let host = host.trim_matches(['[', ']']);
        let port = target.port().unwrap_or(HTTPS_PORT);
        self.bypassed_ports
            .iter()
            .any(|(entry, entry_port)| port == *entry_port && is_within(host, entry))
    }

    /// Returns the proxy for a request to an https target, without its credentials.
    pub(super) fn named(&self, uri: &Uri) -> Option<String> {
        let proxy = self.proxy.as_ref()?;
        let is_bypassed =
            Url::parse(&uri.to_string()).is_ok_and(|target| self.bypasses_port(&target));
        if is_bypassed || self.matcher()?.intercept(uri).is_none() {
            return None;
        }
        origin_of(proxy)
    }

    /// Returns what determines whether a target has a proxy.
    pub(super) fn matcher(&self) -> Option<Matcher> {
        let proxy = self.proxy.as_ref()?;
        Some(matcher(proxy, &self.bypassed))
    }

    /// Sets only this proxy on a client, not those that reqwest would read itself.
    pub(super) fn apply(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder> {
        let builder = builder.no_proxy();
        let Some(proxy) = &self.proxy else {
            return Ok(builder);
        };
        let proxy = Proxy::https(proxy.as_str())
            .map_err(|_| Error::config("the proxy's URL cannot be used"))?
            .no_proxy(NoProxy::from_string(&self.bypassed));
        Ok(builder.proxy(proxy))
    }

    fn read_bypassed(&mut self, variable: &str, list: &str) -> Result<()> {
        let entries = list.split(|letter: char| letter == ',' || letter.is_whitespace());
        let mut bypassed: Vec<String> = Vec::new();
        for entry in entries.filter(|entry| !entry.is_empty()) {
            // As in curl and Go; reqwest supports only a single star, and no brackets.
            let name = match entry.strip_prefix('*') {
                Some(rest) if rest.starts_with('.') => rest,
                _ => entry,
            };
            let name = without_last_dot(name);
            let bare = name
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'));
            if let Some((host, port)) = host_and_port(name) {
                self.bypassed_ports.push((host.to_ascii_lowercase(), port));
            } else if is_entry(bare.unwrap_or(name)) {
                bypassed.push(bare.unwrap_or(name).to_owned());
            } else if let Some(network) = network_of(name) {
                bypassed.push(network);
            } else {
                return Err(Error::config(format!(
                    "{variable} contains an entry that is not a host, a domain, an address or a network: separate entries by commas, without schemes and paths"
                )));
            }
        }
        self.bypassed = bypassed.join(",");
        Ok(())
    }
}

/// Checks a proxy's URL; its text is never repeated, since it may contain a password.
fn checked(variable: &str, text: &str) -> Result<Zeroizing<String>> {
    let refuse = |problem: &str| Err(Error::config(format!("{variable} {problem}")));
    if text.trim() != text || text.chars().any(char::is_control) {
        return refuse(
            "starts or ends with white space or contains a control character: remove it",
        );
    }
    // `proxy:3128` means http, as everywhere.
    let whole = Zeroizing::new(if text.contains("://") {
        text.to_owned()
    } else {
        ["http://", text].concat()
    });
    let Ok(url) = Url::parse(&whole) else {
        return refuse("is not a URL: write it as http://host:port");
    };
    if url.scheme().starts_with("socks") {
        return refuse("names a SOCKS proxy, which is not supported: name an http proxy");
    }
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return refuse("is not the URL of an http proxy: write it as http://host:port");
    }
    let authority = whole.split("://").nth(1).unwrap_or_default();
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.matches('@').count() > 1 || authority.contains(['\\', ' ']) {
        return refuse(
            "contains an @, a space or a backslash in its user name or password: percent-encode it",
        );
    }
    if authority.ends_with(':') {
        return refuse("has a colon without a port: write it as http://host:port");
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return refuse("contains a path, a query or a fragment: write it as http://host:port");
    }
    // As the URL parser writes it: the matcher cannot read some texts that this one can, and would then find no proxy.
    let whole = Zeroizing::new(url.as_str().trim_end_matches('/').to_owned());
    if matcher(&whole, "").intercept(&ANY_TARGET).is_none() {
        return refuse("is not the URL of an http proxy: write it as http://host:port");
    }
    Ok(whole)
}

/// Returns what determines the proxy of a target, as in reqwest.
fn matcher(proxy: &str, bypassed: &str) -> Matcher {
    Matcher::builder().https(proxy).no(bypassed).build()
}

/// Splits an entry that names a port; an IPv6 address needs brackets for that.
fn host_and_port(entry: &str) -> Option<(&str, u16)> {
    let (host, port) = entry.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?,
        None if host.contains(':') => return None,
        None => host,
    };
    let host = without_last_dot(host);
    let is_host = is_name(host) || host.parse::<IpAddr>().is_ok();
    Some((host, port.parse().ok()?)).filter(|_| is_host)
}

fn is_entry(entry: &str) -> bool {
    let (address, bits) = entry.split_once('/').unwrap_or((entry, "0"));
    let most_bits = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return entry == "*" || is_name(entry),
    };
    bits.parse::<u8>().is_ok_and(|bits| bits <= most_bits)
}

/// A name that consists only of dots is not a host.
fn is_name(text: &str) -> bool {
    let is_of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes().all(is_of_a_name) && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

/// A full name may end with the root's dot, which names in requests rarely have.
fn without_last_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// Converts `10.*` and `192.168.*.*` to networks.
fn network_of(entry: &str) -> Option<String> {
    let octets = entry.trim_end_matches(".*");
    let count = octets.split('.').count();
    let rest = 4_usize.checked_sub(count).filter(|rest| *rest > 0)?;
    let address = [octets, &".0".repeat(rest)].concat();
    let is_address = octets.len() < entry.len() && address.parse::<std::net::Ipv4Addr>().is_ok();
    is_address.then(|| format!("{address}/{}", 8 * count))
}

/// Returns true if a host is the entry or below it.
fn is_within(host: &str, entry: &str) -> bool {
    let entry = entry.trim_start_matches('.');
    host == entry
        || host
            .strip_suffix(entry)
            .is_some_and(|rest| rest.ends_with('.'))
}

const HTTPS_PORT: u16 = 443;

/// Any target that has a proxy unless it is bypassed.
static ANY_TARGET: LazyLock<Uri> = LazyLock::new(|| Uri::from_static("https://vendor.example/"));

#[cfg(test)]
mod tests;
