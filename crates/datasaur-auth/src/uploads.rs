//! Uploads: a file is sent in pieces, and its key is what a mutation then names.

use std::fmt;

use auth_core::{ApiRequest, MultipartForm, Result, UploadBody, display_text};
use http::Method;
use serde::{Serialize, Serializer};

use crate::calls::Calls;
use crate::wire;

/// The key of an uploaded file, which `createProject` and `addDocumentsToProject` take as a document's `objectKey`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectKey(String);

impl Calls {
    /// Uploads a file under a name, and returns its key.
    ///
    /// It is sent to the upload URL in pieces, and never completely in memory. The name may contain anything.
    /// [`UploadBody::file`] reads a file, and [`UploadBody::with_progress`] reports how much was sent.
    /// After a rejected token it is sent again only if the body can be read again: see [`UploadBody`].
    ///
    /// # Errors
    /// An error that names the file. [`ErrorKind::Config`](auth_core::ErrorKind::Config) if the body cannot be read or has not the length that it
    /// should have, in which case the server received no complete file;
    /// [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) for a response without a key;
    /// else as [`Client::upload`](crate::Client::upload) and [`ApiResponse::error_for_status`](auth_core::ApiResponse::error_for_status).
    /// An upload creates no document by itself, only the key that makes one, so it may be repeated whatever the error.
    ///
    /// # Examples
    /// ```no_run
    /// use datasaur_auth::auth_core::UploadBody;
    ///
    /// # async fn example(client: datasaur_auth::Client) -> datasaur_auth::auth_core::Result<()> {
    /// let body = UploadBody::file("minutes.txt")?.with_progress(|sent| println!("{sent} bytes"));
    /// let key = client.upload_file("minutes.txt", body).await?;
    /// # let _ = key;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn upload_file(&self, name: &str, body: UploadBody) -> Result<ObjectKey> {
        let form = MultipartForm::new().file(wire::FILE, name, body);
        let request = ApiRequest::to_url(Method::POST, self.upload_url.as_str());
        let sent = async {
            let response = self.api.upload(&request, form).await?;
            let unreadable = response.invalid("no object key").with_retryable(false);
            match response.json::<wire::Uploaded>()?.object_key {
                Some(key) if !key.is_empty() => Ok(ObjectKey(key)),
                _ => Err(unreadable),
            }
        };
        sent.await.map_err(|error| {
            error.with_context(format!("the file {} was not uploaded", display_text(name)))
        })
    }
}

impl ObjectKey {
    /// Returns the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Written as the key's text, for the variables of a mutation.
impl Serialize for ObjectKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
