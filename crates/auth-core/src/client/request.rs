//! An API request: method, path, query and body, built from parts that cannot change its meaning.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::secret::Secret;

/// A request to a vendor's API.
///
/// The path is a template such as `/api/v1/users/{userId}`; its parameters are percent-encoded, so that an id can never lead to another path.
/// `Debug` and errors show only the template, since ids, queries and bodies are the caller's.
#[derive(Clone)]
pub struct ApiRequest {
    method: Method,
    template: Cow<'static, str>,
    parameters: Vec<(&'static str, String)>,
    query: String,
    body: Option<Bytes>,
    secrets: Vec<Secret>,
    /// The first invalid part; reported when the request is sent.
    fault: Option<Error>,
}

impl ApiRequest {
    /// Creates a request with a method and a path below the base URL.
    pub fn new(method: Method, template: impl Into<Cow<'static, str>>) -> Self {
        Self {
            method,
            template: template.into(),
            parameters: Vec::new(),
            query: String::new(),
            body: None,
            secrets: Vec::new(),
            fault: None,
        }
    }

    /// Fills `{name}` in the path with one percent-encoded segment.
    ///
    /// The request fails before it is sent if the segment is empty, `.` or `..`, if a parameter is not in the path or set twice,
    /// and if one in the path is not set.
    #[must_use]
    pub fn parameter(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        let value = value.to_string();
        if matches!(value.as_str(), "" | "." | "..") {
            self.fail(Error::config(format!(
                "{name} is empty or consists of dots: use the id that the API returned"
            )));
        }
        if self.parameters.iter().any(|(known, _)| *known == name) {
            self.fail(Error::config(format!("{name} is set twice")));
        }
        self.parameters.push((name, value));
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

    /// Sets a JSON body.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(body) => self.body = Some(body.into()),
            Err(_) => self.fail(Error::config("the request cannot be written as JSON")),
        }
        self
    }

    /// Names a secret in the body, which is removed from the API's messages.
    #[must_use]
    pub fn secret(mut self, secret: &Secret) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// Returns the method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the path's template.
    pub fn template(&self) -> &str {
        &self.template
    }

    pub(super) fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    pub(super) fn to_request(&self) -> Result<Request<Bytes>> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let mut target = self.path()?;
        if !self.query.is_empty() {
            // The template may contain a query.
            target.push(if target.contains('?') { '&' } else { '?' });
            target.push_str(&self.query);
        }
        let json = HeaderValue::from_static("application/json");
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(target)
            .header(ACCEPT, json.clone());
        if self.body.is_some() {
            request = request.header(CONTENT_TYPE, json);
        }
        request
            .body(self.body.clone().unwrap_or_default())
            .map_err(|_| Error::config("the call's path cannot be requested"))
    }

    /// Fills the path; braces in the query are the caller's own.
    fn path(&self) -> Result<String> {
        if self.template.contains('#') {
            return Err(self.unfilled("has a # and what follows it is never sent"));
        }
        let (path, query) = match self.template.find('?') {
            Some(at) => self.template.split_at(at),
            None => (&*self.template, ""),
        };
        let mut unused: Vec<_> = self.parameters.iter().collect();
        let mut filled = String::with_capacity(self.template.len());
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return Err(self.unfilled("has a { without its }"));
            };
            let known = self.parameters.iter().find(|(known, _)| *known == name);
            let Some((_, value)) = known else {
                return Err(self.unfilled(&format!("has the parameter {name}, which was not set")));
            };
            unused.retain(|(unused, _)| *unused != name);
            filled.push_str(before);
            filled.push_str(&encode(value));
            rest = after;
        }
        filled.push_str(rest);
        if filled.contains('}') {
            return Err(self.unfilled("has a } without its {"));
        }
        match unused.first() {
            Some((name, _)) => Err(self.unfilled(&format!("has no parameter {name}"))),
            None => Ok(filled + query),
        }
    }

    /// The error for a path that cannot be filled.
    fn unfilled(&self, problem: &str) -> Error {
        Error::config(format!("the path {} {problem}", self.template))
    }

    fn fail(&mut self, fault: Error) {
        self.fault.get_or_insert(fault);
    }
}

impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiRequest")
            .field("method", &self.method)
            .field("template", &self.template)
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
