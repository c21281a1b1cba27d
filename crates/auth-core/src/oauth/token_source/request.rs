//! The parts of a token request that contain a secret, in buffers that are wiped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderValue;
use url::form_urlencoded::{byte_serialize, parse};

use crate::error::{Error, Result};
use crate::secret::Secret;

/// Rewrites the form: replaces the placeholder with the secret, adds an extension's `grant_type` and our parameters,
/// and removes the empty `client_id` that means none, which a server would reject as unknown.
pub(super) fn form(
    sent: &[u8],
    secret: &Secret,
    extension: Option<&'static str>,
    parameters: &[(&'static str, Secret)],
) -> Bytes {
    let is_secret = |name: &str| matches!(name, "client_secret" | "password" | "refresh_token");
    let room: usize = parameters
        .iter()
        .map(|(name, value)| encoded_room(name) + encoded_room(value.expose_secret()))
        .sum();
    // A growing buffer leaves copies behind, so this one has its full size from the start.
    let mut form = String::with_capacity(
        2 * sent.len()
            + encoded_room(secret.expose_secret())
            + encoded_room(extension.unwrap_or_default())
            + room,
    );
    for (name, value) in parse(sent) {
        if is_secret(&name) {
            push(&mut form, &name, secret.expose_secret());
        } else if let Some(grant_type) = extension.filter(|_| name == "grant_type") {
            push(&mut form, &name, grant_type);
        } else if !(name == "client_id" && value.is_empty()) {
            push(&mut form, &name, &value);
        }
    }
    for (name, value) in parameters {
        push(&mut form, name, value.expose_secret());
    }
    Secret::from(form).into_bytes()
}

/// Returns the HTTP Basic header, each part form-encoded first (RFC 6749 section 2.3.1), and its value after the scheme.
pub(super) fn basic(id: &str, secret: &Secret) -> Result<(HeaderValue, Secret)> {
    let room = encoded_room(id) + encoded_room(secret.expose_secret());
    let mut pair = String::with_capacity(room);
    pair.extend(byte_serialize(id.as_bytes()));
    pair.push(':');
    pair.extend(byte_serialize(secret.expose_secret().as_bytes()));
    let pair = Secret::from(pair);
    let mut encoded = String::with_capacity(2 * room);
    STANDARD.encode_string(pair.expose_secret(), &mut encoded);
    let encoded = Secret::from(encoded);
    let mut header = String::with_capacity(SCHEME.len() + encoded.expose_secret().len());
    header.push_str(SCHEME);
    header.push_str(encoded.expose_secret());
    let mut header = HeaderValue::from_maybe_shared(Secret::from(header).into_bytes())
        .map_err(|_| Error::config("the credentials cannot be sent by HTTP Basic"))?;
    // Keeps HTTP stacks from printing it.
    header.set_sensitive(true);
    Ok((header, encoded))
}

fn push(form: &mut String, name: &str, value: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    form.extend(byte_serialize(name.as_bytes()));
    form.push('=');
    form.extend(byte_serialize(value.as_bytes()));
}

/// Three characters for each byte at most, and the sign after it.
fn encoded_room(text: &str) -> usize {
    3 * text.len() + 1
}

const SCHEME: &str = "Basic ";
