//! The headers of a request: checked before anything is sent, and named in errors without their values.

use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::failure::Failure;
use crate::source::Opener;

/// The headers of a request.
#[derive(Debug, Clone, Default)]
pub(super) struct Headers {
    pub(super) map: HeaderMap,
    /// Sent by the client, which then knows that the request can be retried.
    pub(super) idempotency_key: Option<String>,
}

/// Reads the arguments of --header; '@FILE' contains one header on each line.
pub(super) fn read(arguments: Vec<String>, opener: &mut Opener) -> Result<Headers, Failure> {
    let mut headers = Headers::default();
    for argument in arguments {
        let Some(path) = argument.strip_prefix('@') else {
            headers
                .add(&argument)
                .map_err(|problem| Failure::Usage(format!("--header: {problem}")))?;
            continue;
        };
        let text = opener.path("--header", path)?.text("--header")?;
        let lines = text.lines().zip(1..);
        for (line, number) in lines.filter(|(line, _)| !line.trim().is_empty()) {
            let added = match line.starts_with([' ', '\t']) {
                true => Err(
                    "the line starts with white space: write each header on one line".to_owned(),
                ),
                false => headers.add(line),
            };
            added.map_err(|problem| {
                let place = match path {
                    "-" => format!("line {number} of standard input"),
                    path => format!("line {number} of {path}"),
                };
                Failure::Usage(format!("--header: {place}: {problem}"))
            })?;
        }
    }
    Ok(headers)
}

impl Headers {
    /// Adds a header, or returns what is wrong with it, without its text: it may be a secret.
    fn add(&mut self, text: &str) -> Result<(), String> {
        // Like curl, a semicolon instead of the colon means an empty value.
        let (name, value) = match (text.split_once(':'), text.strip_suffix(';')) {
            (Some((name, value)), _) => (name, value.trim_matches([' ', '\t'])),
            (None, Some(name)) => (name, ""),
            (None, None) => {
                return Err("there is no colon: write for example 'Accept: text/csv'".to_owned());
            }
        };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
            "the name is empty or contains a character that is not allowed in one: write for example 'Accept: text/csv'".to_owned()
        })?;
        if let Some(why) = reserved(&name) {
            return Err(format!(
                "{name} is set by the client and cannot be set: {why}"
            ));
        }
        let mut value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| format!("the value of {name} contains a control character"))?;
        if name == IDEMPOTENCY_KEY {
            return self.add_key(&value);
        }
        if name == CONTENT_TYPE && self.map.contains_key(CONTENT_TYPE) {
            return Err("content-type is set twice: a body has one".to_owned());
        }
        // `Debug` does not show it.
        value.set_sensitive(true);
        self.map.append(name, value);
        Ok(())
    }

    fn add_key(&mut self, value: &HeaderValue) -> Result<(), String> {
        let key = value.to_str().ok().filter(|key| !key.is_empty());
        match (key, &self.idempotency_key) {
            (Some(key), None) => {
                self.idempotency_key = Some(key.to_owned());
                Ok(())
            }
            (Some(_), Some(_)) => {
                Err("idempotency-key is set twice: an operation has one".to_owned())
            }
            (None, _) => Err(
                "the value of idempotency-key is empty or not ASCII: use letters, digits and dashes"
                    .to_owned(),
            ),
        }
    }
}

/// Returns why a header cannot be set.
fn reserved(name: &HeaderName) -> Option<&'static str> {
    if name == AUTHORIZATION {
        return Some("it contains the token");
    }
    if name == HOST {
        return Some("the token goes only to the API's own host");
    }
    OF_CONNECTION
        .contains(name)
        .then_some("it describes the connection or the length of the body")
}

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// With these, a server could interpret the rest of the body as another request.
static OF_CONNECTION: [HeaderName; 12] = [
    PROXY_AUTHORIZATION,
    PROXY_AUTHENTICATE,
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("http2-settings"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    CONTENT_LENGTH,
    EXPECT,
];
