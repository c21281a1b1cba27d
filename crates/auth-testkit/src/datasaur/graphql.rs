//! GraphQL over HTTP: what a request must look like, and the status and the body of its response.

use crate::request::ReceivedRequest;
use auth_core::ClockReading;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::data::Workspace;
use super::document::{Document, Fault};
use super::execute::{self, Inputs};
use super::validate;

/// Answers a request whose token is good.
///
/// A document that is not run is 400, as graphql-js's servers have it; one that is run is 200, whatever comes of it.
pub(crate) fn answer(
    request: &ReceivedRequest,
    workspace: &Workspace,
    now: ClockReading,
) -> (StatusCode, Value) {
    run(request, workspace, now).map_or_else(
        |errors| (StatusCode::BAD_REQUEST, json!({ "errors": errors })),
        |body| (StatusCode::OK, body),
    )
}

fn run(
    request: &ReceivedRequest,
    workspace: &Workspace,
    now: ClockReading,
) -> Result<Value, Vec<Value>> {
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let query = body
        .get("query")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if query.trim().is_empty() {
        return Err(alone("Must provide query string."));
    }
    let nothing = Map::new();
    let variables = match body.get("variables") {
        None | Some(Value::Null) => &nothing,
        Some(Value::Object(variables)) => variables,
        Some(_) => return Err(alone("Variables must be provided as an object.")),
    };
    let operation_name = match body.get("operationName") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name.as_str()),
        Some(_) => return Err(alone("The operation name must be a text.")),
    };
    let report = |faults: Vec<Fault>| spell(query, faults);
    let document = Document::read(query).map_err(report)?;
    let faults = validate::faults(&document);
    if !faults.is_empty() {
        return Err(report(faults));
    }
    let inputs = Inputs {
        operation_name,
        variables,
        workspace,
        now,
    };
    execute::run(&document, &inputs).map_err(report)
}

/// Creates the errors of a response; with very many, the first ones will do.
fn spell(query: &str, faults: Vec<Fault>) -> Vec<Value> {
    let faults = faults.into_iter().take(MOST_ERRORS);
    faults
        .map(|fault| {
            let mut error = json!({ "message": fault.message, "extensions": { "type": KIND } });
            if let Some(at) = fault.at {
                let (line, column) = place(query, at);
                error["locations"] = json!([{ "line": line, "column": column }]);
            }
            error
        })
        .collect()
}

fn alone(message: &str) -> Vec<Value> {
    spell("", vec![Fault::new(message)])
}

/// Returns line and column, both counted from 1 (GraphQL section 7.1.2).
fn place(query: &str, at: usize) -> (usize, usize) {
    let before = query.get(..at).unwrap_or(query);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.matches('\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

const KIND: &str = "GraphQLError";

/// As many as graphql-js reports before it gives up.
const MOST_ERRORS: usize = 100;
