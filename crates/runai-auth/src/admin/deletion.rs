//! What a deletion achieved: a control plane may do it later.

use auth_core::Result;
use http::StatusCode;

use super::Admin;
use super::request::Request;

/// The outcome of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deletion {
    /// It is deleted.
    Done,
    /// The control plane accepted the deletion and completes it later; until then, `get` still returns it.
    Accepted,
}

impl Admin {
    /// Sends a request that deletes something.
    pub(super) async fn delete(&self, request: Request<()>) -> Result<Deletion> {
        let answer = self.answer(&request).await?;
        let status = answer.status();
        answer.error_for_status()?;
        Ok(match status {
            StatusCode::ACCEPTED => Deletion::Accepted,
            _ => Deletion::Done,
        })
    }
}
