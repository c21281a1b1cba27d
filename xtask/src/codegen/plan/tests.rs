//! Tests of which types are planned, and where.

use serde_json::json;

use super::*;

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn a_type_lives_with_its_only_resource_or_is_shared() -> Outcome {
    let spec = spec(&[("/a", "Apples", "Basket"), ("/b", "Pears", "Bowl")], "")?;
    let plan = Plan::new(&spec)?;
    let homes: Vec<_> = plan
        .modules()
        .into_iter()
        .map(|(title, types)| (title, types.iter().map(|it| it.name).collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        homes,
        [
            ("Apples", vec!["Basket"]),
            ("Pears", vec!["Bowl"]),
            ("Shared", vec!["Colour"]),
        ]
    );
    let basket = plan.modules()["Apples"][0];
    assert_eq!(plan.imports(basket)?, BTreeSet::from(["Colour".to_owned()]));
    Ok(())
}

#[test]
fn token_calls_are_left_out() -> Outcome {
    let spec = spec(&[("/a", "Tokens", "Basket")], "")?;
    let plan = Plan::new(&spec)?;
    assert!(plan.operations.is_empty() && plan.modules().is_empty());
    Ok(())
}

#[test]
fn what_goes_both_ways_is_two_types() -> Outcome {
    let spec = spec(&[("/a", "Apples", "Basket")], "Basket")?;
    let plan = Plan::new(&spec)?;
    let names: Vec<_> = plan.types().map(|type_| plan.rust_name(type_)).collect();
    assert_eq!(names, ["Basket", "BasketResponse", "Colour"]);
    Ok(())
}

#[test]
fn a_name_that_two_types_would_have_is_refused() -> Outcome {
    let spec = spec(
        &[("/a", "Apples", "Bowl"), ("/b", "Pears", "BowlResponse")],
        "Bowl",
    )?;
    let message = Plan::new(&spec).map_err(|error| error.to_string()).err();
    assert_eq!(
        message.as_deref(),
        Some("two types have the name `BowlResponse`: rename a schema")
    );
    Ok(())
}

#[test]
fn a_reference_that_leads_nowhere_is_refused() -> Outcome {
    let spec = spec(&[("/a", "Apples", "Bag")], "")?;
    let message = Plan::new(&spec).map_err(|error| error.to_string()).err();
    assert_eq!(message.as_deref(), Some("there is no schema `Bag`"));
    Ok(())
}

/// A description in which each path answers with one schema, and takes the one that is sent, if any.
fn spec(paths: &[(&str, &str, &str)], sent: &str) -> Result<Spec, serde_json::Error> {
    let content = |schema: &str| {
        let reference = format!("#/components/schemas/{schema}");
        json!({"application/json": {"schema": {"$ref": reference}}})
    };
    let mut described = serde_json::Map::new();
    for (path, tag, received) in paths {
        let mut operation = json!({
            "operationId": received, "tags": [tag], "summary": "Fetches.", "x-since": "1.0",
            "responses": {"200": {"content": content(received)}},
        });
        if !sent.is_empty() {
            operation["requestBody"] = json!({"required": true, "content": content(sent)});
        }
        described.insert((*path).to_owned(), json!({"get": operation}));
    }
    let colour = json!({"$ref": "#/components/schemas/Colour"});
    serde_json::from_value(json!({
        "openapi": "3.0.3", "info": {}, "paths": described,
        "components": {"schemas": {
            "Basket": {"type": "object", "properties": {"colour": colour}},
            "Bowl": {"type": "object", "properties": {"colours": {"type": "array", "items": colour}}},
            "BowlResponse": {"type": "object"},
            "Colour": {"type": "string", "enum": ["red"]},
        }},
    }))
}
