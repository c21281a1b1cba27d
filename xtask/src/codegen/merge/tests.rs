//! Tests of schemas that share a type.

use serde_json::{Value, json};

use super::*;

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn schemas_of_one_type_become_one_with_the_members_of_both() -> Outcome {
    let spec = spec(json!({
        "Apple": {"type": "object", "x-type": "Fruit", "required": ["name", "core"], "properties": {
            "name": {"type": "string"}, "core": {"type": "string"},
        }},
        "Pear": {"type": "object", "x-type": "Fruit", "required": ["name"], "properties": {
            "name": {"type": "string", "description": "In other words."}, "shape": {"type": "string"},
        }},
        "Bowl": {"type": "object", "properties": {
            "first": {"$ref": "#/components/schemas/Apple"},
            "rest": {"type": "array", "items": {"$ref": "#/components/schemas/Pear"}},
        }},
    }))?;
    let spec = spec.merged()?;
    let schemas = &spec.components.schemas;
    assert_eq!(schemas.keys().collect::<Vec<_>>(), ["Bowl", "Fruit"]);
    let fruit = &schemas["Fruit"];
    let members: Vec<_> = fruit.properties.keys().collect();
    assert_eq!(members, ["core", "name", "shape"]);
    assert_eq!(fruit.required, ["name"]);
    let bowl = &schemas["Bowl"].properties;
    let rest = bowl["rest"].items.as_deref().ok_or("no items")?;
    let answer = &spec.paths["/a"]["get"].responses["200"].content["application/json"];
    for part in [&bowl["first"], rest, &answer.schema] {
        let expected = Some("#/components/schemas/Fruit");
        assert_eq!(part.reference.as_deref(), expected);
    }
    Ok(())
}

#[test]
fn schemas_that_do_not_fit_together_are_refused() -> Outcome {
    for (pear, message) in [
        (
            json!({"type": "object", "x-type": "Fruit", "properties": {"name": {"type": "integer"}}}),
            "`Fruit.name` is not the same in all schemas of that x-type",
        ),
        (
            json!({"type": "string", "x-type": "Fruit"}),
            "`Pear` has an x-type and is no object",
        ),
        (
            json!({"type": "object", "x-type": "Bowl"}),
            "`Bowl` is an x-type and a schema without it",
        ),
    ] {
        let spec = spec(json!({
            "Apple": {"type": "object", "x-type": "Fruit", "properties": {"name": {"type": "string"}}},
            "Bowl": {"type": "object"},
            "Pear": pear,
        }))?;
        let found = spec.merged().map(drop).map_err(|error| error.to_string());
        assert_eq!(found, Err(message.to_owned()));
    }
    Ok(())
}

/// A description with these schemas and one operation that returns an apple.
fn spec(schemas: Value) -> Result<Spec, serde_json::Error> {
    let apple = json!({"schema": {"$ref": "#/components/schemas/Apple"}});
    serde_json::from_value(json!({
        "openapi": "3.0.3", "info": {},
        "paths": {"/a": {"get": {
            "operationId": "get_apple", "tags": ["Apples"], "summary": "Picks.", "x-since": "1.0",
            "responses": {"200": {"content": {"application/json": apple}}},
        }}},
        "components": {"schemas": schemas},
    }))
}
