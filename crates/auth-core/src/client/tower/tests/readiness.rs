//! Around a service with one connection: it must be ready before each call, and is not while a body is unread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use bytes::Bytes;
use http_body::Frame;
use http_body_util::BodyExt as _;

use super::*;

/// Readiness belongs to the instance that was polled: a clone has none, as in `tower`'s own limits and buffers.
struct OneConnection {
    is_ready: bool,
    connection: Arc<Connection>,
    statuses: Arc<Mutex<VecDeque<u16>>>,
}

#[derive(Default)]
struct Connection {
    is_busy: AtomicBool,
    waiting: Mutex<Option<Waker>>,
}

/// A body that keeps the connection until it is dropped.
struct Body {
    bytes: Bytes,
    connection: Arc<Connection>,
}

impl OneConnection {
    fn new(statuses: &[u16]) -> Self {
        Self {
            is_ready: false,
            connection: Arc::default(),
            statuses: Arc::new(Mutex::new(statuses.iter().copied().collect())),
        }
    }
}

impl Clone for OneConnection {
    fn clone(&self) -> Self {
        Self {
            is_ready: false,
            connection: Arc::clone(&self.connection),
            statuses: Arc::clone(&self.statuses),
        }
    }
}

impl Service<Request<&'static str>> for OneConnection {
    type Response = Response<Body>;
    type Error = std::io::Error;
    type Future = Ready<Result<Response<Body>, std::io::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        *self.connection.waiting.lock().unwrap() = Some(context.waker().clone());
        if !self.is_ready && self.connection.is_busy.swap(true, Ordering::SeqCst) {
            return Poll::Pending;
        }
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<&'static str>) -> Self::Future {
        assert!(
            std::mem::replace(&mut self.is_ready, false),
            "called without being ready"
        );
        let mut response = Response::new(Body {
            bytes: vec![b'x'; LARGE].into(),
            connection: Arc::clone(&self.connection),
        });
        let status = self.statuses.lock().unwrap().pop_front().unwrap();
        *response.status_mut() = status.try_into().unwrap();
        ready(Ok(response))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        let bytes = std::mem::take(&mut self.bytes);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.connection.is_busy.store(false, Ordering::SeqCst);
        if let Some(waker) = self.connection.waiting.lock().unwrap().take() {
            waker.wake();
        }
    }
}

/// Sends a request through the layer and returns what it comes to, or `None` if it would wait for ever.
async fn sent<S>(service: &mut S) -> Option<Response<BearerTokenBody<Body>>>
where
    S: Service<Request<&'static str>, Response = Response<BearerTokenBody<Body>>, Error = BoxError>,
{
    let sending = async {
        poll_fn(|context| service.poll_ready(context))
            .await
            .unwrap();
        let request = Request::post("/").body("body").unwrap();
        service.call(request).await.unwrap()
    };
    tokio::time::timeout(std::time::Duration::from_secs(1), sending)
        .await
        .ok()
}

#[tokio::test(start_paused = true)]
async fn each_call_waits_until_the_instance_that_it_calls_is_ready() {
    let tokens = Arc::new(Tokens::new(&["one"]));
    let layer = BearerTokenLayer::new(tokens);
    let mut service = layer.layer(OneConnection::new(&[200, 200]));
    let first = sent(&mut service).await.unwrap();
    assert!(
        sent(&mut service).await.is_none(),
        "the first body keeps the connection"
    );
    drop(first);
    assert_eq!(sent(&mut service).await.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn the_body_of_a_refusal_does_not_keep_its_resend_waiting() {
    let tokens = Arc::new(Tokens::new(&["one", "two"]));
    let layer = BearerTokenLayer::new(tokens).with_resend(|body| Some(*body));
    let mut service = layer.layer(OneConnection::new(&[401, 200]));
    assert_eq!(sent(&mut service).await.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn the_body_of_a_refusal_that_is_handed_back_is_whole() {
    let tokens = Arc::new(Tokens::new(&["one", "one"]));
    let layer = BearerTokenLayer::new(tokens).with_resend(|body| Some(*body));
    let mut service = layer.layer(OneConnection::new(&[401]));
    let refusal = sent(&mut service).await.unwrap();
    assert_eq!(refusal.status(), 401);
    let body = refusal.into_body().collect().await.unwrap();
    assert_eq!(body.to_bytes().len(), LARGE);
}

/// More than any buffer on the way.
const LARGE: usize = 16 * 1024 * 1024;
