//! Datasaur's wire format: its paths, its GraphQL, and how its API rejects a token.

use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::de::Read;
use serde_json::value::RawValue;

/// The vendor's name in errors and logs.
pub(crate) const VENDOR: &str = "datasaur";

/// The token endpoint's path below the base URL.
pub(crate) const TOKEN_PATH: &str = "/api/oauth/token";

/// The GraphQL API's path below the base URL.
pub(crate) const GRAPHQL_PATH: &str = "/graphql";

/// The path of uploads below the base URL of a self-hosted installation, and the part of the form that contains the file.
pub(crate) const UPLOAD_PATH: &str = "/api/static/proxy/upload";
pub(crate) const FILE: &str = "file";

/// The response to an upload.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Uploaded {
    pub(crate) object_key: Option<String>,
}

/// Queries one job.
pub(crate) const JOB: &str = "query Job($id: String!) { getJob(jobId: $id) { id status progress errors { id stack } resultId } }";

#[derive(Serialize)]
pub(crate) struct JobVariables<'a> {
    pub(crate) id: &'a str,
}

/// The data of [`JOB`]; `null` if there is no such job.
#[derive(Deserialize)]
pub(crate) struct JobData {
    #[serde(rename = "getJob")]
    pub(crate) job: Option<Job>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Job {
    pub(crate) status: Option<String>,
    pub(crate) progress: Option<f64>,
    pub(crate) errors: Option<Vec<JobError>>,
    #[serde(default, deserialize_with = "id_or_none")]
    pub(crate) result_id: Option<Id>,
}

#[derive(Deserialize)]
pub(crate) struct JobError {
    #[serde(default, deserialize_with = "id_or_none")]
    pub(crate) id: Option<Id>,
    pub(crate) stack: Option<String>,
}

/// Reads a number of per cent.
pub(crate) fn per_cent(progress: f64) -> Option<u8> {
    (0..=100u8)
        .rev()
        .find(|per_cent| progress >= f64::from(*per_cent))
}

/// Returns true if a text is a code, and not prose.
pub(crate) fn is_code(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(is_part)
}

/// Queries the member that the token belongs to.
pub(crate) const ME: &str = "{ me { id } }";

/// The data of [`ME`]; `null` is not success.
#[derive(Deserialize)]
pub(crate) struct MeData {
    pub(crate) me: Option<Member>,
}

#[derive(Deserialize)]
pub(crate) struct Member {
    pub(crate) id: Id,
}

/// GraphQL ids are strings, but may be numbers as well.
pub(crate) struct Id(pub(crate) String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            Negative(i64),
            Number(u64),
        }
        Ok(Self(match Either::deserialize(deserializer)? {
            Either::Text(id) if id.is_empty() => return Err(D::Error::custom("an empty id")),
            Either::Text(id) => id,
            Either::Negative(id) => id.to_string(),
            Either::Number(id) => id.to_string(),
        }))
    }
}

/// An id without which the rest is worth reading.
fn id_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Id>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Lenient {
        Id(Id),
        Other(IgnoredAny),
    }
    Ok(match Lenient::deserialize(deserializer)? {
        Lenient::Id(id) => Some(id),
        Lenient::Other(_) => None,
    })
}

/// A GraphQL request; absent members are omitted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GraphqlRequest<'a> {
    pub(crate) query: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) variables: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation_name: Option<&'a str>,
}

/// A GraphQL response whose parts stay unparsed.
#[derive(Deserialize)]
pub(crate) struct GraphqlBody<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    errors: Option<Vec<&'a RawValue>>,
}

impl<'a> GraphqlBody<'a> {
    /// Parses a body, or returns `None` if it is not a GraphQL response.
    pub(crate) fn read(body: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(without_byte_order_mark(body)).ok()
    }

    /// With errors it is a GraphQL response whatever the status; with only data the status must be a success.
    pub(crate) fn is_answer(&self, status: StatusCode) -> bool {
        self.errors().next().is_some() || (self.data.is_some() && status.is_success())
    }

    pub(crate) fn data(&self) -> Option<&'a str> {
        self.data.map(RawValue::get)
    }

    pub(crate) fn errors(&self) -> impl Iterator<Item = &'a str> {
        self.errors.iter().flatten().map(|error| error.get())
    }
}

/// The GraphQL API rejects a token with an error of type `AuthenticationError`, probably with status 200; its REST API with a 401.
///
/// Responses that also contain data are passed on: part of the request was processed.
/// For the cache, such an error is a bare 401, not an invalid token: the vendor does not document its meaning, and credentials of
/// another installation get it with every new token.
pub(crate) fn is_invalid_token(response: &Response<Bytes>) -> bool {
    auth_core::is_invalid_token(response) || refuses_graphql(response.body())
}

/// Returns true if the body is a GraphQL response that rejects the token and contains no data.
///
/// Responses are often large, and each of them is checked: parsing stops at the first data, or at the first error of another type.
pub(crate) fn refuses_graphql(body: &[u8]) -> bool {
    let body = without_byte_order_mark(body);
    is_refusal(&mut serde_json::Deserializer::from_slice(body))
}

/// Some servers put a byte order mark before JSON.
fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn is_refusal<'de, R: Read<'de>>(json: &mut serde_json::Deserializer<R>) -> bool {
    json.deserialize_map(RefusalReader).unwrap_or_default() && json.end().is_ok()
}

/// Checks whether a response rejects the token; fails as soon as it does not.
struct RefusalReader;

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Key {
    Data,
    Errors,
    #[serde(other)]
    Other,
}

impl<'de> Visitor<'de> for RefusalReader {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a GraphQL response that rejects the token")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        let mut is_refused = false;
        while let Some(member) = members.next_key()? {
            match member {
                Key::Data => {
                    members.next_value::<Null>()?;
                }
                Key::Errors => {
                    members.next_value::<Refusals>()?;
                    is_refused = true;
                }
                Key::Other => {
                    members.next_value::<IgnoredAny>()?;
                }
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

/// Errors of which the first one rejects the token; fails otherwise.
struct Refusals;

impl<'de> Deserialize<'de> for Refusals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FirstRefuses;
        impl<'de> Visitor<'de> for FirstRefuses {
            type Value = Refusals;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an error that rejects the token")
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

/// Returns the message and the type of one entry of `errors`, if readable.
pub(crate) fn read_graphql_error(json: &str) -> (Option<String>, Option<String>) {
    #[derive(Deserialize)]
    struct Message {
        message: Option<String>,
    }
    let message = serde_json::from_str::<Message>(json).ok();
    let failure = serde_json::from_str::<Failure>(json).ok();
    (
        message.and_then(|message| message.message),
        failure.and_then(Failure::kind),
    )
}

/// The type of one entry of `errors`; other servers use `code` instead.
#[derive(Deserialize)]
struct Failure {
    extensions: Option<Extensions>,
}

#[derive(Deserialize)]
struct Extensions {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Failure {
    fn kind(self) -> Option<String> {
        self.extensions.and_then(|extensions| extensions.kind)
    }
}

/// The type of the error that rejects a token.
pub(crate) const AUTHENTICATION_ERROR: &str = "AuthenticationError";

#[cfg(test)]
mod tests;
