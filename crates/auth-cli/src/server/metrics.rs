//! The metrics of the server and of the token cache, as Prometheus text.

use std::time::Duration;

use http::StatusCode;
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::failure::Failure;

/// The server's own metrics, and access to all of them.
pub(crate) struct Metrics {
    handle: PrometheusHandle,
    /// By class of the status, from 1xx to 5xx.
    requests: [Counter; 5],
    pub(super) in_flight: Gauge,
    pub(super) connections: Gauge,
    duration: Histogram,
    pub(super) received_bytes: Counter,
    pub(super) sent_bytes: Counter,
}

impl Metrics {
    /// Collects the metrics of this process from now on; can be called once.
    pub(super) fn install() -> Result<Self, Failure> {
        let cannot =
            |error: String| Failure::System("cannot collect metrics", std::io::Error::other(error));
        let seconds = Matcher::Suffix("_seconds".to_owned());
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(seconds, BUCKETS)
            .map_err(|error| cannot(error.to_string()))?
            .build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|error| cannot(error.to_string()))?;
        let class = |class: &'static str| counter!("vauth_requests_total", "class" => class);
        Ok(Self {
            handle,
            requests: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(class),
            in_flight: gauge!("vauth_requests_in_flight"),
            connections: gauge!("vauth_connections"),
            duration: histogram!("vauth_request_duration_seconds"),
            received_bytes: counter!("vauth_received_body_bytes_total"),
            sent_bytes: counter!("vauth_sent_body_bytes_total"),
        })
    }

    pub(super) fn completed(&self, status: StatusCode, duration: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        self.requests[class].increment(1);
        self.duration.record(duration.as_secs_f64());
    }

    pub(super) fn refused(&self, kind: &'static str) {
        counter!("vauth_refusals_total", "kind" => kind).increment(1);
    }

    pub(super) fn render(&self) -> String {
        self.handle.render()
    }

    /// Summarizes the samples of histograms regularly; without it they would take memory until somebody reads the metrics.
    pub(super) async fn run_upkeep(&self) {
        loop {
            tokio::time::sleep(UPKEEP).await;
            self.handle.run_upkeep();
        }
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// From a call on this machine to one that nearly meets the time limit.
const BUCKETS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];

const UPKEEP: Duration = Duration::from_secs(5);
