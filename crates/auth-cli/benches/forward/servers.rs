//! The servers, each in a process of its own, so that its processor time is its own: the API, the bare forwarder, `vauth proxy`.

use std::convert::Infallible;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{Either, Full};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use reqwest::Url;
use reqwest::redirect::Policy;
use tokio::net::TcpListener;
use tokio::runtime::{self, Runtime};

use crate::Outcome;

/// What this program runs as, when it is started once more.
pub(crate) enum Role {
    Api,
    /// A forwarder to the API at this address, through hyper's client.
    Hyper(String),
    /// The same through reqwest, on which the default HTTP client is built.
    Reqwest(String),
}

impl Role {
    pub(crate) fn of_process() -> Option<Self> {
        let mut arguments = std::env::args().skip(1);
        match arguments.next()?.as_str() {
            "--api" => Some(Self::Api),
            "--hyper" => Some(Self::Hyper(arguments.next()?)),
            "--reqwest" => Some(Self::Reqwest(arguments.next()?)),
            _ => None,
        }
    }

    fn arguments(&self) -> Vec<&str> {
        match self {
            Self::Api => vec!["--api"],
            Self::Hyper(api) => vec!["--hyper", api],
            Self::Reqwest(api) => vec!["--reqwest", api],
        }
    }
}

/// A server that runs until this is dropped.
pub(crate) struct Server {
    child: Child,
    address: String,
}

impl Server {
    pub(crate) fn start(role: &Role) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(role.arguments());
        Self::spawn(command, |line| Some(line.to_owned()))
    }

    pub(crate) fn vauth(api: &str) -> Outcome<Self> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vauth"));
        command.args(["proxy", "maia"]).env_clear().envs([
            ("MAIA_BASE_URL", format!("http://{api}")),
            ("MAIA_TOKEN_URL", format!("http://{api}/token")),
            ("MAIA_CLIENT_ID", "fake-client".to_owned()),
            ("MAIA_CLIENT_SECRET", "fake-secret".to_owned()),
        ]);
        Self::spawn(command, |line| {
            let ready: serde_json::Value = serde_json::from_str(line).ok()?;
            let url = ready["url"].as_str()?;
            Some(url.trim_start_matches("http://").to_owned())
        })
    }

    fn spawn(mut command: Command, address: impl Fn(&str) -> Option<String>) -> Outcome<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().ok_or("the server has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let address = address(line.trim()).ok_or("the server is not ready")?;
        Ok(Self { child, address })
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Returns the processor time of all its threads; Linux only.
    pub(crate) fn cpu(&self) -> Outcome<Duration> {
        let mut total = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let line = fs::read_to_string(thread?.path().join("schedstat"))?;
            let time = line.split(' ').next().unwrap_or_default();
            total += time.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(total))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs until the input ends, so that no server outlives the bench.
pub(crate) fn run(role: Role) -> Outcome<()> {
    thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    match role {
        Role::Api => runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(serve(answer)),
        Role::Hyper(api) => threads()?.block_on(forward_by_hyper(api)),
        Role::Reqwest(api) => threads()?.block_on(forward_by_reqwest(api)),
    }
}

/// The same number of threads as the command's.
fn threads() -> std::io::Result<Runtime> {
    runtime::Builder::new_multi_thread().enable_all().build()
}

type Body = Either<Full<Bytes>, Either<Incoming, reqwest::Body>>;

async fn forward_by_reqwest(api: String) -> Outcome<()> {
    // reqwest builds its TLS side even for plain http.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .build()?;
    let api = Url::parse(&format!("http://{api}"))?;
    serve(move |request| {
        let client = client.clone();
        let path = request.uri().path_and_query();
        let url = api.join(path.map_or("/", |path| path.as_str()));
        async move {
            let Ok(url) = url else { return failed() };
            let (head, body) = request.into_parts();
            let mut outgoing = reqwest::Request::new(head.method, url);
            *outgoing.headers_mut() = head.headers;
            outgoing.headers_mut().remove(HOST);
            let token = HeaderValue::from_static("Bearer fake.token");
            outgoing.headers_mut().insert(AUTHORIZATION, token);
            if !body.is_end_stream() {
                *outgoing.body_mut() = Some(reqwest::Body::wrap(body));
            }
            match client.execute(outgoing).await {
                Ok(response) => {
                    Response::from(response).map(|body| Either::Right(Either::Right(body)))
                }
                Err(_) => failed(),
            }
        }
    })
    .await
}

async fn forward_by_hyper(api: String) -> Outcome<()> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Incoming> = Client::builder(TokioExecutor::new()).build(connector);
    serve(move |mut request| {
        let (client, api) = (client.clone(), api.clone());
        async move {
            let path = request
                .uri()
                .path_and_query()
                .map_or("/", |path| path.as_str());
            let uri = format!("http://{api}{path}").parse::<Uri>();
            *request.uri_mut() = uri.unwrap_or_default();
            let headers = request.headers_mut();
            headers.remove(HOST);
            headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer fake.token"));
            match client.request(request).await {
                Ok(response) => response.map(|body| Either::Right(Either::Left(body))),
                Err(_) => failed(),
            }
        }
    })
    .await
}

async fn answer(request: Request<Incoming>) -> Response<Body> {
    let body = match *request.method() {
        Method::GET if !request.headers().contains_key(AUTHORIZATION) => return failed(),
        Method::GET => ANSWER,
        _ => TOKEN,
    };
    let mut response = Response::new(Either::Left(Full::from(body)));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn failed() -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::default()));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

/// Serves every connection, after a line with the address.
async fn serve<F>(respond: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static) -> Outcome<()>
where
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let respond = respond.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let response = respond(request);
                async move { Ok::<_, Infallible>(response.await) }
            });
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// A page of a short list.
pub(crate) const ANSWER: &str = r#"{"results":[{"id":"6f9a3c1e","name":"first"},{"id":"b27d40aa","name":"second"}],"page":0,"size":25,"total":2}"#;

const TOKEN: &str =
    r#"{"access_token":"fake.token.of-the-bench","token_type":"Bearer","expires_in":3600}"#;
