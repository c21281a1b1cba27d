//! Tests of `vauth proxy` and `vauth serve`, with an API that behaves as each test says.

mod api;
pub(crate) mod running;
mod callers;
mod forwarding;
mod streams;
mod tokens;
mod upstreams;
mod limits;
mod endings;
mod serve;

/// The ready lines of both commands.
pub(crate) async fn ready_objects() -> [(&'static str, serde_json::Value); 2] {
    let admin = ["--admin-listen", "127.0.0.1:0"];
    let proxy = running::Running::proxy(&api::Api::echo(), &admin).await;
    let server = running::Running::serve(&[]).await;
    [
        ("proxy", proxy.ready.clone()),
        ("serve", server.ready.clone()),
    ]
}
