//! A form with files as an upload: `multipart/form-data` (RFC 7578), of which only one piece at a time is in memory.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;

use super::UploadBody;
use super::upload::Part;

/// A form with texts and files, for [`AuthorizedClient::upload`](crate::AuthorizedClient::upload).
///
/// Names may contain anything: they are encoded as browsers do (the WHATWG's multipart/form-data encoding), in UTF-8, with line breaks and quotes
/// percent-encoded. The form can be sent again if all of its files can.
/// It brings its content type, which contains the boundary between its parts, unless the request has a `content-type` header.
///
/// # Examples
/// ```
/// use auth_core::{ApiRequest, AuthorizedClient, MultipartForm, Result, TokenSource, UploadBody};
/// use http::Method;
///
/// # async fn example(client: AuthorizedClient<impl TokenSource>) -> Result<()> {
/// let form = MultipartForm::new()
///     .text("title", "Minutes")
///     .file("file", "minutes.txt", UploadBody::file("minutes.txt")?);
/// let request = ApiRequest::new(Method::POST, "/v1/files");
/// client.upload(&request, form).await?.error_for_status()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct MultipartForm {
    boundary: String,
    parts: Vec<Part>,
}

impl MultipartForm {
    /// Creates an empty form.
    pub fn new() -> Self {
        // 128 random bits occur in no file.
        let boundary = format!("form-{:032x}", fastrand::u128(..));
        Self {
            boundary,
            parts: Vec::new(),
        }
    }

    /// Adds a text.
    pub fn text(self, name: &str, text: impl Into<String>) -> Self {
        let head = format!("name=\"{}\"\r\n", escape(name));
        self.part(&head, UploadBody::from(Bytes::from(text.into())))
    }

    /// Adds a file under the name that the server will see.
    pub fn file(self, name: &str, file_name: &str, body: UploadBody) -> Self {
        let head = format!(
            "name=\"{}\"; filename=\"{}\"\r\nContent-Type: application/octet-stream\r\n",
            escape(name),
            escape(file_name)
        );
        self.part(&head, body)
    }

    fn part(mut self, head: &str, body: UploadBody) -> Self {
        let before = if self.parts.is_empty() { "" } else { "\r\n" };
        let head = format!(
            "{before}--{}\r\nContent-Disposition: form-data; {head}\r\n",
            self.boundary
        );
        self.parts.push(Part(UploadBody::from(Bytes::from(head))));
        self.parts.push(Part(body));
        self
    }
}

/// The length of the body is known if that of each file is.
impl From<MultipartForm> for UploadBody {
    fn from(mut form: MultipartForm) -> Self {
        let before = if form.parts.is_empty() { "" } else { "\r\n" };
        let end = format!("{before}--{}--\r\n", form.boundary);
        form.parts.push(Part(Self::from(Bytes::from(end))));
        let content_type = format!("multipart/form-data; boundary={}", form.boundary);
        // The boundary consists of letters and digits.
        let content_type = HeaderValue::try_from(content_type).ok();
        Self::sequence(form.parts, content_type)
    }
}

impl Default for MultipartForm {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MultipartForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MultipartForm")
            .field("parts", &(self.parts.len() / 2))
            .finish_non_exhaustive()
    }
}

/// RFC 7578 section 2 leaves it open; this is what browsers and curl send and what servers decode.
fn escape(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

#[cfg(test)]
mod tests;
