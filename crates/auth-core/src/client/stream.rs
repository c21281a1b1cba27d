//! Requests with streams as bodies, uploads and downloads, under the same rules as other requests.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Request, Response};

use super::attempt::{another, fetch, report};
use super::execute::Plan;
use super::failure::Failure;
use super::{ApiRequest, ApiResponse, Attempt, AuthorizedClient, RetryPolicy, UploadBody};
use crate::error::Result;
use crate::http::{BodyStream, RequestLimits};
use crate::source::TokenSource;
use crate::token::AccessToken;

impl<S: TokenSource> AuthorizedClient<S> {
    /// As [`AuthorizedClient::send`], with bodies that are never completely in memory.
    ///
    /// The time limit applies until the head of the response; during an upload it restarts with each piece that was sent. After that the idle limit
    /// applies between two pieces of the response, and the body limit to all of them unless the request's
    /// [`RequestOptions`](crate::RequestOptions) remove it. The body of an unsuccessful response is read immediately, within the limits.
    /// Dropping the stream closes the connection.
    ///
    /// The request is resent after a rejected token only if its body can still be sent from the start: see [`UploadBody`].
    ///
    /// # Errors
    /// As [`AuthorizedClient::send`]; [`ErrorKind::Config`](crate::ErrorKind::Config) if the HTTP client does not support streams, or if the upload cannot be read.
    /// After the head, the stream returns the errors.
    pub async fn send_stream(
        &self,
        mut request: Request<UploadBody>,
    ) -> Result<Response<BodyStream>> {
        set_content_type(&mut request);
        let sent = async {
            let plan = self.prepare(&mut request, RetryPolicy::NONE)?;
            self.stream_planned(request, &plan).await
        };
        sent.await
            .map(|(response, _)| response)
            .map_err(|error| self.named(error))
    }

