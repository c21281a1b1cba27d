//! The content of an API's error object.

use serde::Deserialize;

use super::ApiResponse;

/// The content of a vendor's error object, with an optional hint.
#[derive(Debug, Clone, Default)]
pub struct ApiErrorBody {
    message: Option<String>,
    code: Option<String>,
    hint: Option<&'static str>,
}

impl ApiErrorBody {
    /// Creates it from the vendor's message.
    pub fn new(message: Option<String>) -> Self {
        Self {
            message,
            ..Self::default()
        }
    }

    /// Reads the members that error objects usually have: those of RFC 9457, of RFC 6749 section 5.2, `message` and `code`.
    ///
    /// Returns `None` for a success.
    pub fn read(response: &ApiResponse) -> Option<Self> {
        #[derive(Deserialize, Default)]
        struct Usual {
            message: Option<Text>,
            detail: Option<Text>,
            error_description: Option<Text>,
            title: Option<Text>,
            error: Option<Text>,
            code: Option<Text>,
        }
        if response.status().is_success() {
            return None;
        }
        let body: Usual = response.parse().unwrap_or_default();
        let text = |member: Option<Text>| member.and_then(Text::into_text);
        let error = text(body.error);
        // The most telling one first.
        let members = [
            body.message,
            body.detail,
            body.error_description,
            body.title,
        ];
        let message = members.into_iter().find_map(text);
        let code = text(body.code);
        Some(Self {
            message: message.or_else(|| error.clone().filter(|_| code.is_some())),
            code: code.or(error),
            hint: None,
        })
    }

    /// Adds the vendor's error code.
    #[must_use]
    pub fn with_code(mut self, code: Option<String>) -> Self {
        self.code = code;
        self
    }

    /// Adds our own hint on what to check.
    #[must_use]
    pub fn with_hint(mut self, hint: Option<&'static str>) -> Self {
        self.hint = hint;
        self
    }

    /// Returns the vendor's message, unchanged.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the vendor's code, unchanged.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    pub(super) fn hint(&self) -> Option<&'static str> {
        self.hint
    }
}

/// A member that is a string or anything else: one unexpected member must not make the others unreadable.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Text(String),
    Other(serde::de::IgnoredAny),
}

impl Text {
    fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text).filter(|text| !text.is_empty()),
            Self::Other(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
