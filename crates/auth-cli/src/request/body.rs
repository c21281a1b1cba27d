//! The body of a request, and the content type that belongs to it.

use std::sync::Arc;

use auth_core::UploadBody;
use bytes::Bytes;
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::headers::Headers;
use super::{form, json};
use crate::failure::Failure;
use crate::source::{Opener, Source, stream};

/// The arguments about the body, of which at most one kind is set.
#[derive(Debug)]
pub(super) struct BodyArguments {
    pub(super) data: Option<String>,
    pub(super) data_raw: Option<String>,
    pub(super) form: Vec<String>,
    pub(super) form_string: Vec<String>,
}

impl BodyArguments {
    pub(super) fn is_set(&self) -> bool {
        let is_form = !self.form.is_empty() || !self.form_string.is_empty();
        self.data.is_some() || self.data_raw.is_some() || is_form
    }

    /// Opens the body and sets its content type; a body that claims to be JSON is checked.
    pub(super) fn read(
        self,
        headers: &mut Headers,
        opener: &mut Opener,
    ) -> Result<UploadBody, Failure> {
        let source = match (self.data, self.data_raw) {
            (Some(text), _) => opener.argument("--data", text)?,
            (None, Some(text)) => Source::Memory(Bytes::from(text)),
            (None, None) if self.form.is_empty() && self.form_string.is_empty() => {
                return Ok(UploadBody::default());
            }
            (None, None) => {
                let form = form::read(self.form, self.form_string, opener)?;
                if headers.map.contains_key(CONTENT_TYPE) {
                    return Err(Failure::Usage(
                        "--header: content-type is set by the form, since it contains its boundary: leave it out".to_owned(),
                    ));
                }
                headers.map.insert(CONTENT_TYPE, form.content_type);
                return Ok(upload(form.sources));
            }
        };
        let json = HeaderValue::from_static("application/json");
        let content_type = headers.map.entry(CONTENT_TYPE).or_insert(json);
        if json::is_json(content_type) {
            json::check(&source)?;
        }
        Ok(upload(vec![source]))
    }
}

/// Creates a body that can be sent again.
fn upload(sources: Vec<Source>) -> UploadBody {
    if let [Source::Memory(bytes)] = &sources[..] {
        return UploadBody::from(bytes.clone());
    }
    let length = sources.iter().map(Source::length).sum();
    let sources: Arc<[Source]> = sources.into();
    UploadBody::repeatable(move || stream(Arc::clone(&sources))).with_length(length)
}
