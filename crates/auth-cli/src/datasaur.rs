//! `vauth datasaur`: what Datasaur's API alone can be asked.

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use datasaur_auth::{Client, Query};
use serde_json::value::RawValue;

use crate::arguments::{DatasaurCommand, QueryArguments};
use crate::failure::Failure;
use crate::output::print;

pub(crate) async fn run(command: DatasaurCommand) -> Result<(), Failure> {
    match command {
        DatasaurCommand::Query(arguments) => query(arguments).await,
    }
}

async fn query(arguments: QueryArguments) -> Result<(), Failure> {
    let mut query = Query::new(arguments.graphql);
    if let Some(variables) = arguments.variables {
        query = query.variables(&read_variables(&variables)?);
    }
    if let Some(name) = arguments.operation_name {
        query = query.operation_name(name);
    }
    let answer = Client::from_env()?.graphql(&query).await?;
    let printed = match answer.data_json() {
        Some(data) => print(format!("{data}\n").as_bytes()),
        None => Ok(()),
    };
    for error in answer.displayed_errors() {
        let line = format!("{error}\n");
        // Without a reader there is nobody to tell.
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
    match answer.errors().len() {
        0 => printed,
        // More telling than what became of the data.
        count => Err(Failure::Graphql(count)),
    }
}

/// Takes the values as they are written: a long number must not lose its digits on the way.
fn read_variables(text: &str) -> Result<BTreeMap<String, Box<RawValue>>, Failure> {
    serde_json::from_str(text).map_err(|error| {
        // What was typed is not repeated: a variable may hold a secret.
        Failure::Usage(format!(
            "--variables is no JSON object, at line {} column {}; give for example '{{\"id\":\"1\"}}'",
            error.line(),
            error.column()
        ))
    })
}
