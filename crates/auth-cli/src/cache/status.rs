//! `vauth cache status`: which store is used, whether it works, and what is in it.

use std::time::Duration;

use auth_core::Error;
use serde::Serialize;

use super::Target;
use super::current::{Current, find};
use crate::arguments::ListArguments;
use crate::failure::{Failure, chain};
use crate::layer::Origin;
use crate::output::{Listed, print_json, print_list};
use crate::settings::Settings;

/// The state of the store; its keys are in the documented order.
#[derive(Debug, Serialize)]
struct Status {
    store: &'static str,
    location: Option<String>,
    source: &'static str,
    /// The option, the variable or the key.
    source_name: Option<String>,
    state: &'static str,
    /// Why the store is not used.
    problem: Option<String>,
    token: Option<Token>,
    /// Null unless the store is a folder that can be used.
    records: Option<Vec<Record>>,
}

/// The token of the settings.
#[derive(Debug, Serialize)]
struct Token {
    vendor: String,
    profile: Option<String>,
    state: &'static str,
    problem: Option<String>,
    hash: Option<String>,
    expires_in: Option<u64>,
}

/// A record, as far as it can be described without its key.
#[derive(Debug, Serialize)]
struct Record {
    hash: String,
    kind: &'static str,
    size: usize,
    /// RFC 3339, in UTC, to the second.
    written_at: String,
    expires_in: u64,
}

pub(super) async fn run(target: &Target, arguments: &ListArguments) -> Result<(), Failure> {
    let inspected = inspect(target).await;
    let store = &target.store;
    let (source, source_name) = source(store.origin());
    let mut status = Status {
        store: store.kind(),
        location: store.location(),
        source,
        source_name,
        state: match store.absence() {
            Some(_) => "none",
            None => "ok",
        },
        problem: store.absence().map(str::to_owned),
        token: None,
        records: None,
    };
    let failure = match inspected {
        Ok(found) => {
            (status.token, status.records) = (found.token, found.records);
            found.failure
        }
        Err(error) => {
            status.state = "unusable";
            status.problem = Some(chain(&error, &target.names()));
            Some(target.failure(error))
        }
    };
    match arguments.json {
        true => print_json(&status)?,
        false => print_list(&status.rows(), arguments)?,
    }
    failure.map_or(Ok(()), Err)
}

fn source(origin: Option<&Origin>) -> (&'static str, Option<String>) {
    match origin {
        Some(Origin::Option(name)) => ("option", Some(name.clone())),
        Some(Origin::Variable(name)) => ("environment", Some(name.clone())),
        Some(Origin::Profile(key, _)) => ("profile", Some(key.clone())),
        _ => ("default", None),
    }
}

/// What is in the store.
#[derive(Default)]
struct Found {
    token: Option<Token>,
    records: Option<Vec<Record>>,
    /// Why the token cannot be looked for, which is not the store's fault.
    failure: Option<Failure>,
}

/// Fails if the store cannot be used.
async fn inspect(target: &Target) -> Result<Found, Error> {
    let store = &target.store;
    let mut inspected = Found::default();
    if store.absence().is_some() {
        return Ok(inspected);
    }
    store.check().await?;
    if let Some(settings) = target.complete() {
        let (token, failure) = token(target, settings).await?;
        inspected.token = Some(token);
        inspected.failure = failure;
    }
    inspected.records = records(target)?;
    Ok(inspected)
}

/// Returns the token of the settings, and why it cannot be looked for.
async fn token(
    target: &Target,
    settings: Result<Settings, Failure>,
) -> Result<(Token, Option<Failure>), Error> {
    let token = Token::new(target);
    let settings = match settings {
        Ok(settings) => settings,
        Err(failure) => {
            let problem = failure.message().unwrap_or_default();
            return Ok((token.unknown(problem), Some(failure)));
        }
    };
    Ok(match find(&target.store, &settings).await? {
        Current::Absent => (token, None),
        Current::Unshared(why) => (token.never_stored(why), None),
        Current::Stored { hash, life } => (token.stored(hash, life), None),
        // Without advice on the store.
        Current::Unknown(error) => {
            let problem = chain(&error, &target.names());
            let failure = Failure::from(error).in_terms_of(target.names());
            (token.unknown(problem), Some(failure))
        }
    })
}

