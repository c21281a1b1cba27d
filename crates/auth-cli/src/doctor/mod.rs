//! `vauth doctor`: checks each step of a sign-in separately, with advice for failures.

mod step;
mod network;
mod account;

use crate::arguments::DoctorArguments;
use crate::failure::Failure;
use crate::output::print_list;
use crate::vendor::{Client, Vendor};
use step::{Outcome, Step};

pub(crate) async fn run(arguments: &DoctorArguments) -> Result<(), Failure> {
    let steps = check(arguments.vendor).await;
    let printed = print_list(&steps, &arguments.list);
    let failed = steps.iter().filter(|step| step.is_failed()).count();
    match (printed, failed) {
        // More important than a reader that closed the pipe.
        (Ok(()) | Err(Failure::NoReader), 1..) => Err(Failure::Doctor { failed }),
        (printed, _) => printed,
    }
}

/// Runs each step whose prerequisites succeeded.
async fn check(vendor: Vendor) -> Vec<Step> {
    let client = match Client::without_retries(vendor) {
        Ok(client) => client,
        Err(error) => return without_configuration(&error),
    };
    let configuration = Outcome::ok(format!("the API is at {}", client.base_url()));
    let [name, connection, clock] = network::check(vendor, client.base_url()).await;
    let is_connected = connection.is_ok();
    // The token endpoint may be on another host, so it is tried even without a connection to the API.
    let sign_in = account::sign_in(&client).await;
    let call = match (is_connected, sign_in.is_ok()) {
        (true, true) => account::call(&client).await,
        (false, _) => Outcome::skipped("no connection to the API"),
        (_, false) => Outcome::skipped("no token for the call"),
    };
    let outcomes = [configuration, name, connection, clock, sign_in, call];
    let steps = step::NAMES.into_iter().zip(outcomes);
    steps
        .map(|(name, outcome)| Step::new(name, outcome))
        .collect()
}

fn without_configuration(error: &auth_core::Error) -> Vec<Step> {
    let mut outcome = Some(Outcome::failed_with(error));
    let steps = step::NAMES.into_iter().map(|name| {
        let outcome = outcome.take();
        let skipped = || Outcome::skipped("the configuration is not usable");
        Step::new(name, outcome.unwrap_or_else(skipped))
    });
    steps.collect()
}
