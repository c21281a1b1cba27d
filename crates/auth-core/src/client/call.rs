//! API calls: a request built from checked parts, retried only if that is safe, and a response that is parsed or explained.

use std::sync::Arc;
use std::time::Duration;

use super::{ApiRequest, ApiResponse, AuthorizedClient, RetryPolicy};
use crate::clock::Clock;
use crate::error::Result;
use crate::retry::retry_after;
use crate::source::TokenSource;

impl<S: TokenSource> AuthorizedClient<S> {
    /// Sends a call and returns its response, whatever its status; waits and retries if `retry_policy` allows it.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for an invalid part of the call, before anything is sent; otherwise as [`AuthorizedClient::send`].
    pub async fn execute(
        &self,
        request: &ApiRequest,
        retry_policy: &RetryPolicy,
        clock: &Arc<dyn Clock>,
    ) -> Result<ApiResponse> {
        self.attempts(request, retry_policy, clock)
            .await
            .map_err(|error| self.named(error))
    }

    async fn attempts(
        &self,
        request: &ApiRequest,
        retry_policy: &RetryPolicy,
        clock: &Arc<dyn Clock>,
    ) -> Result<ApiResponse> {
        let mut attempt = 1;
        let mut waited = Duration::ZERO;
        loop {
            let (response, token) = self.send_with_token(request.to_request()?).await?;
            let retry_after = retry_after(response.headers(), clock.now().to_system_time());
            let wait = retry_policy
                .wait_after(attempt, waited, response.status(), retry_after)
                .filter(|_| request.method().is_idempotent());
            let Some(wait) = wait else {
                return Ok(ApiResponse::new(
                    request,
                    response,
                    retry_after,
                    token,
                    self.reader,
                ));
            };
            tracing::info!(
                attempt,
                ?wait,
                status = response.status().as_u16(),
                "the API asks to slow down, waiting before the next call"
            );
            clock.sleep(wait).await;
            waited += wait;
            attempt += 1;
        }
    }
}

#[cfg(test)]
mod tests;
