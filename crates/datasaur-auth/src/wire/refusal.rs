//! Tells a GraphQL answer that refuses the token from all others by its beginning alone.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::de::Read;

use super::{AUTHENTICATION_ERROR, Failure};

/// Returns true if the body is a GraphQL answer that refuses the token and holds no data.
///
/// Large answers are the rule here, and this is asked of each of them: reading ends at the first data, or at the first error of another type.
pub(crate) fn refuses_graphql(body: &[u8]) -> bool {
    is_refusal(&mut serde_json::Deserializer::from_slice(body))
}

fn is_refusal<'de, R: Read<'de>>(json: &mut serde_json::Deserializer<R>) -> bool {
    json.deserialize_map(Answer).unwrap_or_default() && json.end().is_ok()
}

/// Reads an answer to whether it refuses the token; fails as soon as it does not.
struct Answer;

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Member {
    Data,
    Errors,
    #[serde(other)]
    Other,
}

impl<'de> Visitor<'de> for Answer {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a GraphQL answer that refuses the token")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        let mut is_refused = false;
        while let Some(member) = members.next_key()? {
            match member {
                Member::Data => drop(members.next_value::<Null>()?),
                Member::Errors => {
                    members.next_value::<Refusals>()?;
                    is_refused = true;
                }
                Member::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(is_refused)
    }
}

/// `null`; anything else fails before it is read.
struct Null;

impl<'de> Deserialize<'de> for Null {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NoData;
        impl<'de> Visitor<'de> for NoData {
            type Value = Null;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("no data")
            }

            fn visit_none<E: Error>(self) -> Result<Null, E> {
                Ok(Null)
            }

            fn visit_some<D: Deserializer<'de>>(self, _: D) -> Result<Null, D::Error> {
                Err(D::Error::custom("data"))
            }
        }
        deserializer.deserialize_option(NoData)
    }
}

/// Errors of which the first refuses the token; fails at a first one that does not.
struct Refusals;

impl<'de> Deserialize<'de> for Refusals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FirstRefuses;
        impl<'de> Visitor<'de> for FirstRefuses {
            type Value = Refusals;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an error that refuses the token")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut errors: A) -> Result<Refusals, A::Error> {
                let first = errors.next_element()?.and_then(Failure::kind);
                if first.as_deref() != Some(AUTHENTICATION_ERROR) {
                    return Err(A::Error::custom("another error"));
                }
                while errors.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Refusals)
            }
        }
        deserializer.deserialize_seq(FirstRefuses)
    }
}

#[cfg(test)]
mod tests;
