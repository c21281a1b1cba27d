//! A bare HTTP client, so that no library's opinion stands between a test and the wire.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails by unwrapping")]

use std::io::{Read, Write};
use std::net::TcpStream;

use auth_testkit::{EmulatedVendor, Emulator};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// Returns the status and RFC 6749's error code.
    pub(crate) fn oauth_error(&self) -> (u16, String) {
        let body = self.json();
        assert!(body["error_description"].is_string(), "{body}");
        (self.status, body["error"].as_str().unwrap().to_owned())
    }

    /// Returns the token of whichever shape the vendor gives.
    pub(crate) fn token(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.text());
        let body = self.json();
        let token = body.get("access_token").or_else(|| body.get("accessToken"));
        token.unwrap().as_str().unwrap().to_owned()
    }
}

/// Sends one request on a connection of its own and reads the answer to its end.
///
/// It blocks the test's thread, which does no harm: the emulator has its own.
pub(crate) fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_ascii_lowercase(), value.trim().to_owned())
    });
    Reply {
        status: status.parse().unwrap(),
        headers: headers.collect(),
        body: answer[end + 4..].to_vec(),
    }
}

pub(crate) fn get(emulator: &Emulator, path: &str) -> Reply {
    send("GET", &format!("{}{path}", emulator.base_url()), &[], b"")
}

pub(crate) fn get_with(emulator: &Emulator, path: &str, token: &str) -> Reply {
    let url = format!("{}{path}", emulator.base_url());
    send(
        "GET",
        &url,
        &[("authorization", &format!("Bearer {token}"))],
        b"",
    )
}

/// Posts a form to the token endpoint that the emulator names.
pub(crate) fn post_form(emulator: &Emulator, fields: &[(&str, &str)]) -> Reply {
    send(
        "POST",
        emulator.token_url(),
        &[("content-type", FORM)],
        encode(fields).as_bytes(),
    )
}

/// Posts a form to the token endpoint with an `Authorization: Basic` header.
pub(crate) fn post_basic(
    emulator: &Emulator,
    id: &str,
    secret: &str,
    fields: &[(&str, &str)],
) -> Reply {
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let headers = [("content-type", FORM), ("authorization", basic.as_str())];
    send(
        "POST",
        emulator.token_url(),
        &headers,
        encode(fields).as_bytes(),
    )
}

/// Signs in properly with the credentials in the body.
pub(crate) fn sign_in(emulator: &Emulator) -> Reply {
    sign_in_as(emulator, emulator.client_id(), emulator.client_secret())
}

/// Signs in with some credentials in the body.
pub(crate) fn sign_in_as(emulator: &Emulator, id: &str, secret: &str) -> Reply {
    let grant = ("grant_type", "client_credentials");
    post_form(
        emulator,
        &[grant, ("client_id", id), ("client_secret", secret)],
    )
}

/// Asks for something that needs a token, at the resource that answers 401 to a bad one.
pub(crate) fn call(emulator: &Emulator, token: &str) -> Reply {
    match emulator.name() {
        "datasaur" => {
            let url = format!("{}/api/v1/users", emulator.base_url());
            let bearer = format!("Bearer {token}");
            send("POST", &url, &[("authorization", &bearer)], b"{}")
        }
        "maia" => get_with(emulator, "/dpc/v1/projects", token),
        _ => get_with(emulator, "/api/v1/apps", token),
    }
}

/// Reads the header and the claims of a JSON Web Token.
pub(crate) fn decode(token: &str) -> (Value, Value) {
    let parts: Vec<_> = token
        .split('.')
        .map(|part| URL_SAFE_NO_PAD.decode(part).unwrap())
        .collect();
    assert_eq!(parts.len(), 3);
    let json = |part: &[u8]| serde_json::from_slice(part).unwrap();
    (json(&parts[0]), json(&parts[1]))
}

pub(crate) const VENDORS: [EmulatedVendor; 3] = [
    EmulatedVendor::Datasaur,
    EmulatedVendor::Maia,
    EmulatedVendor::Runai,
];

fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
