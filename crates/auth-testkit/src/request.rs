//! A request as the emulator received it, for routes and for assertions in tests.

use std::fmt;
use std::io;
use std::sync::Arc;

use auth_core::ClockReading;
use http::{HeaderMap, Method, header};
use serde::de::DeserializeOwned;
use url::{Url, form_urlencoded};
use wiremock::Request;

/// A request that an [`Emulator`](crate::Emulator) received.
///
/// `Debug` prints no header values, no query values and no body: they may hold secrets.
///
/// # Examples
///
/// ```
/// use auth_testkit::{EmulatedVendor, Emulator};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let emulator = Emulator::start(EmulatedVendor::Maia).await?;
/// // ... obtain a token at emulator.token_url() ...
/// for request in emulator.received_token_requests() {
///     assert_eq!(request.form("grant_type").as_deref(), Some("client_credentials"));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ReceivedRequest {
    parts: Arc<Parts>,
    parameters: Vec<(String, String)>,
    client_id: Option<String>,
}

struct Parts {
    base_url: String,
    url: Url,
    method: Method,
    headers: HeaderMap,
    body: Vec<u8>,
    received_at: ClockReading,
}

impl ReceivedRequest {
    /// Copies a request that was sent to the emulator at `base_url`.
    pub(crate) fn new(base_url: &str, request: &Request, received_at: ClockReading) -> Self {
        Self {
            parts: Arc::new(Parts {
                base_url: base_url.to_owned(),
                url: request.url.clone(),
                method: request.method.clone(),
                headers: request.headers.clone(),
                body: request.body.clone(),
                received_at,
            }),
            parameters: Vec::new(),
            client_id: None,
        }
    }

    /// Adds the parameters of the route that the path matched.
    pub(crate) fn with_parameters(mut self, parameters: Vec<(String, String)>) -> Self {
        self.parameters = parameters;
        self
    }

    /// Adds the client that sent the request.
    pub(crate) fn with_client_id(mut self, client_id: Option<String>) -> Self {
        self.client_id = client_id;
        self
    }

    /// Returns the method.
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// Returns the path as sent, percent-encoded, without the query.
    pub fn path(&self) -> &str {
        self.parts.url.path()
    }

    /// Returns a parameter of the route's path template, percent-decoded: `id` of `/users/{id}`.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the base URL of the emulator, without a trailing slash, such as for a link to the next page.
    pub fn base_url(&self) -> &str {
        &self.parts.base_url
    }

    /// Returns the first query parameter of this name, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        let mut pairs = self.parts.url.query_pairs();
        let (_, value) = pairs.find(|(key, _)| key == name)?;
        Some(value.into_owned())
    }

    /// Returns all query parameters in order, decoded.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        self.parts.url.query_pairs().into_owned().collect()
    }

    /// Returns all headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// Returns the first header of this name, in any case, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// Returns the id of the client that sent the request, if it is known.
    ///
    /// For a request with an access token that is the client that the token was issued to.
    /// At a token endpoint it is the client that the request names, whether or not its credentials are right.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// Returns when the request arrived, by the emulator's clock.
    pub fn received_at(&self) -> ClockReading {
        self.parts.received_at
    }

    /// Returns the body.
    pub fn body(&self) -> &[u8] {
        &self.parts.body
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] or [`io::ErrorKind::UnexpectedEof`] if the body is not JSON of this type.
    pub fn body_json<T: DeserializeOwned>(&self) -> io::Result<T> {
        serde_json::from_slice(self.body()).map_err(io::Error::from)
    }

    /// Returns the first form field of this name, decoded.
    ///
    /// It is `None` as well where the content type is not `application/x-www-form-urlencoded`.
    pub fn form(&self, name: &str) -> Option<String> {
        let mut pairs = self.form_pairs().into_iter();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Returns all form fields in order, decoded; none where the content type is not that of a form.
    pub fn form_pairs(&self) -> Vec<(String, String)> {
        if !self.is_form() {
            return Vec::new();
        }
        form_urlencoded::parse(self.body()).into_owned().collect()
    }

    /// Returns true if the content type is `application/x-www-form-urlencoded`.
    pub(crate) fn is_form(&self) -> bool {
        let content_type = self.parts.headers.get(header::CONTENT_TYPE);
        let essence = content_type
            .and_then(|value| value.to_str().ok()?.split(';').next())
            .unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(FORM)
    }

    /// Returns roughly how many bytes the request occupies.
    pub(crate) fn size(&self) -> usize {
        let headers = self.parts.headers.iter();
        let headers: usize = headers
            .map(|(name, value)| name.as_str().len() + value.len() + PER_HEADER)
            .sum();
        self.parts.body.len() + self.parts.url.as_str().len() + headers + PER_REQUEST
    }
}

impl fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query: Vec<String> = self
            .query_pairs()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let headers: Vec<&str> = self
            .parts
            .headers
            .keys()
            .map(|name| name.as_str())
            .collect();
        f.debug_struct("ReceivedRequest")
            .field("method", &self.parts.method)
            .field("path", &self.path())
            .field("query", &query)
            .field("headers", &headers)
            .field("body", &format_args!("{} bytes", self.parts.body.len()))
            .field("client_id", &self.client_id)
            .finish()
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// What a header takes up beside its text: the slots of the map and the reference counts.
const PER_HEADER: usize = 64;

/// What a request takes up beside its text: its own fields, those of its URL, and the allocator's.
const PER_REQUEST: usize = 512;
