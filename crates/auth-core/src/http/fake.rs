//! An HTTP client for unit tests: returns scripted responses in order, and records the requests.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};

use super::{HttpClient, RequestLimits};
use crate::error::{Error, Result};

#[derive(Debug, Default)]
pub(crate) struct FakeHttp {
    answers: Mutex<VecDeque<Result<Response<Bytes>>>>,
    requests: Mutex<Vec<Request<Bytes>>>,
    limits: Mutex<Vec<RequestLimits>>,
}

impl FakeHttp {
    /// Returns these responses in order, and fails with kind `Transport` after the last.
    pub(crate) fn new(answers: impl IntoIterator<Item = Result<Response<Bytes>>>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().collect()),
            requests: Mutex::default(),
            limits: Mutex::default(),
        }
    }

    pub(crate) fn requests(&self) -> MutexGuard<'_, Vec<Request<Bytes>>> {
        self.requests.lock().unwrap()
    }

    pub(crate) fn limits(&self) -> MutexGuard<'_, Vec<RequestLimits>> {
        self.limits.lock().unwrap()
    }
}

#[async_trait]
impl HttpClient for FakeHttp {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: RequestLimits,
    ) -> Result<Response<Bytes>> {
        self.requests.lock().unwrap().push(request);
        self.limits.lock().unwrap().push(limits);
        let answer = self.answers.lock().unwrap().pop_front();
        answer.unwrap_or_else(|| Err(Error::transport("no further answer")))
    }
}

/// A response with headers, written as `name: value`.
pub(crate) fn answer(status: u16, headers: &[&str], body: &str) -> Result<Response<Bytes>> {
    let mut response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
    *response.status_mut() = status.try_into().unwrap();
    let mut map = HeaderMap::new();
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        map.append(
            http::HeaderName::try_from(name).unwrap(),
            value.parse().unwrap(),
        );
    }
    *response.headers_mut() = map;
    Ok(response)
}
