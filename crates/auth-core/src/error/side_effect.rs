//! What a failed call created or may have created: what to look for, and how to replace its secret.

use std::borrow::Cow;
use std::fmt;

use zeroize::Zeroizing;

use super::text::display_text;

/// Something that exists, or may exist, although the call that creates it failed.
///
/// `Display` is one phrase: what to look for, and how to get a new secret if one was lost; then what else exists.
///
/// # Examples
/// ```
/// use auth_core::{Error, SideEffect};
///
/// /// What an operator has to look for after a failed create.
/// fn left_over(error: &Error) -> Option<String> {
///     let effect: &SideEffect = error.side_effect()?;
///     let certainty = if effect.is_certain() { "exists" } else { "may exist" };
///     Some(format!("{} {} {certainty}", effect.kind(), effect.name()))
/// }
/// ```
#[derive(Clone)]
pub struct SideEffect {
    kind: &'static str,
    name: String,
    id: Option<String>,
    is_certain: bool,
    advice: Cow<'static, str>,
    response: Option<Zeroizing<String>>,
    secret: Option<Zeroizing<String>>,
    others: Vec<Self>,
}

impl SideEffect {
    /// Describes a thing of a kind, such as `service account`, that may exist under a name, with advice.
    pub fn new(
        kind: &'static str,
        name: impl Into<String>,
        advice: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind,
            name: name.into(),
            id: None,
            is_certain: false,
            advice: advice.into(),
            response: None,
            secret: None,
            others: Vec::new(),
        }
    }

    /// Marks it as certain, because the API confirmed it.
    #[must_use]
    pub fn certain(mut self) -> Self {
        self.is_certain = true;
        self
    }

    /// Sets the id, if the API returned one.
    #[must_use]
    pub fn with_id(mut self, id: Option<String>) -> Self {
        self.id = id;
        self
    }

    /// Keeps a response that could not be read: it may contain the only copy of a secret.
    #[must_use]
    pub fn with_response(mut self, response: impl Into<String>) -> Self {
        self.response = Some(Zeroizing::new(response.into()));
        self
    }

    /// Keeps a secret that is shown once and that could not be stored.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(Zeroizing::new(secret.into()));
        self
    }

    /// Adds what earlier calls of the same operation created.
    #[must_use]
    pub fn with_others(mut self, others: impl IntoIterator<Item = Self>) -> Self {
        self.others.extend(others);
        self
    }

    /// Returns the kind of thing, such as `service account`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Returns the name to look for.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the id, if the API returned one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns true if the API confirmed that it exists; false if that is unknown.
    pub fn is_certain(&self) -> bool {
        self.is_certain
    }

    /// Returns the advice.
    pub fn advice(&self) -> &str {
        &self.advice
    }

    /// Returns what earlier calls of the same operation created; empty for a single call.
    pub fn others(&self) -> &[Self] {
        &self.others
    }

    /// Returns the body of an unreadable successful response, if there was one: it may contain the only copy of a secret.
    ///
    /// It is not part of `Debug` or `Display`.
    pub fn expose_response(&self) -> Option<&str> {
        self.response.as_ref().map(|response| response.as_str())
    }

    /// Returns its secret, if that came and could not be stored: this is the only copy.
    ///
    /// It is not part of `Debug` or `Display`.
    pub fn expose_secret(&self) -> Option<&str> {
        self.secret.as_ref().map(|secret| secret.as_str())
    }
}

impl SideEffect {
    fn write_what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, display_text(&self.name))?;
        if let Some(id) = &self.id {
            write!(f, " (id {})", display_text(id))?;
        }
        f.write_str(if self.is_certain {
            " exists now"
        } else {
            " may exist now"
        })
    }
}

impl fmt::Display for SideEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_what(f)?;
        write!(f, ": {}", self.advice)?;
        for other in &self.others {
            f.write_str("; ")?;
            other.write_what(f)?;
        }
        Ok(())
    }
}

impl fmt::Debug for SideEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SideEffect")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .field("id", &self.id)
            .field("is_certain", &self.is_certain)
            .field("advice", &self.advice)
            .field("response", &self.response.as_ref().map(|_| "[redacted]"))
            .field("secret", &self.secret.as_ref().map(|_| "[redacted]"))
            .field("others", &self.others)
            .finish()
    }
}
