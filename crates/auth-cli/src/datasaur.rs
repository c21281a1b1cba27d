//! `vauth datasaur`: commands for Datasaur's own API.

mod upload;
mod job;

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use datasaur_auth::Query;
use serde_json::value::RawValue;

use crate::arguments::{DatasaurCommand, QueryArguments};
use crate::failure::Failure;
use crate::output::print;
use crate::settings::Settings;
use crate::source::Opener;

pub(crate) async fn run(command: DatasaurCommand, settings: &Settings) -> Result<(), Failure> {
    match command {
        DatasaurCommand::Query(arguments) => query(arguments, settings).await,
        DatasaurCommand::Upload(arguments) => {
            // Mistakes in the arguments are reported before anything is sent.
            let files = upload::open(&arguments)?;
            upload::run(&settings.datasaur()?, files, &arguments.list).await
        }
        DatasaurCommand::Job(arguments) => job::run(&settings.datasaur()?, &arguments).await,
    }
}

async fn query(arguments: QueryArguments, settings: &Settings) -> Result<(), Failure> {
    let mut opener = Opener::default();
    let document = opener.argument(DOCUMENT, arguments.graphql)?;
    let mut query = Query::new(document.text(DOCUMENT)?);
    if let Some(variables) = arguments.variables {
        let variables = opener.argument(VARIABLES, variables)?.text(VARIABLES)?;
        query = query.variables(&read_variables(&variables)?);
    }
    if let Some(name) = arguments.operation_name {
        query = query.operation_name(name);
    }
    let answer = settings.datasaur()?.graphql(&query).await?;
    let printed = match answer.data_json() {
        Some(data) => print(format!("{data}\n").as_bytes()),
        None => Ok(()),
    };
    for error in answer.displayed_errors() {
        let line = format!("{error}\n");
        // Without a reader, the message is lost.
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
    match answer.errors().len() {
        0 => printed,
        // More important than whether the data was printed.
        count => Err(Failure::Graphql(count).besides(printed)),
    }
}

/// Keeps the values verbatim: a long number must not lose digits.
fn read_variables(text: &str) -> Result<BTreeMap<String, Box<RawValue>>, Failure> {
    serde_json::from_str(text).map_err(|error| {
        // The input is not repeated: a variable may contain a secret.
        Failure::Usage(format!(
            "--variables is not a JSON object, at line {} column {}: use for example '{{\"id\":\"1\"}}'",
            error.line(),
            error.column()
        ))
    })
}

const DOCUMENT: &str = "the GraphQL document";
const VARIABLES: &str = "--variables";
