//! Tests of the generated text, over a small description that has one of everything.

use std::fmt::Write as _;

use super::super::format::formatted;
use super::*;

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn a_small_description_is_written_like_this() -> Outcome {
    let root = crate::workspace::root()?;
    let mut all = String::new();
    for (name, text) in files(&Spec::parse(ORCHARD)?)? {
        writeln!(all, "==> {name} <==\n{}", formatted(&root, &text)?)?;
    }
    insta::assert_snapshot!(all);
    Ok(())
}

#[test]
fn a_value_that_is_called_unknown_is_read_and_written_by_the_variant_for_others() -> Outcome {
    let kinds = r#"["stone-fruit", "Nut"]"#;
    let text = ORCHARD.replace(kinds, r#"["stone-fruit", "Unknown", "Nut"]"#);
    assert_ne!(text, ORCHARD);
    assert_eq!(files(&Spec::parse(&text)?)?, files(&Spec::parse(ORCHARD)?)?);
    Ok(())
}

#[test]
fn the_order_of_the_description_does_not_matter() -> Outcome {
    let turned: serde_json::Value = serde_json::from_str(ORCHARD)?;
    // A map that sorts its keys, where the file has them in another order.
    let turned = serde_json::to_string(&turned)?;
    assert_ne!(turned, ORCHARD);
    assert_eq!(
        files(&Spec::parse(ORCHARD)?)?,
        files(&Spec::parse(&turned)?)?
    );
    Ok(())
}

#[test]
fn every_file_says_in_its_first_line_who_wrote_it() -> Outcome {
    for (name, text) in files(&Spec::parse(ORCHARD)?)? {
        let first = text.lines().next();
        assert!(first.is_some_and(|line| line.ends_with(MARK)), "{name}");
    }
    Ok(())
}

#[test]
fn what_no_helper_can_read_or_write_is_refused() {
    for (from, to, message) in [
        (
            r#""dryRun": { "type": "boolean" }"#,
            r#""dryRun": { "type": "string", "x-secret": true }"#,
            "`Pruning.dryRun` is an optional secret in a request, for which `wire.rs` has no helper",
        ),
        (
            r#""orchardId": { "type": "string", "x-also-type": "integer" }"#,
            r#""orchardId": { "type": "boolean", "x-also-type": "string" }"#,
            "x-secret or x-also-type stands where it is not understood",
        ),
        (
            r#""enum": ["stone-fruit", "Nut"]"#,
            r#""nullable": false, "properties": {"a": {"type": "object"}}"#,
            "an object or an enum has no name: make it a named schema",
        ),
        (
            r#""x-list": ["trees"]"#,
            r#""x-list": []"#,
            "the operation `prune_tree` returns an array and has no x-list",
        ),
        (
            r#""x-list": ["page", "gardens"]"#,
            r#""x-list": ["page", "beds"]"#,
            "the response of `get_gardens` holds no list of its x-list",
        ),
        (
            r#""name": "owner", "in": "query", "required": false"#,
            r#""name": "owner", "in": "query", "required": true"#,
            "the parameter `owner` of `get_gardens` is required in a query, for which there is no helper",
        ),
        (
            r#""explode": false"#,
            r#""explode": true"#,
            "the parameter `sortBy` of `get_gardens` has a type for which there is no helper",
        ),
    ] {
        let text = ORCHARD.replace(from, to);
        assert_ne!(text, ORCHARD, "{message}");
        let spec = Spec::parse(&text).unwrap();
        assert_eq!(files(&spec).unwrap_err().to_string(), message);
    }
}

const ORCHARD: &str = include_str!("orchard.json");
