//! `vauth request`: one authorized request, or all pages of a list, and the responses unchanged.

mod target;
mod headers;
mod json;
mod form;
mod body;
mod opened;
mod sink;
mod head;
mod graphql;
mod next_page;
mod pages;
mod answer;
mod exchange;

use std::path::PathBuf;

use auth_core::{RequestOptions, RetryPolicy, UploadBody};
use http::{HeaderMap, Method, Uri};
use tokio::task::JoinError;

use self::body::BodyArguments;
use self::exchange::Exchange;
use self::sink::Sink;
use crate::arguments::{RequestArguments, SettingArguments};
use crate::failure::Failure;
use crate::output::GRACE;
use crate::quoting::quoted;
use crate::settings::Settings;
use crate::signals::Signals;
use crate::source::Opener;
use crate::vendor::Vendor;

/// A request whose arguments were read and checked.
pub(crate) struct Prepared {
    vendor: Vendor,
    method: Method,
    path: Uri,
    headers: HeaderMap,
    options: RequestOptions,
    body: UploadBody,
    output: Option<PathBuf>,
    include: bool,
    paginate: bool,
    slurp: bool,
}

impl Prepared {
    pub(crate) fn vendor(&self) -> Vendor {
        self.vendor
    }
}

/// Reads and checks everything that does not depend on settings, whose options are returned.
pub(crate) fn prepare(
    arguments: RequestArguments,
) -> Result<(Prepared, SettingArguments), Failure> {
    let options = options(&arguments);
    let body = BodyArguments {
        data: arguments.data,
        data_raw: arguments.data_raw,
        form: arguments.form,
        form_string: arguments.form_string,
    };
    let method = arguments.method.as_deref();
    let (method, path) = target::read(&arguments.target, method, body.is_set())?;
    if arguments.paginate && method != Method::GET {
        return Err(Failure::Usage(
            "--paginate applies to GET only: it requests the following pages by itself, and any other method could repeat a change".to_owned(),
        ));
    }
    let mut opener = Opener::default();
    let mut headers = headers::read(arguments.headers, &mut opener)?;
    let body = body.read(&mut headers, &mut opener)?;
    let options = match headers.idempotency_key {
        Some(key) => options.with_idempotency_key(key),
        None => options,
    };
    let prepared = Prepared {
        vendor: arguments.vendor,
        method,
        path,
        headers: headers.map,
        options,
        body,
        output: arguments.output,
        include: arguments.include,
        paginate: arguments.paginate,
        slurp: arguments.slurp,
    };
    Ok((prepared, arguments.settings))
}

pub(crate) async fn run(request: Prepared, settings: &Settings) -> Result<(), Failure> {
    let is_safe = request.method.is_safe();
    let exchange = Exchange {
        client: settings.client()?,
        vendor: request.vendor,
        method: request.method,
        path: request.path,
        headers: request.headers,
        options: request.options,
        include: request.include,
    };
    let output = request.output.as_deref();
    // Before the temporary file: a signal must not leave it behind. Elsewhere, a signal ends the process by itself.
    let replaced = output.filter(|path| Sink::replaces(path));
    let mut signals = match replaced {
        Some(_) => Some(Signals::listen()?),
        None => None,
    };
    let sink = Sink::open(output)?;
    let (body, slurp, paginate) = (request.body, request.slurp, request.paginate);
    let work = async move {
        match paginate {
            true => pages::run(&exchange, sink, slurp).await,
            false => exchange.run(body, sink).await,
        }
    };
    let (Some(signals), Some(path)) = (&mut signals, replaced) else {
        return work.await;
    };
    // In a task of its own, so that a write which waits for a reader does not keep a signal from being noticed.
    let mut work = tokio::spawn(work);
    let by = tokio::select! {
        biased;
        outcome = &mut work => return outcome.map_err(abandoned)?,
        by = signals.next() => by,
    };
    work.abort();
    // Its temporary file is removed, unless it waits for a reader: then there is none any more.
    let _ = tokio::time::timeout(GRACE, work).await;
    let path = quoted(&path.to_string_lossy());
    let effect = match is_safe {
        true => "",
        false => ", but the request may have had an effect",
    };
    let state = format!("{path} was not written{effect}");
    Err(Failure::Interrupted { by, state })
}

fn abandoned(error: JoinError) -> Failure {
    Failure::System("the request was abandoned", error.into())
}

fn options(arguments: &RequestArguments) -> RequestOptions {
    let retry_policy = match arguments.retry {
        0 => RetryPolicy::NONE,
        retries => RetryPolicy::default().with_max_attempts(retries + 1),
    };
    // The response is not kept in memory.
    let options = RequestOptions::new()
        .with_retry_policy(retry_policy)
        .with_max_body(usize::MAX);
    match arguments.timeout {
        Some(timeout) => options.with_timeout(timeout).with_idle_timeout(timeout),
        None => options,
    }
}
