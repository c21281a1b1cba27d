//! Reads the response to a create: all complete members, even if the response is truncated.

use std::fmt;

use auth_core::Secret;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The members of a response.
pub(crate) struct Members {
    members: Map<String, Value>,
    /// Whether the complete response could be read.
    pub(crate) is_whole: bool,
    /// Whether the response was an object, or an array that starts with one.
    pub(crate) is_object: bool,
}

impl Members {
    /// Reads an object, or the first object of an array, as far as possible.
    pub(crate) fn read(body: &[u8]) -> Self {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let mut found = Found::default();
        let mut json = serde_json::Deserializer::from_slice(body);
        let outcome = json.deserialize_any(Collect(&mut found));
        let Found { mut members, last } = found;
        // A number at the end of a cut answer may have lacked its last digits.
        if outcome.is_err() && body.last().is_some_and(u8::is_ascii_digit) {
            let last = last.filter(|last| members.get(last).is_some_and(Value::is_number));
            last.and_then(|last| members.remove(&last));
        }
        let is_object = outcome.is_ok();
        let is_whole = is_object && json.end().is_ok();
        Self {
            members,
            is_whole,
            is_object,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Takes text that may be a number; empty text counts as none.
    pub(crate) fn text(&self, member: &str) -> Option<String> {
        let text = match self.members.get(member)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(text).filter(|text| !text.trim().is_empty())
    }

    /// Takes the secret, under either of its names.
    ///
    /// The vendor's pages disagree on the name of new accounts' secrets.
    pub(crate) fn client_secret(&mut self) -> Option<Secret> {
        self.secret("clientSecret")
            .or_else(|| self.secret("secret"))
    }

    /// Takes the initial password.
    pub(crate) fn temporary_password(&mut self) -> Option<Secret> {
        self.secret("tempPassword")
    }

    /// Returns true if the password is present but unreadable.
    pub(crate) fn has_odd_password(&self) -> bool {
        let password = self.members.get("tempPassword");
        password.is_some_and(|value| !(value.is_null() || value.is_string() || value.is_number()))
    }

    pub(crate) fn id(&self) -> Option<String> {
        self.text("id")
    }

    pub(crate) fn name(&self) -> Option<String> {
        self.text("name")
    }

    pub(crate) fn client_id(&self) -> Option<String> {
        self.text("clientId")
    }

    pub(crate) fn username(&self) -> Option<String> {
        self.text("username")
    }

    /// Returns the members as one value, for a type that reads them.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.members)
    }

    fn secret(&mut self, member: &str) -> Option<Secret> {
        let secret = match self.members.get_mut(member)?.take() {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            // Whatever it is, it came in the secret's place.
            _ => return None,
        };
        Some(secret)
            .filter(|secret| !secret.trim().is_empty())
            .map(Secret::from)
    }
}

/// The members so far, and the name of the last one.
#[derive(Default)]
struct Found {
    members: Map<String, Value>,
    last: Option<String>,
}

/// Collects members one by one, so that those before an error are kept.
struct Collect<'a>(&'a mut Found);

impl<'de> DeserializeSeed<'de> for Collect<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Collect<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            // A second member of the same name takes nothing away.
            let members = &mut self.0.members;
            let has_value = members.get(&name).is_some_and(|value| !says_nothing(value));
            if !(has_value && says_nothing(&value)) {
                self.0.last = Some(name.clone());
                members.insert(name, value);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if items.next_element_seed(Collect(self.0))?.is_some() {
            while items.next_element::<Value>()?.is_some() {}
        }
        Ok(())
    }
}

fn says_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

#[cfg(test)]
mod tests;
