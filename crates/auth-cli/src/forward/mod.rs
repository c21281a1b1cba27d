//! `vauth proxy`: forwards requests of local programs to one vendor's API, with an access token.

mod fields;
mod target;
mod request_body;
mod response_body;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use auth_core::vendor::Vendor as _;
use auth_core::{
    BaseUrl, BearerTokenBody, BearerTokenLayer, BearerTokenService, Error, ErrorKind,
    ForwardHeaders, ForwardingBody, ForwardingService, TokenSource,
};
use http::header::{HOST, TRAILER};
use http::{Extensions, Request, Response, StatusCode, Version};
use http_body_util::Either;
use tower_layer::Layer as _;
use tower_service::Service as _;

use self::request_body::{RequestBody, broken_body, stalled_body};
use self::response_body::ResponseBody;
use self::target::Target;
use crate::arguments::ProxyArguments;
use crate::failure::{Failure, chain};
use crate::names::SettingNames;
use crate::server::{
    self, CallerBody, Format, Handled, Handler, Progress, Refusal, SECRET_HEADER, Setup, Stall,
    Transport,
};
use crate::settings::Settings;
use crate::vendor::Vendor;

pub(crate) async fn run(arguments: &ProxyArguments, settings: &Settings) -> Result<(), Failure> {
    let client = settings.client()?;
    let base_url = client.base_url().to_owned();
    // The settings have checked whether plain http is allowed.
    let base = BaseUrl::parse_allowing_http(&base_url)?;
    let layer = BearerTokenLayer::new(client.source())
        .with_origin(base.clone())
        // It names the fields after a chunked body, which are forwarded as well.
        .with_forwarded_headers(ForwardHeaders::new([TRAILER])?)
        .with_resend(RequestBody::copy);
    let layer = match settings.vendor() {
        // GraphQL reports a rejected token in a response with status 200.
        Vendor::Datasaur => {
            layer.with_invalid_token_check(datasaur_auth::Datasaur::is_invalid_token)
        }
        _ => layer,
    };
    let handler = Forwarder {
        target: Target::new(base),
        service: layer.layer(settings.reqwest_http_client()?.service()),
        timeout: arguments.timeout,
        names: settings.names(),
    };
    server::run(Setup {
        arguments: &arguments.server,
        client,
        handler,
        timeout: arguments.timeout,
        base_url: Some(&base_url),
    })
    .await
}

/// Forwards requests; clones share their connections to the API.
#[derive(Debug, Clone)]
struct Forwarder {
    target: Target,
    service: BearerTokenService<Arc<dyn TokenSource>, RequestBody, ForwardingService>,
    timeout: Duration,
    names: SettingNames,
}

impl Handler for Forwarder {
    type Body = ResponseBody;

    const FORMAT: Format = Format::Nested;

    async fn handle(
        &self,
        request: Request<CallerBody>,
        transport: Transport,
    ) -> Handled<ResponseBody> {
        let (mut head, body) = request.into_parts();
        head.uri = self.target.url(&head, transport)?;
        head.version = Version::HTTP_11;
        head.extensions = Extensions::new();
        head.headers.remove(SECRET_HEADER);
        // The URL names the API's.
        head.headers.remove(HOST);
        let mut body = RequestBody::read(&head.method, body).await?;
        let progress = body.progress();
        let sent = self.service.clone().call(Request::from_parts(head, body));
        let outcome = within(self.timeout, progress.as_deref(), sent).await;
        let is = |what: fn(&Progress) -> bool| progress.as_deref().is_some_and(what);
        let response = match outcome {
            Some(Ok(response)) => response,
            // Neither the API nor the way to it is to blame.
            Some(Err(_)) if is(Progress::is_stalled) => {
                return Err(stalled_body());
            }
            Some(Err(_)) if is(Progress::is_broken) => {
                return Err(broken_body());
            }
            None if is(Progress::is_awaited) => return Err(stalled_body()),
            Some(Err(error)) => return Err(self.refusal(&*error)),
            None => {
                return Err(Refusal::new(
                    StatusCode::GATEWAY_TIMEOUT,
                    "timeout",
                    format!(
                        "the API did not respond within {} s",
                        self.timeout.as_secs_f64()
                    ),
                ));
            }
        };
        self.response(response)
    }
}

impl Forwarder {
    fn response(
        &self,
        response: Response<BearerTokenBody<ForwardingBody>>,
    ) -> Handled<ResponseBody> {
        let (mut head, body) = response.into_parts();
        if head.status == StatusCode::SWITCHING_PROTOCOLS {
            return Err(Refusal::new(
                StatusCode::BAD_GATEWAY,
                "invalid_response",
                "the API switched to another protocol, which was not requested",
            ));
        }
        fields::keep_those_of_the_message(&mut head.headers);
        head.extensions = Extensions::new();
        let body = ResponseBody::new(body, self.timeout);
        Ok(Response::from_parts(head, Either::Right(body)))
    }

    /// Returns the response for a request without one of the API.
    fn refusal(&self, error: &(dyn std::error::Error + 'static)) -> Refusal {
        let Some(error) = error.downcast_ref::<Error>() else {
            return Refusal::new(StatusCode::BAD_GATEWAY, "transport", "the request failed");
        };
        let status = match error.kind() {
            ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
            ErrorKind::Throttled | ErrorKind::Unavailable | ErrorKind::Closed => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            ErrorKind::Config => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_GATEWAY,
        };
        Refusal::new(status, error.kind().as_str(), chain(error, &self.names))
            .retry_after(error.retry_after())
    }
}

/// Waits for the head of the response; returns `None` once neither it nor a part of the request's body came for the limit.
async fn within<T>(
    limit: Duration,
    progress: Option<&Progress>,
    sent: impl Future<Output = T>,
) -> Option<T> {
    let mut sent = pin!(sent);
    let mut stall = Stall::new(limit);
    let mut seen = 0;
    poll_fn(|context| {
        if let Poll::Ready(outcome) = sent.as_mut().poll(context) {
            return Poll::Ready(Some(outcome));
        }
        loop {
            let frames = progress.map_or(0, Progress::frames);
            if frames != seen {
                seen = frames;
                stall.progress();
            }
            if stall.poll_over(context).is_pending() {
                return Poll::Pending;
            }
            if progress.map_or(0, Progress::frames) == seen {
                return Poll::Ready(None);
            }
        }
    })
    .await
}
