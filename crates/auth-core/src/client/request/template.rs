//! A path with placeholders, and what fills them without changing its meaning.

use std::borrow::Cow;

use super::encode;
use crate::error::{Error, Result};

/// A path such as `/api/v1/users/{userId}`, and its parameters.
#[derive(Clone)]
pub(super) struct Template {
    text: Cow<'static, str>,
    parameters: Vec<(&'static str, String)>,
}

impl Template {
    pub(super) fn new(text: Cow<'static, str>) -> Self {
        Self {
            text,
            parameters: Vec::new(),
        }
    }

    /// Returns the path without its query, which may contain a secret.
    pub(super) fn shown(&self) -> &str {
        self.text.split('?').next().unwrap_or_default()
    }

    /// Adds a parameter.
    pub(super) fn add(&mut self, name: &'static str, value: String) -> Result<()> {
        let problem = if matches!(value.as_str(), "" | "." | "..") {
            Some("is empty or consists of dots: use the id that the API returned")
        } else if self.parameters.iter().any(|(known, _)| *known == name) {
            Some("is set twice")
        } else {
            None
        };
        self.parameters.push((name, value));
        match problem {
            Some(problem) => Err(Error::config(format!("{name} {problem}"))),
            None => Ok(()),
        }
    }

    /// Fills the path; braces in the query are the caller's own.
    pub(super) fn fill(&self) -> Result<String> {
        if !self.text.starts_with('/') {
            // It is not repeated: it may be a whole URL with a password.
            return Err(Error::config(
                "the path does not start with a slash: write it as /path, or use ApiRequest::to_url for a whole URL",
            ));
        }
        if self.text.contains('#') {
            return Err(self.unfilled("has a # and what follows it is never sent"));
        }
        let (path, query) = match self.text.find('?') {
            Some(at) => self.text.split_at(at),
            None => (&*self.text, ""),
        };
        let mut unused: Vec<_> = self.parameters.iter().collect();
        let mut filled = String::with_capacity(self.text.len());
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
        Error::config(format!("the path {} {problem}", self.shown()))
    }
}
