//! `vauth doctor`: checks each step of a sign-in separately, with advice for failures, within a minute.

mod step;
mod network;
mod account;
mod store;

use std::time::{Duration, Instant};

use http::Uri;

use crate::arguments::DoctorArguments;
use crate::failure::Failure;
use crate::output::print_list;
use crate::progress::doing;
use crate::settings::{Effective, Settings};
use step::{Outcome, Step};

/// `started` is the start of the command, which may have waited for a secret since.
pub(crate) async fn run(
    arguments: &DoctorArguments,
    settings: Result<Settings, Failure>,
    started: Instant,
) -> Result<(), Failure> {
    let steps = match settings {
        Ok(settings) => check(&settings, started + TOTAL_LIMIT).await,
        Err(failure) => {
            without_configuration(Outcome::explained(&failure.message().unwrap_or_default()))
        }
    };
    let printed = print_list(&steps, &arguments.list);
    let failed = steps.iter().filter(|step| step.is_failed()).count();
    match (printed, failed) {
        // More important than whether the steps were printed.
        (printed, 1..) => Err(Failure::Doctor { failed }.besides(printed)),
        (printed, _) => printed,
    }
}

/// Runs each step whose prerequisites succeeded.
async fn check(settings: &Settings, deadline: Instant) -> Vec<Step> {
    let names = &settings.names();
    let client = match settings.client_without_retries() {
        Ok(client) => client,
        Err(error) => return without_configuration(Outcome::failed_with(&error, names)),
    };
    let configuration = configuration(settings, client.base_url());
    let api = origin(client.base_url());
    let token = settings.token_url();
    let token = token.map_or_else(|_| api.clone(), |url| origin(&url));
    doing(&format!("checking the connection to {api}"));
    let upload = client.upload_url().map(origin);
    // The API and the sign-in are checked anyway.
    let upload = upload.filter(|upload| *upload != api && *upload != token);
    let ([name, connection, clock], upload) =
        tokio::join!(network::check(settings, names, client.base_url()), async {
            match &upload {
                Some(url) => Some(network::check_host(settings, names, url).await),
                None => None,
            }
        });
    let is_connected = connection.is_ok();
    // The token endpoint may be on another host, so it is tried even without a connection to the API.
    doing(&format!("checking the sign-in at {token}"));
    let sign_in = account::sign_in(&client, names, &token);
    let sign_in = within(SIGN_IN_LIMIT, deadline, &token, sign_in).await;
    let call = match (is_connected, sign_in.is_ok()) {
        (true, true) => {
            doing(&format!("checking a call of {api}"));
            let call = account::call(&client, names);
            within(CALL_LIMIT, deadline, &api, call).await
        }
        (false, _) => Outcome::skipped("no connection to the API"),
        (_, false) => Outcome::skipped("no token for the call"),
    };
    doing("checking the token store");
    let store = store::check(settings).await;
    let outcomes = [configuration, name, connection, clock, sign_in, call, store];
    let steps = step::NAMES.into_iter().zip(outcomes);
    steps
        .chain(upload.map(|outcome| (step::UPLOAD, outcome)))
        .map(|(name, outcome)| Step::new(name, outcome))
        .collect()
}

/// Says where each setting comes from, and warns of variables that were probably mistyped.
fn configuration(settings: &Settings, base_url: &str) -> Outcome {
    let sources = settings.effective().into_iter().filter_map(|effective| {
        let Effective { name, origin, .. } = effective;
        Some(format!("{name} from {}", origin?))
    });
    let sources: Vec<String> = sources.collect();
    let detail = format!("the API is at {base_url}; {}", sources.join(", "));
    match settings.mistyped() {
        [] => Outcome::ok(detail),
        mistyped => Outcome::warning(detail, mistyped.join("; ")),
    }
}

/// Ends a step that takes too long, and names the host that it waited for.
async fn within(
    limit: Duration,
    deadline: Instant,
    host: &str,
    step: impl Future<Output = Outcome>,
) -> Outcome {
    let limit = limit.min(deadline.saturating_duration_since(Instant::now()));
    tokio::time::timeout(limit, step).await.unwrap_or_else(|_| {
        Outcome::failed(
            format!(
                "no complete response from {host} within {} s",
                limit.as_secs()
            ),
            "try again later, and check the host and any proxy or firewall on the way",
        )
    })
}

/// Returns a URL's scheme, host and port.
fn origin(url: &str) -> String {
    let uri: Option<Uri> = url.parse().ok();
    let parts = uri
        .as_ref()
        .and_then(|uri| Some((uri.scheme_str()?, uri.authority()?)));
    parts.map_or_else(
        || url.to_owned(),
        |(scheme, host)| format!("{scheme}://{host}"),
    )
}

fn without_configuration(outcome: Outcome) -> Vec<Step> {
    let mut outcome = Some(outcome);
    let steps = step::NAMES.into_iter().map(|name| {
        let outcome = outcome.take();
        let skipped = || Outcome::skipped("the configuration is not usable");
        Step::new(name, outcome.unwrap_or_else(skipped))
    });
    steps.collect()
}

/// Whatever hangs, a user does not wait for more than a minute; the name lookup and the connection have limits of their own.
const TOTAL_LIMIT: Duration = Duration::from_secs(55);

/// Two attempts at a token.
const SIGN_IN_LIMIT: Duration = Duration::from_secs(20);

/// Far more than a small read-only call needs.
const CALL_LIMIT: Duration = Duration::from_secs(15);
