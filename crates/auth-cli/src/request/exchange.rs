//! One request, and its response in pieces.

use auth_core::{ForwardHeaders, RequestOptions, UploadBody};
use http::header::COOKIE;
use http::{HeaderMap, Method, Request, Uri};

use super::answer::Answer;
use super::graphql::{self, Check};
use super::head;
use super::sink::Sink;
use crate::failure::Failure;
use crate::vendor::{Client, Vendor};

/// A request without its body.
pub(super) struct Exchange {
    pub(super) client: Client,
    pub(super) vendor: Vendor,
    pub(super) method: Method,
    pub(super) path: Uri,
    pub(super) headers: HeaderMap,
    pub(super) options: RequestOptions,
    pub(super) include: bool,
}

impl Exchange {
    /// Sends the request and writes the response; an unsuccessful one never replaces a file.
    pub(super) async fn run(&self, body: UploadBody, sink: Sink) -> Result<(), Failure> {
        let (mut answer, is_token_rejected) = self.answer(&body).await?;
        let check = match self.may_have_errors(&answer) {
            true => Some(Check::start()?),
            false => None,
        };
        let status = answer.head.status;
        let is_failure = head::is_failure(status);
        let mut sink = match is_failure && sink.needs_cleanup() {
            true => sink.into_stdout(),
            false => sink,
        };
        let mut written = match self.include {
            true => {
                let head = &answer.head;
                sink.write(&head::render(head.version, status, &head.headers))
            }
            false => Ok(()),
        };
        while written.is_ok() || check.is_some() {
            let Some(piece) = answer.chunk().await? else {
                break;
            };
            if written.is_ok() {
                written = sink.write(&piece);
            }
            if let Some(check) = &check {
                check.feed(piece);
            }
        }
        let errors = check.map_or(0, Check::finish);
        let finished = written.and_then(|()| match errors {
            0 => sink.finish(),
            _ => sink.divert(),
        });
        match (finished, errors) {
            // More important than whether the body was printed.
            (finished, _) if is_failure => Err(Failure::Api(status).besides(finished)),
            (finished, 1..) if is_token_rejected => Err(Failure::TokenRejected.besides(finished)),
            (finished, 1..) => Err(Failure::GraphqlInBody(errors).besides(finished)),
            (finished, _) => finished,
        }
    }

    /// Sends the request, and once more with another token if a success rejects the token.
    ///
    /// Also returns whether the last success rejects the token.
    /// The client does the same for a 401; it does not look into a body that it does not hold.
    async fn answer(&self, body: &UploadBody) -> Result<(Answer, bool), Failure> {
        let request = || self.request(body.clone());
        let mut answer = Answer::new(self.client.send_stream(request()?).await?);
        if self.vendor != Vendor::Datasaur || !self.may_have_errors(&answer) {
            return Ok((answer, false));
        }
        let mut is_rejected = self.rejects_token(&mut answer).await;
        if let Some(rejected) = self.client.cached_token().filter(|_| is_rejected)
            && self.client.token_after(&rejected).await?.is_some()
        {
            answer = Answer::new(self.client.send_stream(request()?).await?);
            is_rejected = self.rejects_token(&mut answer).await;
        }
        Ok((answer, is_rejected))
    }

    async fn rejects_token(&self, answer: &mut Answer) -> bool {
        let whole = answer.read_start().await;
        whole.is_some_and(|whole| self.client.is_invalid_token(&whole))
    }

    fn may_have_errors(&self, answer: &Answer) -> bool {
        graphql::is_expected(self.vendor, &self.path, &answer.head)
    }

    fn request(&self, body: UploadBody) -> Result<Request<UploadBody>, Failure> {
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.path.clone();
        *request.headers_mut() = self.headers.clone();
        let extensions = request.extensions_mut();
        extensions.insert(self.options.clone());
        if self.headers.contains_key(COOKIE) {
            extensions.insert(ForwardHeaders::new([COOKIE])?);
        }
        Ok(request)
    }
}
