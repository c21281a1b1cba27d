//! Datasaur's own calls, as methods of a client.

use auth_core::vendor::ApiClient;
use auth_core::{ApiErrorBody, BaseUrl, Result};

use crate::graphql::{GraphqlResponse, Query};
use crate::wire;

/// The member that the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    id: String,
}

/// Datasaur's own calls, as methods of a [`Client`](crate::Client).
#[derive(Debug, Clone)]
pub struct Calls {
    pub(crate) api: ApiClient,
    pub(crate) upload_url: BaseUrl,
}

impl Calls {
    /// Sends a query or a mutation; it is never retried, except for one resend after a rejected token.
    ///
    /// Errors of the API that came as GraphQL are in the response, whatever the HTTP status; see [`GraphqlResponse::data`].
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for unusable variables, before anything is sent;
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API rejects the token even after a resend, or returns 400 or above without GraphQL;
    /// [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) for a web page, a redirect, and anything else that is not GraphQL;
    /// else as [`Client::send`](crate::Client::send).
    pub async fn graphql(&self, query: &Query) -> Result<GraphqlResponse> {
        let call = query
            .to_call()
            .map_err(|error| error.with_vendor(self.api.vendor()))?;
        GraphqlResponse::read(self.api.execute(&call).await?)
    }

    /// Requests the member that the token belongs to.
    ///
    /// # Errors
    /// As [`Calls::graphql`] and [`GraphqlResponse::data`]; [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API returns `null`, which is not a success.
    pub async fn me(&self) -> Result<Me> {
        let answer = self.graphql(&Query::new(wire::ME)).await?;
        match answer.data::<wire::MeData>()?.me {
            Some(me) => Ok(Me { id: me.id.0 }),
            None => {
                let explanation = ApiErrorBody::new(None)
                    .with_hint(Some("`me` is null: the token belongs to no member"));
                Err(answer.error(&explanation))
            }
        }
    }

    /// Returns the URL that files are uploaded to.
    pub fn upload_url(&self) -> &str {
        self.upload_url.as_str()
    }
}

impl Me {
    /// Returns the member's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}
