//! Tests that a description says the same in either version.

use serde_json::json;

use super::super::emit::files;
use super::super::spec::Spec;
use super::*;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const ORCHARD: &str = include_str!("../emit/orchard.json");

#[test]
fn the_same_description_in_3_1_is_written_the_same() -> Outcome {
    let mut newer = ORCHARD.to_owned();
    for (from, to) in [
        (r#""openapi": "3.0.3""#, r#""openapi": "3.1.0""#),
        (
            r#""type": "string", "nullable": true"#,
            r#""type": ["string", "null"]"#,
        ),
        (
            r#""type": "string", "x-also-type": "integer""#,
            r#""type": ["string", "integer", "null"]"#,
        ),
        (
            r##""dryRun": { "type": "boolean" }"##,
            r##""dryRun": { "type": ["boolean"], "examples": [true] }"##,
        ),
        (
            r##""gate": { "$ref": "#/components/schemas/GateId" }"##,
            r##""gate": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/GateId" }] }"##,
        ),
        (
            r##""kind": { "$ref": "#/components/schemas/FruitKind" } }
      },
      "FruitKind""##,
            r##""kind": { "anyOf": [{ "$ref": "#/components/schemas/FruitKind" }, { "type": "null" }] } }
      },
      "FruitKind""##,
        ),
    ] {
        assert!(newer.contains(from), "{from}");
        newer = newer.replace(from, to);
    }
    let written = files(&Spec::parse(&newer)?)?;
    assert_eq!(written, files(&Spec::parse(ORCHARD)?)?);
    Ok(())
}

#[test]
fn null_among_the_types_makes_a_required_member_optional() -> Outcome {
    let required = r#""required": ["branches", "kind", "passphrase", "until"]"#;
    let newer = ORCHARD.replace("3.0.3", "3.1.1").replace(
        r#""branches": { "type": "array""#,
        r#""branches": { "type": ["array", "null"]"#,
    );
    assert!(newer.contains(required));
    let written = files(&Spec::parse(&newer)?)?;
    let trees = written.iter().find(|(name, _)| name == "trees.rs");
    let (_, trees) = trees.ok_or("no trees")?;
    assert!(trees.contains("branches: Option<Vec<i64>>"), "{trees}");
    Ok(())
}

#[test]
fn a_constant_is_an_enum_and_a_member_of_that_name_is_none() -> Outcome {
    let constant = as_3_0(json!({"const": "apple"}))?;
    assert_eq!(constant, json!({"enum": ["apple"]}));
    let member = json!({"const": {"type": "string"}, "examples": {"type": "string"}, "type": {"type": "string"}});
    assert_eq!(as_3_0(member.clone())?, member);
    Ok(())
}

#[test]
fn what_has_no_counterpart_is_refused() {
    let text = |schema: &str| {
        format!(
            r#"{{"openapi": "3.1.0", "info": {{}}, "paths": {{}}, "components": {{"schemas": {{"A": {schema}}}}}}}"#
        )
    };
    for (schema, message) in [
        (
            r#"{"type": ["string", "integer", "boolean"]}"#,
            "has the types",
        ),
        (r#"{"type": ["null"]}"#, "has the types"),
        (
            r#"{"oneOf": [{"type": "string"}, {"type": "integer"}]}"#,
            "oneOf is understood only",
        ),
        (
            r#"{"anyOf": [{"type": "null"}]}"#,
            "anyOf is understood only",
        ),
        (r#"{"prefixItems": []}"#, "unknown field `prefixItems`"),
    ] {
        let error = Spec::parse(&text(schema)).map(drop);
        let error = error.map_err(|error| error.to_string()).err();
        assert!(
            error.as_ref().is_some_and(|error| error.contains(message)),
            "{schema}: {error:?}"
        );
    }
}

#[test]
fn another_version_is_refused() {
    for version in ["2.0", "3.2.0", "3", "31.0"] {
        let text = format!(r#"{{"openapi": "{version}"}}"#);
        let error = version_of(&text).map_err(|error| error.to_string());
        let message = format!("OpenAPI {version} is not understood: use 3.0 or 3.1");
        assert_eq!(error, Err(message));
    }
    assert_eq!(
        version_of(r#"{"openapi": "3.0.3"}"#).ok(),
        Some(Version::V3_0)
    );
    assert_eq!(
        version_of(r#"{"openapi": "3.1.0"}"#).ok(),
        Some(Version::V3_1)
    );
}
