//! A refused token over gRPC, between tonic's own client and server: it comes inside a 200, before or behind the messages.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use auth_core::{BearerTokenLayer, TokenCache};
use auth_testkit::{ManualClock, ScriptedReply, ScriptedSource};
use bytes::{Buf as _, BufMut as _, Bytes};
use futures_util::Stream;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{ServerStreamingService, UnaryService};
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Request, Response, Status};
use tower_layer::Layer as _;
use tower_service::Service;

/// Messages that are bytes and nothing else.
#[derive(Debug, Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// Refuses the first token, and answers every other one.
#[derive(Debug, Clone, Copy)]
struct Api;

fn is_refused(request: &Request<Bytes>) -> bool {
    let token = request.metadata().get("authorization");
    token.is_some_and(|token| token == "Bearer t1")
}

type Sending<T> = Pin<Box<dyn Future<Output = Result<T, Status>> + Send>>;

impl UnaryService<Bytes> for Api {
    type Response = Bytes;
    type Future = Sending<Response<Bytes>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        Box::pin(async move {
            if is_refused(&request) {
                return Err(Status::unauthenticated("the token has expired"));
            }
            Ok(Response::new(request.into_inner()))
        })
    }
}

type Messages = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;

impl ServerStreamingService<Bytes> for Api {
    type Response = Bytes;
    type ResponseStream = Messages;
    type Future = Sending<Response<Messages>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let refusal = is_refused(&request)
            .then(|| Err(Status::unauthenticated("the token expired meanwhile")));
        let messages = [Ok(request.into_inner())].into_iter().chain(refusal);
        let messages: Messages = Box::pin(futures_util::stream::iter(messages));
        Box::pin(async move { Ok(Response::new(messages)) })
    }
}

impl Service<http::Request<Body>> for Api {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(Raw);
            Ok(match request.uri().path() {
                "/test.Api/Stream" => grpc.server_streaming(Self, request).await,
                _ => grpc.unary(Self, request).await,
            })
        })
    }
}

async fn channel() -> Channel {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let incoming = futures_util::stream::unfold(listener, async |listener| {
        let accepted = listener.accept().await.map(|(stream, _)| stream);
        Some((accepted, listener))
    });
    tokio::spawn(Server::builder().serve_with_incoming(Api, incoming));
    let endpoint = Endpoint::from_shared(address).unwrap();
    endpoint.connect().await.unwrap()
}

/// A cache whose token is old enough to be refused for its age.
async fn cache() -> (ScriptedSource, TokenCache<ScriptedSource>) {
    let clock = ManualClock::new();
    let replies = [
        ScriptedReply::token("t1", 3_600.0),
        ScriptedReply::token("t2", 3_600.0),
    ];
    let source = ScriptedSource::new(clock.clone(), replies);
    let cache = TokenCache::builder(source.clone())
        .clock(clock.clone())
        .build();
    cache.warm_up().await.unwrap();
    clock.advance(Duration::from_secs(60));
    (source, cache)
}

fn message() -> Request<Bytes> {
    Request::new(Bytes::from_static(b"hello"))
}

#[tokio::test]
async fn a_unary_call_that_is_refused_makes_the_next_one_have_another_token() {
    let (source, cache) = cache().await;
    let mut grpc = Grpc::new(BearerTokenLayer::new(cache).layer(channel().await));
    let mut codes = Vec::new();
    for _ in 0..3 {
        grpc.ready().await.unwrap();
        let path = http::uri::PathAndQuery::from_static("/test.Api/Echo");
        let outcome = grpc.unary(message(), path, Raw).await;
        codes.push(outcome.map_or_else(|status| status.code(), |_| Code::Ok));
    }
    assert_eq!(codes, [Code::Unauthenticated, Code::Ok, Code::Ok]);
    assert_eq!(source.requests(), 2);
}

#[tokio::test]
async fn a_stream_that_ends_in_a_refusal_is_handed_on_whole_and_the_next_one_has_another_token() {
    let (source, cache) = cache().await;
    let mut grpc = Grpc::new(BearerTokenLayer::new(cache).layer(channel().await));
    for expected in [Some(Code::Unauthenticated), None] {
        grpc.ready().await.unwrap();
        let path = http::uri::PathAndQuery::from_static("/test.Api/Stream");
        let response = grpc.server_streaming(message(), path, Raw).await.unwrap();
        let mut messages = response.into_inner();
        assert_eq!(messages.message().await.unwrap().unwrap(), "hello");
        let end = messages.message().await;
        assert_eq!(end.err().map(|status| status.code()), expected);
    }
    assert_eq!(source.requests(), 2);
}
