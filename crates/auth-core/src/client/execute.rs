//! API calls: a request built from checked parts, retried only if that is safe, and a response that is parsed or explained.

use bytes::Bytes;
use http::{Request, Response};
use serde::de::DeserializeOwned;

use super::failure::Failure;
use super::options::IDEMPOTENCY_KEY;
use super::retries::Retries;
use super::{ApiRequest, ApiResponse, AuthorizedClient, RequestOptions, RetryPolicy};
use crate::error::Result;
use crate::http::RequestLimits;
use crate::retry::retry_after;
use crate::source::TokenSource;
use crate::token::AccessToken;

/// How a request is sent.
pub(super) struct Plan {
    pub(super) limits: RequestLimits,
    pub(super) is_idempotent: bool,
    policy: RetryPolicy,
}

impl<S: TokenSource> AuthorizedClient<S> {
    /// Sends a request and returns the response, whatever its status; it is retried according to its own [`RetryPolicy`] or the client's.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for an invalid part of the request, before anything is sent; otherwise as [`AuthorizedClient::send`].
    pub async fn execute(&self, request: &ApiRequest) -> Result<ApiResponse> {
        let read = async {
            let mut outgoing = request.to_request()?;
            let plan = self.prepare(&mut outgoing, self.settings.retry_policy)?;
            let url = outgoing.uri().clone();
            let (response, token) = self.send_planned(outgoing, &plan).await?;
            Ok(self.response(request, url, response, token))
        };
        read.await.map_err(|error| self.named(error))
    }

    /// Sends a request and reads the JSON of a success.
    ///
    /// # Errors
    /// As [`AuthorizedClient::execute`] and [`ApiResponse::json`].
    pub async fn execute_json<T: DeserializeOwned>(&self, request: &ApiRequest) -> Result<T> {
        self.execute(request).await?.json()
    }

    pub(super) fn response(
        &self,
        request: &ApiRequest,
        url: http::Uri,
        response: Response<Bytes>,
        token: AccessToken,
    ) -> ApiResponse {
        let wait = match response.status().is_success() {
            true => None,
            false => retry_after(
                response.headers(),
                self.settings.clock.now().to_system_time(),
            ),
        };
        ApiResponse::new(
            request,
            url,
            response,
            wait,
            Some(token),
            self.settings.reader,
        )
    }

    /// Prepares a request: checks its target, removes headers that must not be sent, and applies its [`RequestOptions`].
    ///
    /// `default` is the retry policy unless the options contain one.
    pub(super) fn prepare<B>(
        &self,
        request: &mut Request<B>,
        default: RetryPolicy,
    ) -> Result<Plan> {
        let options = request.extensions_mut().remove::<RequestOptions>();
        self.aim(request)?;
        self.strip(request);
        let is_idempotent = request.method().is_idempotent();
        let Some(options) = options else {
            return Ok(Plan {
                limits: self.settings.limits,
                is_idempotent,
                policy: default,
            });
        };
        options.check()?;
        if let Some(key) = options.idempotency_key() {
            request.headers_mut().insert(IDEMPOTENCY_KEY, key.clone());
        }
        Ok(Plan {
            limits: options.limits(self.settings.limits),
            is_idempotent: is_idempotent || options.idempotency_key().is_some(),
            policy: options.retry_policy().unwrap_or(default),
        })
    }

    pub(super) fn retries(&self, plan: &Plan) -> Retries<'_> {
        Retries::new(
            plan.policy,
            plan.is_idempotent,
            &self.budget,
            &self.settings.clock,
        )
    }

    /// Sends a prepared request, retries it as planned, and returns the response with the token of the request.
    pub(super) async fn send_planned(
        &self,
        mut request: Request<Bytes>,
        plan: &Plan,
    ) -> Result<(Response<Bytes>, AccessToken)> {
        let mut retries = self.retries(plan);
        loop {
            let outcome = self.send_with_token(&mut request, plan).await;
            let Some(wait) = retries.wait_after(&outcome, true) else {
                return outcome.map_err(Failure::into_error);
            };
            drop(outcome);
            retries.wait(wait).await;
        }
    }
}

#[cfg(test)]
mod tests;
