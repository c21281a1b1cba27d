//! A small JSON call through a vendor's client, against the same call on bare reqwest with the header set by hand.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::{ACCEPT, AUTHORIZATION};
use rustix::time::{ClockId, clock_gettime};
use rustls::RootCertStore;
use rustls::crypto::ring;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::fixture::Outcome;
use crate::report::Figure;
use crate::rounds::median;
use crate::server::Server;

pub(crate) fn measure(quick: bool) -> Outcome<Vec<Figure>> {
    let server = Server::start()?;
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let client = vendor_client(server.origin())?;
    let bare = Bare::new(server.origin())?;
    runtime.block_on(client.warm_up())?;
    let header = runtime.block_on(client.authorization_header())?;

    let mut figures = Vec::new();
    for (at_once, limit) in [(1, ALONE), (64, TOGETHER), (512, TOGETHER)] {
        let mut ours = Samples::default();
        let mut theirs = Samples::default();
        let rounds = if quick { 2 } else { 61_usize };
        for round in 0..=rounds {
            // No case always comes first.
            for turn in 0..2 {
                let is_ours = (turn + round).is_multiple_of(2);
                let sample = if is_ours {
                    sample(&runtime, at_once, |times| {
                        let client = client.clone();
                        async move {
                            for _ in 0..times {
                                call(&client).await?;
                            }
                            Ok(())
                        }
                    })?
                } else {
                    sample(&runtime, at_once, |times| {
                        let (bare, header) = (bare.clone(), header.clone());
                        async move {
                            for _ in 0..times {
                                bare.call(&header).await?;
                            }
                            Ok(())
                        }
                    })?
                };
                // The first round opens the connections.
                if round > 0 {
                    if is_ours { &mut ours } else { &mut theirs }.push(sample);
                }
            }
        }
        let figure = |what: &str, measured, reference, limit| Figure {
            group: "send",
            what: format!("a small JSON call, at once: {at_once}, {what}"),
            unit: "µs",
            measured,
            reference: Some(reference),
            limit: Some(limit),
        };
        figures.push(figure(
            "by the wall",
            median(ours.wall),
            median(theirs.wall),
            limit,
        ));
        figures.push(figure(
            "processor time of the client",
            median(ours.cpu),
            median(theirs.cpu),
            TOGETHER,
        ));
    }
    Ok(figures)
}

async fn call(client: &maia_auth::Client) -> Outcome<()> {
    let request = Request::get(PATH)
        .header(ACCEPT, "application/json")
        .body(Bytes::new())?;
    check(client.send(request).await?.body())
}

/// reqwest as a program uses it that sets the header by hand.
#[derive(Clone)]
struct Bare {
    client: reqwest::Client,
    url: Arc<str>,
}

impl Bare {
    fn new(origin: &str) -> Outcome<Self> {
        // reqwest builds its TLS side even where every URL is plain http.
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let builder = reqwest::Client::builder().tls_backend_preconfigured(tls);
        Ok(Self {
            client: builder.no_proxy().build()?,
            url: format!("{origin}{PATH}").into(),
        })
    }

    async fn call(&self, header: &http::HeaderValue) -> Outcome<()> {
        let request = self
            .client
            .get(&*self.url)
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, header.clone());
        check(&request.send().await?.error_for_status()?.bytes().await?)
    }
}

fn check(body: &[u8]) -> Outcome<()> {
    if body == crate::server::ANSWER.as_bytes() {
        Ok(())
    } else {
        Err("the server sent something else".into())
    }
}

fn vendor_client(origin: &str) -> Outcome<maia_auth::Client> {
    let config = maia_auth::Config::builder()
        .client_id("fake-client")
        .client_secret("fake-secret")
        .base_url(origin)
        .options(|options| options.token_url(format!("{origin}/token")))
        .build()?;
    Ok(maia_auth::Client::new(config)?)
}

/// What each round took per request, in microseconds.
#[derive(Default)]
struct Samples {
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Samples {
    fn push(&mut self, (wall, cpu): (Duration, Duration)) {
        self.wall.push(wall.as_secs_f64() * 1e6);
        self.cpu.push(cpu.as_secs_f64() * 1e6);
    }
}

/// Sends so many requests at once until the round is full; returns the wall clock's and the processors' time per request.
fn sample<F>(
    runtime: &Runtime,
    at_once: usize,
    call: impl Fn(usize) -> F,
) -> Outcome<(Duration, Duration)>
where
    F: Future<Output = Outcome<()>> + Send + 'static,
{
    let each = (REQUESTS_PER_ROUND / at_once).max(1);
    let total = u32::try_from(each * at_once)?;
    let (wall, cpu) = (now(ClockId::Monotonic), now(ClockId::ProcessCPUTime));
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..at_once {
            tasks.spawn(call(each));
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Outcome::Ok(())
    })?;
    let took = |since: Duration, clock| (now(clock) - since) / total;
    Ok((
        took(wall, ClockId::Monotonic),
        took(cpu, ClockId::ProcessCPUTime),
    ))
}

fn now(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        time.tv_nsec.unsigned_abs() as u32,
    )
}

const PATH: &str = "/v1/projects?page=0&size=25";

/// A round of some twenty milliseconds, at any number at once.
const REQUESTS_PER_ROUND: usize = 1_024;

const ALONE: f64 = 1.05;
const TOGETHER: f64 = 1.10;
