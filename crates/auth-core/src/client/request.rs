//! An API request: method, path or URL, query, headers, body and options, built from parts that cannot change its meaning.

mod template;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use url::form_urlencoded::Serializer;

use self::template::Template;
use super::headers::checked;
use super::{ForwardHeaders, RequestOptions, RetryPolicy};
use crate::error::{Error, Result};
use crate::http::origin_of;
use crate::secret::Secret;

/// A request to a vendor's API.
///
/// The path is a template such as `/api/v1/users/{userId}`; its parameters are percent-encoded, so that an id can never lead to another path.
/// An invalid part is an error of kind [`Config`](crate::ErrorKind::Config) when the request is sent, before anything leaves.
/// `Debug` and errors show only the template, since ids, queries, headers and bodies are the caller's.
///
/// # Examples
/// ```
/// use auth_core::ApiRequest;
/// use http::Method;
///
/// let report = ApiRequest::new(Method::POST, "/v1/projects/{project}/reports")
///     .parameter("project", "7f3a")
///     .query("format", "csv")
///     .header("x-request-id", "42")
///     .idempotency_key("report-2026-11")
///     .json(&["2026-11"]);
/// ```
#[derive(Clone)]
pub struct ApiRequest {
    method: Method,
    template: Template,
    /// A whole URL, which replaces the template.
    url: Option<String>,
    query: String,
    headers: HeaderMap,
    content_type: Option<HeaderValue>,
    body: Option<Bytes>,
    options: RequestOptions,
    secrets: Vec<Secret>,
    /// The first invalid part; reported when the request is sent.
    fault: Option<Error>,
}

impl ApiRequest {
    /// Creates a request with a method and a path below the base URL.
    pub fn new(method: Method, template: impl Into<Cow<'static, str>>) -> Self {
        Self {
            method,
            template: Template::new(template.into()),
            url: None,
            query: String::new(),
            headers: HeaderMap::new(),
            content_type: None,
            body: None,
            options: RequestOptions::new(),
            secrets: Vec::new(),
            fault: None,
        }
    }

    /// Creates a request with a method and a whole URL, such as a link that the API returned.
    ///
    /// Its origin must be the base URL's or an allowed one, since the token is sent there.
    /// Errors show only the origin of the URL.
    pub fn to_url(method: Method, url: impl Into<String>) -> Self {
        let url = url.into();
        let origin = origin_of(&url).unwrap_or_default();
        Self::new(method, format!("{origin}/…")).with_url(url)
    }

