//! Tests of the committed description: that it is whole, and that every part of it is used.

use std::collections::BTreeSet;

use super::*;

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn the_description_has_the_operations_that_the_vendor_published() -> Outcome {
    let spec = committed()?;
    for (tag, count) in OPERATIONS {
        let of_tag = operations(&spec).filter(|(_, _, operation)| operation.tags == [*tag]);
        assert_eq!(of_tag.count(), *count, "{tag}");
    }
    let expected: usize = OPERATIONS.iter().map(|(_, count)| count).sum();
    assert_eq!(operations(&spec).count(), expected);
    Ok(())
}

#[test]
fn each_operation_has_a_name_of_its_own_one_tag_a_summary_and_its_first_version() -> Outcome {
    let spec = committed()?;
    let tags: BTreeSet<_> = spec.tags.iter().map(|tag| tag.name.as_str()).collect();
    let mut ids = BTreeSet::new();
    for (_, _, operation) in operations(&spec) {
        let id = &operation.operation_id;
        assert!(ids.insert(id), "{id} is there twice");
        assert_eq!(operation.tags.len(), 1, "{id}");
        assert!(tags.contains(operation.tags[0].as_str()), "{id}");
        assert!(operation.summary.ends_with('.'), "{id}");
        let (major, minor) = operation.since.split_once('.').ok_or("no dot")?;
        assert!(
            major.parse::<u8>().is_ok() && minor.parse::<u8>().is_ok(),
            "{id}"
        );
    }
    Ok(())
}

#[test]
fn what_was_removed_names_what_replaces_it() -> Outcome {
    let spec = committed()?;
    for (path, _, operation) in operations(&spec) {
        if operation.removed.is_some() {
            assert!(operation.replaced_by.is_some(), "{path}");
        }
    }
    Ok(())
}

#[test]
fn each_parameter_of_a_path_is_described_and_required() -> Outcome {
    let spec = committed()?;
    for (path, _, operation) in operations(&spec) {
        let in_path = operation.parameters.iter().filter(|it| it.place == "path");
        let described: Vec<_> = in_path
            .clone()
            .map(|it| format!("{{{}}}", it.name))
            .collect();
        let expected: Vec<_> = path
            .split('/')
            .filter(|part| part.starts_with('{'))
            .collect();
        assert_eq!(described, expected, "{path}");
        assert!(in_path.clone().all(|it| it.required), "{path}");
        assert!(
            operation
                .parameters
                .iter()
                .all(|it| it.schema.kind.is_some()),
            "{path}"
        );
    }
    Ok(())
}

#[test]
fn every_reference_leads_somewhere_and_no_schema_or_response_is_unused() -> Outcome {
    let spec = committed()?;
    let mut schemas = BTreeSet::new();
    let mut responses = BTreeSet::new();
    for (_, _, operation) in operations(&spec) {
        for media in operation
            .request_body
            .iter()
            .flat_map(|body| body.content.values())
        {
            mark(&spec, &media.schema, &mut schemas)?;
        }
        for response in operation.responses.values() {
            let response = match &response.reference {
                Some(reference) => {
                    let name = reference
                        .strip_prefix("#/components/responses/")
                        .ok_or("no response")?;
                    responses.insert(name.to_owned());
                    spec.components
                        .responses
                        .get(name)
                        .ok_or("no such response")?
                }
                None => response,
            };
            for media in response.content.values() {
                mark(&spec, &media.schema, &mut schemas)?;
            }
        }
    }
    assert!(spec.components.schemas.keys().eq(&schemas));
    assert!(spec.components.responses.keys().eq(&responses));
    Ok(())
}

#[test]
fn required_members_are_described() -> Outcome {
    for (name, schema) in &committed()?.components.schemas {
        for member in &schema.required {
            assert!(schema.properties.contains_key(member), "{name}.{member}");
        }
    }
    Ok(())
}

#[test]
fn everything_that_is_called_a_secret_or_a_token_is_marked() -> Outcome {
    for (name, schema) in &committed()?.components.schemas {
        for (member, property) in &schema.properties {
            let member = member.to_lowercase();
            let is_word = ["secret", "password", "token"]
                .iter()
                .any(|word| member.ends_with(word));
            let is_text = property.kind == Some(Kind::String);
            if is_word && is_text {
                assert!(property.secret, "{name}.{member}");
            }
        }
    }
    Ok(())
}

#[test]
fn a_keyword_that_is_not_understood_is_an_error() {
    let text = r#"{"openapi": "3.0.3", "info": {}, "paths": {}, "components": {"schemas": {"A": {"oneOf": []}}}}"#;
    let message = Spec::parse(text).map_err(|error| error.to_string()).err();
    assert!(message.is_some_and(|message| message.contains("unknown field `oneOf`")));
}

fn committed() -> Result<Spec, Box<dyn Error>> {
    let root = crate::workspace::root()?;
    let text = std::fs::read_to_string(root.join(super::super::SPEC))?;
    Ok(Spec::parse(&text)?)
}

fn operations(spec: &Spec) -> impl Iterator<Item = (&str, &str, &Operation)> {
    spec.paths.iter().flat_map(|(path, methods)| {
        methods
            .iter()
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn mark(spec: &Spec, schema: &Schema, seen: &mut BTreeSet<String>) -> Outcome {
    let mut schema = schema;
    if let Some(reference) = &schema.reference {
        let (name, target) = spec.resolve(reference)?;
        if !seen.insert(name.to_owned()) {
            return Ok(());
        }
        schema = target;
    }
    for part in schema.properties.values().chain(schema.items.as_deref()) {
        mark(spec, part, seen)?;
    }
    Ok(())
}

/// How many operations each resource has.
const OPERATIONS: &[(&str, usize)] = &[
    ("Tokens", 2),
    ("Applications", 6),
    ("Service accounts", 6),
    ("Access keys", 7),
    ("User applications", 7),
    ("Users", 7),
    ("Me", 3),
    ("Access rules", 7),
    ("Roles", 3),
    ("Permissions", 2),
    ("Clusters", 2),
    ("Departments", 5),
    ("Projects", 7),
    ("Node pools", 3),
];