    /// Sends a request and returns the successful response as a stream; until its head, the request is retried like any other.
    ///
    /// The limits are those of [`AuthorizedClient::send_stream`]. A started stream is never restarted: to continue after an error,
    /// send another request, with a `Range` header if the API supports it.
    ///
    /// # Errors
    /// As [`AuthorizedClient::execute`], and as [`ApiResponse::error_for_status`] for an unsuccessful response.
    pub async fn download(&self, request: &ApiRequest) -> Result<Response<BodyStream>> {
        let sent = async {
            let outgoing = request.to_request()?.map(UploadBody::from);
            self.stream_request(outgoing).await
        };
        let (response, url, token, limits) = sent.await.map_err(|error| self.named(error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let whole = whole(response, limits).await?;
        Err(self.response(request, url, whole, token).unsuccessful())
    }

    /// Sends a request with a stream as its body, and returns the response, whatever its status.
    ///
    /// The content type is that of the request's `content-type` header, else that of a [`MultipartForm`](crate::MultipartForm), else
    /// `application/octet-stream`. The request is retried like any other if its body can still be sent from the start: see [`UploadBody`].
    ///
    /// # Errors
    /// As [`AuthorizedClient::execute`]; [`ErrorKind::Config`](crate::ErrorKind::Config) if the HTTP client does not support streams, or if the upload cannot be read.
    pub async fn upload(
        &self,
        request: &ApiRequest,
        body: impl Into<UploadBody>,
    ) -> Result<ApiResponse> {
        let body = body.into();
        let sent = async {
            let mut outgoing = request.to_request()?.map(|_| body);
            set_content_type(&mut outgoing);
            let binary = HeaderValue::from_static("application/octet-stream");
            outgoing.headers_mut().entry(CONTENT_TYPE).or_insert(binary);
            self.stream_request(outgoing).await
        };
        let (response, url, token, limits) = sent.await.map_err(|error| self.named(error))?;
        let whole = whole(response, limits).await?;
        Ok(self.response(request, url, whole, token))
    }

    async fn stream_request(
        &self,
        mut outgoing: Request<UploadBody>,
    ) -> Result<(Response<BodyStream>, http::Uri, AccessToken, RequestLimits)> {
        let plan = self.prepare(&mut outgoing, self.settings.retry_policy)?;
        let url = outgoing.uri().clone();
        let (response, token) = self.stream_planned(outgoing, &plan).await?;
        Ok((response, url, token, plan.limits))
    }

    /// As `send_planned`, for streams.
    async fn stream_planned(
        &self,
        request: Request<UploadBody>,
        plan: &Plan,
    ) -> Result<(Response<BodyStream>, AccessToken)> {
        let (head, body) = request.into_parts();
        let mut retries = self.retries(plan);
        loop {
            let outcome = self.stream_with_token(&head, &body, plan).await;
            let Some(wait) = retries.wait_after(&outcome, body.is_intact()) else {
                return outcome.map_err(Failure::into_error);
            };
            drop(outcome);
            retries.wait(wait).await;
        }
    }

    /// Sends a request, and resends it once after a rejected token if its body can be sent from the start.
    async fn stream_with_token(
        &self,
        head: &Parts,
        body: &UploadBody,
        plan: &Plan,
    ) -> Result<(Response<BodyStream>, AccessToken), Failure> {
        let token = fetch(&self.source).await?;
        let outcome = self.stream_with(&token, head, body, plan).await?;
        let refusal = match report(&self.source, &token, outcome) {
            Ok(response) => return Ok((response, token)),
            Err(refusal) => refusal,
        };
        if !body.is_intact() {
            tracing::debug!("the API rejected the token, but the upload cannot be resent");
            return Ok((refusal, token));
        }
        let Some(next) = another(&self.source, &token).await? else {
            return Ok((refusal, token));
        };
        drop(refusal);
        tracing::debug!("the API rejected the token, resending with another one");
        let outcome = self.stream_with(&next, head, body, plan).await?;
        match report(&self.source, &next, outcome) {
            Ok(response) | Err(response) => Ok((response, next)),
        }
    }

    async fn stream_with(
        &self,
        token: &AccessToken,
        head: &Parts,
        body: &UploadBody,
        plan: &Plan,
    ) -> Result<Attempt<Response<BodyStream>>, Failure> {
        let mut request = Request::from_parts(head.clone(), body.open());
        request
            .headers_mut()
            .insert(AUTHORIZATION, token.authorization_header());
        let failed = |error: crate::Error| Failure::Request(error.of_request(plan.is_idempotent));
        let sent = self.settings.http.send_stream(request, plan.limits).await;
        let (head, body) = sent.map_err(failed)?.into_parts();
        if head.status.is_success() {
            let body = body.of_request(self.settings.reader.vendor, plan.is_idempotent);
            // The check may inspect the body, which has not arrived yet.
            let response = Response::from_parts(head.clone(), Bytes::new());
            let attempt = self.judge(response);
            return Ok(attempt.map(|_| Response::from_parts(head, body)));
        }
        let max_body = plan.limits.max_body().min(self.settings.limits.max_body());
        let limits = RequestLimits::new(plan.limits.timeout(), max_body);
        // The status matters more than the body: one that cannot be read is left out.
        let body = body.collect(limits).await.unwrap_or_default();
        let attempt = self.judge(Response::from_parts(head, body));
        Ok(attempt.map(|response| response.map(BodyStream::from)))
    }
}

/// Sets the content type that the body brings, unless the request has one.
fn set_content_type(request: &mut Request<UploadBody>) {
    if let Some(content_type) = request.body().content_type().cloned() {
        request
            .headers_mut()
            .entry(CONTENT_TYPE)
            .or_insert(content_type);
    }
}

async fn whole(response: Response<BodyStream>, limits: RequestLimits) -> Result<Response<Bytes>> {
    let (head, body) = response.into_parts();
    Ok(Response::from_parts(head, body.collect(limits).await?))
}
