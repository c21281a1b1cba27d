//! `vauth demo`: runs the crates against three vendor emulators and checks their guarantees.

mod expectation;
mod report;
mod connections;
mod callers;
mod scenario;
mod table;
mod json;

use std::time::{Duration, Instant};

use self::connections::MAX_CONNECTIONS;
use self::report::Report;
use self::scenario::{
    AT_ONCE, LATENCY, MIN_AGE_TO_INVALIDATE, SHORT_LIFETIME, STEADY, WITH_REVOKED,
};
use crate::arguments::DemoArguments;
use crate::failure::Failure;
use crate::output::{print, print_json};
use crate::vendor::Vendor;

pub(crate) async fn run(arguments: &DemoArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let runs = Vendor::ALL.map(|vendor| tokio::spawn(scenario::run(vendor)));
    let mut reports = Vec::new();
    for run in runs {
        let report = run
            .await
            .map_err(|error| Failure::System("the demo of a vendor ended early", error.into()))??;
        reports.push(report);
    }
    let failed: usize = reports.iter().map(|it| it.expectations.failed()).sum();
    let all: usize = reports.iter().map(|it| it.expectations.len()).sum();
    match arguments.json {
        true => print_json(&json::of(&reports, failed, all, started.elapsed()))?,
        false => print(text(&reports, failed, all, started.elapsed()).as_bytes())?,
    }
    if failed > 0 {
        return Err(Failure::Demo { failed, of: all });
    }
    Ok(())
}

fn text(reports: &[Report], failed: usize, all: usize, took: Duration) -> String {
    let mut text = format!(
        "\
Three vendor emulators on 127.0.0.1; all traffic stays on this machine.
1. {AT_ONCE} concurrent callers without a token.
2. A second client, whose tokens are valid for {} s: {STEADY} callers in a steady load, until its first token has expired.
3. The vendor revokes the first client's token while {WITH_REVOKED} concurrent callers use it.

",
        SHORT_LIFETIME.as_secs()
    );
    text.push_str(&table::of(reports));
    text.push_str(&format!(
        "
refreshes: token requests after each client's first, caused by an expiry or a revoked token.
worst wait: the longest call, including the wait for a token, excluding the wait for one of {MAX_CONNECTIONS} connections.
connections: the maximum open at the same time. A token request takes {} ms here.
min_age_to_invalidate is lowered to {} ms; by default a rejected token younger than 10 s is kept,
and the token that is revoked here is a few seconds old.

",
        LATENCY.as_millis(),
        MIN_AGE_TO_INVALIDATE.as_millis(),
    ));
    for report in reports {
        for failure in report.expectations.failures() {
            text.push_str(&format!("FAILED {}: {failure}\n", report.vendor));
        }
    }
    text.push_str(&format!(
        "{} of {all} expectations were met, in {:.1} s.\n",
        all - failed,
        took.as_secs_f64()
    ));
    text
}

#[cfg(test)]
mod tests;
