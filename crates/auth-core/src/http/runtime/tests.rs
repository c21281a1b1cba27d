//! Tests of requests on runtimes that lack what they need.

use std::net::TcpListener;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::runtime::Builder;

use super::or_error;
use crate::error::{ErrorKind, Result};
use crate::http::{HttpClient as _, RequestLimits, ReqwestHttpClient};

/// Asks a port that accepts connections and answers nothing.
async fn ask(client: &ReqwestHttpClient, host: &str) -> Result<Response<Bytes>> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{host}:{}/", listener.local_addr().unwrap().port());
    let request = Request::get(url).body(Bytes::new()).unwrap();
    let limits = RequestLimits::new(Duration::from_millis(50), 1_024);
    client.send(request, limits).await
}

#[test]
fn a_runtime_that_lacks_something_is_an_error_that_says_what_to_do() {
    let client = ReqwestHttpClient::builder().build().unwrap();
    let runtimes = [
        Builder::new_current_thread().build(),
        Builder::new_current_thread().enable_io().build(),
        Builder::new_current_thread().enable_time().build(),
        Builder::new_multi_thread().worker_threads(1).build(),
        Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build(),
    ];
    for runtime in runtimes {
        let runtime = runtime.unwrap();
        for host in ["127.0.0.1", "localhost"] {
            let error = runtime.block_on(ask(&client, host)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{error}");
            assert!(error.to_string().contains("enable_all"), "{error}");
        }
    }
    let whole = Builder::new_current_thread().enable_all().build().unwrap();
    let error = whole.block_on(ask(&client, "127.0.0.1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
}

#[tokio::test]
async fn a_runtime_that_ends_meanwhile_leaves_open_what_was_sent() {
    let request = async { panic!("A Tokio 1.x context was found, but it is being shutdown.") };
    let outcome: Result<()> = or_error(pin!(request)).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{error}");
    assert!(error.may_have_been_sent(), "{error}");
}

#[tokio::test]
#[should_panic(expected = "a mistake of ours")]
async fn any_other_panic_goes_on() {
    let request = async { panic!("a mistake of ours") };
    let _: Result<()> = or_error(pin!(request)).await;
}