    /// Replaces path and query by a whole URL, such as the link to the next page; the method, headers, body and options stay.
    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self.query.clear();
        self
    }

    /// Fills `{name}` in the path with one percent-encoded segment.
    ///
    /// The request fails before it is sent if the segment is empty, `.` or `..`, if a parameter is not in the path or set twice,
    /// and if one in the path is not set.
    #[must_use]
    pub fn parameter(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        let added = self.template.add(name, value.to_string());
        self.note(added);
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(&encode(name));
        self.query.push('=');
        self.query.push_str(&encode(&value.to_string()));
        self
    }

    /// Adds a query parameter if there is a value.
    #[must_use]
    pub fn maybe_query(self, name: &str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets a query parameter, instead of all that [`ApiRequest::query`] added with its name.
    pub(crate) fn replace_query(mut self, name: &str, value: &str) -> Self {
        let encoded = encode(name);
        let others = self.query.split('&').filter(|pair| {
            let (name, _) = pair.split_once('=').unwrap_or((pair, ""));
            !name.is_empty() && name != encoded
        });
        self.query = others.collect::<Vec<_>>().join("&");
        self.query(name, value)
    }

    /// Adds a header; `accept` and `content-type` replace the defaults.
    ///
    /// The request fails before it is sent, with an error that names the header, if the name or the value is invalid, or if the client sets the
    /// header: `authorization`, `host`, `content-length`, `idempotency-key`, and those that describe one connection.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        match checked(name.as_ref(), value.as_ref()) {
            Ok((name, value)) => drop(self.headers.append(name, value)),
            Err(error) => self.note(Err(error)),
        }
        self
    }

    /// Sets a body of any content type.
    #[must_use]
    pub fn body(mut self, content_type: impl AsRef<str>, body: impl Into<Bytes>) -> Self {
        match HeaderValue::from_str(content_type.as_ref()) {
            Ok(content_type) => self.content_type = Some(content_type),
            Err(_) => self.note(Err(Error::config(
                "the body's content type contains a character that is invalid in a header",
            ))),
        }
        self.body = Some(body.into());
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.body(JSON, body),
            Err(_) => {
                let fault = Error::config("the request's body cannot be written as JSON");
                self.note(Err(fault));
                self
            }
        }
    }

    /// Sets a form as the body: `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn form<K: AsRef<str>, V: AsRef<str>>(
        self,
        fields: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let form = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", form)
    }

    /// Names a secret in the request, which is removed from the API's messages.
    #[must_use]
    pub fn secret(mut self, secret: &Secret) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// Sets the time limit of each attempt; see [`RequestOptions::with_timeout`].
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.with_timeout(timeout);
        self
    }

    /// Sets how the request is retried; the client's policy is the default.
    #[must_use]
    pub fn retry_policy(mut self, retry_policy: RetryPolicy) -> Self {
        self.options = self.options.with_retry_policy(retry_policy);
        self
    }

    /// Sends an idempotency key, so that the request is retried whatever its method; see [`RequestOptions::with_idempotency_key`].
    #[must_use]
    pub fn idempotency_key(mut self, key: impl AsRef<str>) -> Self {
        self.options = self.options.with_idempotency_key(key);
        self
    }

    /// Sets the options that `options` contains.
    #[must_use]
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options.merge(options);
        self
    }

    /// Returns the method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the template of the path without its query, or the origin of a whole URL.
    pub fn template(&self) -> &str {
        self.template.shown()
    }

    pub(super) fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// Returns true if sending the request twice has the same effect as sending it once.
    pub(super) fn is_idempotent(&self) -> bool {
        self.method.is_idempotent() || self.options.idempotency_key().is_some()
    }

    /// Builds the HTTP request, with the options in its extensions.
    pub(super) fn to_request(&self) -> Result<Request<Bytes>> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let mut request = Request::new(self.body.clone().unwrap_or_default());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.target()?;
        let headers = request.headers_mut();
        self.headers.clone_into(headers);
        headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static(JSON));
        if let Some(content_type) = &self.content_type {
            headers.entry(CONTENT_TYPE).or_insert(content_type.clone());
        }
        if headers.contains_key(COOKIE) {
            request
                .extensions_mut()
                .insert(ForwardHeaders::new([COOKIE])?);
        }
        // Most requests have none, and then need no map for them.
        if self.options.is_set() {
            request.extensions_mut().insert(self.options.clone());
        }
        Ok(request)
    }

    fn target(&self) -> Result<Uri> {
        let mut target = match &self.url {
            Some(url) if url.contains('#') => {
                return Err(Error::config(
                    "the request's URL contains a fragment, which is never sent: remove everything from the # on",
                ));
            }
            Some(url) => url.clone(),
            None => self.template.fill()?,
        };
        if !self.query.is_empty() {
            // The template may contain a query.
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(&self.query);
        }
        let target: Uri = target.parse().map_err(|_| match self.url {
            Some(_) => Error::config(
                "the request's URL is invalid or contains characters that must be percent-encoded",
            ),
            None => Error::config(format!(
                "the path {} contains characters that must be percent-encoded",
                self.template()
            )),
        })?;
        if self.url.is_some() && target.authority().is_none() {
            return Err(Error::config(
                "the request's URL has no host: use ApiRequest::new for a path",
            ));
        }
        Ok(target)
    }

    fn note(&mut self, outcome: Result<()>) {
        if let Err(fault) = outcome {
            self.fault.get_or_insert(fault);
        }
    }
}

impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRequest")
            .field("method", &self.method)
            .field("template", &self.template())
            .finish_non_exhaustive()
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const JSON: &str = "application/json";

#[cfg(test)]
mod tests;
