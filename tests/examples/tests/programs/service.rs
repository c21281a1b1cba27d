//! The web service: its readiness, its metrics, and its end.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use auth_testkit::{EmulatedVendor, Emulator, Fault};
use maia_auth::auth_core::{HttpClient, RequestLimits, ReqwestHttpClient};

/// The running service; it is killed if its test fails.
struct Service {
    program: Child,
    output: std::io::Lines<BufReader<std::process::ChildStdout>>,
    url: String,
    /// What it printed before it listened.
    told: Vec<String>,
}

impl Service {
    fn start(emulator: &Emulator) -> Self {
        let mut command = super::program(env!("CARGO_BIN_EXE_axum-service"), emulator);
        let mut program = command
            .arg("127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(program.stdout.take().unwrap()).lines();
        let mut told = Vec::new();
        let address = loop {
            let line = output.next().unwrap().unwrap();
            match line.strip_prefix("listening on ") {
                Some(address) => break address.to_owned(),
                None => told.push(line),
            }
        };
        Self {
            program,
            output,
            url: format!("http://{address}"),
            told,
        }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let http = ReqwestHttpClient::builder().build().unwrap();
        let request = http::Request::get(format!("{}{path}", self.url)).body(Default::default());
        let response = http
            .send(request.unwrap(), RequestLimits::API_REQUEST)
            .await
            .unwrap();
        let status = response.status().as_u16();
        (
            status,
            String::from_utf8(response.into_body().to_vec()).unwrap(),
        )
    }

    /// Asks it to end, as an orchestrator does.
    #[cfg(unix)]
    fn stop(mut self) {
        let id = self.program.id().to_string();
        let signal = Command::new("sh")
            .args(["-c", &format!("kill -TERM {id}")])
            .status();
        assert!(signal.unwrap().success());
        assert_eq!(self.output.next().unwrap().unwrap(), "stopped");
        assert!(self.program.wait().unwrap().success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_is_ready_counts_and_stops() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let service = Service::start(&emulator);
    assert!(service.told.is_empty());
    assert_eq!(service.get("/ready").await, (200, "ready".to_owned()));
    let (status, names) = service.get("/projects").await;
    assert_eq!((status, names.lines().count()), (200, 25));
    let (_, metrics) = service.get("/metrics").await;
    let requests = r#"auth_token_requests_total{source="maia",outcome="ok"} 1"#;
    assert!(metrics.contains(requests), "{metrics}");
    assert!(metrics.contains("auth_token_lookups_total"), "{metrics}");

    emulator.inject_api_fault(Fault::status(404));
    assert_eq!(service.get("/projects").await.0, 502);
    assert_eq!(emulator.token_requests(), 1);
    #[cfg(unix)]
    service.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_starts_in_an_outage_but_is_not_ready() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    for _ in 0..100 {
        emulator.inject_token_fault(Fault::status(503));
    }
    let service = Service::start(&emulator);
    assert!(
        service.told[0].starts_with("not ready yet: maia: "),
        "{:?}",
        service.told
    );
    assert_eq!(service.get("/ready").await.0, 503);
    assert_eq!(service.get("/projects").await.0, 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_does_not_start_with_a_wrong_secret() {
    let emulator = Emulator::start(EmulatedVendor::Maia).await.unwrap();
    let mut command = super::program(env!("CARGO_BIN_EXE_axum-service"), &emulator);
    command
        .arg("127.0.0.1:0")
        .env("MAIA_CLIENT_SECRET", "fake-wrong-secret");
    let output = command.output().unwrap();
    assert!(
        !output.status.success() && output.stdout.is_empty(),
        "{output:?}"
    );
}
