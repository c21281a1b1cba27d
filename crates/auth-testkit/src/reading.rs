//! Reads what a client sent: forms, Basic credentials, bearer tokens, JSON with keys in any case.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use serde_json::{Map, Value};

use crate::request::ReceivedRequest;

/// Holds the parameters of an `application/x-www-form-urlencoded` body.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body, or returns `None` if the request does not call it a form.
    pub(crate) fn of(request: &ReceivedRequest) -> Option<Self> {
        request.is_form().then(|| Self(request.form_pairs()))
    }

    /// Returns a parameter; one without a value counts as omitted (RFC 6749 section 3.2).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.sent(name).filter(|value| !value.is_empty())
    }

    /// Returns a parameter as sent, empty or not.
    pub(crate) fn sent(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns true if any parameter was sent more than once.
    pub(crate) fn has_duplicate(&self) -> bool {
        let mut seen = HashSet::new();
        !self.0.iter().all(|(name, _)| seen.insert(name))
    }
}

/// Holds a client id and a client secret that a request presented.
pub(crate) struct Presented {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Presented {
    /// Reads an `Authorization: Basic` header as sent; an unreadable one presents an empty id.
    pub(crate) fn by_basic(request: &ReceivedRequest) -> Option<Self> {
        let header = request
            .headers()
            .get(header::AUTHORIZATION)?
            .to_str()
            .ok()?;
        let (scheme, encoded) = header.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = STANDARD.decode(encoded.trim()).unwrap_or_default();
        let text = String::from_utf8_lossy(&decoded);
        let (id, secret) = text.split_once(':').unwrap_or_default();
        Some(Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// Reads `client_id` and `client_secret` of a form, if the id is there.
    pub(crate) fn by_form(form: &Form) -> Option<Self> {
        Some(Self {
            id: form.get("client_id")?.to_owned(),
            secret: form.get("client_secret").unwrap_or_default().to_owned(),
        })
    }

    /// Undoes the form encoding that RFC 6749 section 2.3.1 prescribes inside a Basic header.
    pub(crate) fn form_decoded(&self) -> Self {
        Self {
            id: form_decode(&self.id),
            secret: form_decode(&self.secret),
        }
    }
}

/// The content of an API request's `Authorization` header.
pub(crate) enum Bearer<'a> {
    /// There is no such header.
    Missing,
    /// The header has another scheme or form.
    Malformed,
    /// The header has the scheme `Bearer`, spelled exactly so.
    Token(&'a str),
    /// The header has the scheme `Bearer` in another case, which RFC 9110 section 11.1 allows.
    OtherCase(&'a str),
}

impl<'a> Bearer<'a> {
    /// Reads the header.
    pub(crate) fn of(request: &'a ReceivedRequest) -> Self {
        let Some(value) = request.headers().get(header::AUTHORIZATION) else {
            return Self::Missing;
        };
        match value.to_str().ok().and_then(|text| text.split_once(' ')) {
            Some(("Bearer", token)) => Self::Token(token.trim()),
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                Self::OtherCase(token.trim())
            }
            _ => Self::Malformed,
        }
    }

    /// Returns the token, whatever the case of the scheme.
    pub(crate) fn token(&self) -> Option<&'a str> {
        match *self {
            Self::Token(token) | Self::OtherCase(token) => Some(token),
            Self::Missing | Self::Malformed => None,
        }
    }
}

/// Holds a JSON object whose keys are looked up in any case.
pub(crate) struct JsonFields(Map<String, Value>);

impl JsonFields {
    /// Reads the body, or returns `None` if it is not a JSON object.
    pub(crate) fn of(request: &ReceivedRequest) -> Option<Self> {
        Self::of_value(serde_json::from_slice(request.body()).ok()?)
    }

    /// Takes a part of a body, or returns `None` if it is not a JSON object.
    pub(crate) fn of_value(value: Value) -> Option<Self> {
        match value {
            Value::Object(fields) => Some(Self(fields)),
            _ => None,
        }
    }

    /// Returns the first of the named fields that is a string and not empty.
    pub(crate) fn text(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            self.all(name)
                .find_map(|value| value.as_str().filter(|text| !text.is_empty()))
        })
    }

    /// Returns a field that is not null.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.all(name).find(|value| !value.is_null())
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.0
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

fn form_decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8_lossy()
        .into_owned()
}
