//! The functions that make the request of each operation, with the types of what it sends and returns.

use std::error::Error;
use std::fmt::Write;

use super::super::names::{field, pascal_case, snake_case};
use super::super::plan::Plan;
use super::super::spec::{Kind, Operation, Parameter};

/// Adds the function of one operation, and the type of its query if it has one.
///
/// # Errors
///
/// Names a parameter or a body that no function can take.
pub(super) fn write<'a>(
    text: &mut String,
    plan: &Plan<'a>,
    (path, method): (&str, &str),
    operation: &'a Operation,
) -> Result<(), Box<dyn Error>> {
    let id = &operation.operation_id;
    let refuse = |what: &str| Err::<(), _>(Box::<dyn Error>::from(format!("`{id}` {what}")));
    let mut arguments = Vec::new();
    let mut calls = String::new();
    for parameter in in_place(operation, "path") {
        let name = field(&snake_case(&parameter.name));
        arguments.push(format!("{name}: {}", path_type(parameter)));
        write!(calls, ".parameter({:?}, {name})", parameter.name)?;
    }
    let query = query(plan, operation)?;
    if let Some(query) = &query {
        arguments.push(format!("query: &{}", query.used));
        calls.push_str(&query.calls);
    }
    if operation.request_body.is_some() {
        let Some(sent) = plan.sent(operation)? else {
            return refuse("has a body that is no object");
        };
        let is_list = plan.sends_list(operation)?;
        let name = plan.rust_name(sent);
        if is_list {
            arguments.push(format!("body: &[{name}]"));
            calls.push_str(".json(&body)");
        } else {
            arguments.push(format!("body: &{name}"));
            calls.push_str(".json(body)");
        }
        for (name, member) in &sent.schema.properties {
            if plan.resolved(member)?.secret {
                if is_list {
                    return refuse("sends a list of secrets");
                }
                write!(calls, ".secret(&body.{})", field(&snake_case(name)))?;
            }
        }
    }
    if let Some(query) = &query {
        text.push_str(&query.definition);
    }
    let returned = match plan.received(operation)? {
        None if !operation.list.is_empty() => return refuse("returns a list of what is no object"),
        None => "()".to_owned(),
        Some(type_) if operation.list.is_empty() => plan.rust_name(type_),
        Some(type_) => format!("List<{}>", plan.rust_name(type_)),
    };
    write!(
        text,
        "
/// {}
pub(crate) fn {id}({}) -> Request<{returned}> {{
static OPERATION: Operation = Operation {{ id: {id:?}, method: Method::{}, path: {path:?}, since: {:?}, removed: {:?}, replacement: {:?}, list: &{:?} }};
Request::new(&OPERATION){calls}
}}
",
        operation.summary,
        arguments.join(", "),
        method.to_uppercase(),
        operation.since,
        operation.removed,
        operation.replaced_by,
        operation.list,
    )?;
    Ok(())
}

/// The type of an operation's query.
struct Query {
    definition: String,
    /// The type as an argument has it.
    used: String,
    calls: String,
}

/// A type in which each parameter may be left out, as none of those that are described is required.
fn query(plan: &Plan<'_>, operation: &Operation) -> Result<Option<Query>, Box<dyn Error>> {
    let id = &operation.operation_id;
    let (mut fields, mut calls) = (String::new(), String::new());
    for parameter in in_place(operation, "query") {
        let refuse = |what: &str| format!("the parameter `{}` of `{id}` {what}", parameter.name);
        if parameter.required {
            return Err(refuse("is required in a query, for which there is no helper").into());
        }
        let name = field(&snake_case(&parameter.name));
        let (rust, call) = match plan.resolved(&parameter.schema)?.kind {
            Some(Kind::String) => ("Option<&'a str>", "query"),
            // What a query counts and names has no sign.
            Some(Kind::Integer) => ("Option<u64>", "query"),
            Some(Kind::Boolean) => ("Option<bool>", "query"),
            Some(Kind::Array) if parameter.explode == Some(false) => ("&'a [String]", "query_list"),
            _ => return Err(refuse("has a type for which there is no helper").into()),
        };
        writeln!(fields, "pub(crate) {name}: {rust},")?;
        write!(calls, ".{call}({:?}, query.{name})", parameter.name)?;
    }
    if fields.is_empty() {
        return Ok(None);
    }
    let name = format!("{}Query", pascal_case(id));
    let has_lifetime = fields.contains("&'a ");
    let (generic, used) = if has_lifetime {
        ("<'a>", "<'_>")
    } else {
        ("", "")
    };
    Ok(Some(Query {
        definition: format!(
            "
/// The query of `{id}`.
#[derive(Debug, Default)]
pub(crate) struct {name}{generic} {{
{fields}}}
"
        ),
        used: format!("{name}{used}"),
        calls,
    }))
}

fn in_place<'a>(operation: &'a Operation, place: &str) -> impl Iterator<Item = &'a Parameter> {
    let parameters = operation.parameters.iter();
    parameters.filter(move |parameter| parameter.place == place)
}

/// An id that servers also have as text is text.
fn path_type(parameter: &Parameter) -> &'static str {
    match (parameter.schema.kind, parameter.schema.also_type) {
        (Some(Kind::Integer), None) => "i64",
        _ => "&str",
    }
}