#[cfg(unix)]
fn records(target: &Target) -> Result<Option<Vec<Record>>, Error> {
    let Some((_, folder)) = target.store.folder() else {
        return Ok(None);
    };
    let records = folder.records()?;
    let records = records.iter().map(|record| Record {
        hash: record.hash().to_owned(),
        kind: record.kind().as_str(),
        size: record.size(),
        written_at: humantime::format_rfc3339_seconds(record.written_at()).to_string(),
        expires_in: record.life().as_secs(),
    });
    Ok(Some(records.collect()))
}

#[cfg(not(unix))]
fn records(_: &Target) -> Result<Option<Vec<Record>>, Error> {
    Ok(None)
}

impl Token {
    fn new(target: &Target) -> Self {
        let settings = target.settings.as_ref();
        let profile = settings.and_then(Settings::profile);
        let vendor = settings.map(|settings| settings.vendor().to_string());
        Self {
            vendor: vendor.unwrap_or_default(),
            profile: profile.map(str::to_owned),
            state: "absent",
            problem: None,
            hash: None,
            expires_in: None,
        }
    }

    fn never_stored(self, why: &str) -> Self {
        Self {
            state: "never_stored",
            problem: Some(why.to_owned()),
            ..self
        }
    }

    fn unknown(self, problem: String) -> Self {
        Self {
            state: "unknown",
            problem: Some(problem),
            ..self
        }
    }

    fn stored(self, hash: String, life: Option<Duration>) -> Self {
        Self {
            state: "stored",
            hash: Some(hash),
            expires_in: life.as_ref().map(Duration::as_secs),
            ..self
        }
    }

    fn text(&self) -> String {
        match (self.state, self.expires_in, &self.problem) {
            ("stored", Some(seconds), _) => format!("stored, for another {seconds} s"),
            ("never_stored", _, Some(why)) => format!("never stored: {why}"),
            (state, _, Some(why)) => format!("{state}: {why}"),
            (state, ..) => state.to_owned(),
        }
    }
}

impl Status {
    fn rows(&self) -> Vec<Row> {
        let mut rows = vec![Row::new("store", self.store)];
        rows.extend(self.location.as_deref().map(|it| Row::new("location", it)));
        let source = match &self.source_name {
            Some(name) => format!("{} {name}", self.source),
            None => self.source.to_owned(),
        };
        rows.push(Row::new("source", &source));
        let state = match &self.problem {
            Some(problem) => format!("{}: {problem}", self.state),
            None => self.state.to_owned(),
        };
        rows.push(Row::new("state", &state));
        if let Some(token) = &self.token {
            let item = format!("token of {}", token.vendor);
            rows.push(Row::new(&item, &token.text()));
        }
        if let Some(records) = &self.records {
            let tokens = records.iter().filter(|record| record.kind == "token");
            rows.push(Row::new("tokens", &tokens.count().to_string()));
            rows.extend(records.iter().map(|record| {
                let Record {
                    hash,
                    size,
                    written_at,
                    expires_in,
                    ..
                } = record;
                let start = hash.get(..SHOWN_DIGITS).unwrap_or(hash);
                let text = format!(
                    "{start}, {size} bytes, written at {written_at}, for another {expires_in} s"
                );
                Row::new(record.kind, &text)
            }));
        }
        rows
    }
}

/// One line of the table.
#[derive(Debug, Serialize)]
struct Row {
    item: String,
    value: String,
}

impl Row {
    fn new(item: &str, value: &str) -> Self {
        Self {
            item: item.to_owned(),
            value: value.to_owned(),
        }
    }
}

impl Listed for Row {
    const COLUMNS: &'static [&'static str] = &["item", "value"];

    fn cells(&self) -> Vec<String> {
        vec![self.item.clone(), self.value.clone()]
    }
}

/// Enough to tell records apart.
const SHOWN_DIGITS: usize = 12;
