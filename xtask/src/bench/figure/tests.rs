//! Tests of how figures are read and judged.

use super::*;

/// A figure of the group `hot path`, for the tests of what is made of figures.
pub(crate) fn figure(
    what: &str,
    measured: f64,
    reference: Option<f64>,
    limit: Option<f64>,
) -> Figure {
    Figure {
        group: "hot path".to_owned(),
        what: what.to_owned(),
        unit: "ns".to_owned(),
        measured,
        reference,
        limit,
    }
}

#[test]
fn a_line_of_json_is_a_figure_and_other_lines_are_not() {
    let output = "running 1 test\n{\"group\":\"hot path\",\"what\":\"call\",\"unit\":\"ns\",\"measured\":40.0,\"reference\":50.0,\"limit\":null}\n\n";
    assert_eq!(
        parse(output).unwrap(),
        [figure("call", 40.0, Some(50.0), None)]
    );
}

#[test]
fn a_figure_with_a_member_that_nobody_knows_is_an_error() {
    assert!(parse("{\"group\":\"hot path\",\"colour\":\"red\"}").is_err());
}

#[test]
fn with_a_reference_the_limit_is_a_multiple_of_it() {
    assert_eq!(figure("", 40.0, Some(50.0), Some(0.8)).is_met(), Some(true));
    assert_eq!(
        figure("", 41.0, Some(50.0), Some(0.8)).is_met(),
        Some(false)
    );
    assert_eq!(figure("", 40.0, Some(50.0), Some(0.8)).ratio(), Some(0.8));
}

#[test]
fn without_a_reference_the_limit_is_a_number() {
    assert_eq!(figure("", 1.0, None, Some(1.0)).is_met(), Some(true));
    assert_eq!(figure("", 2.0, None, Some(1.0)).is_met(), Some(false));
}

#[test]
fn nothing_against_nothing_is_met_and_has_no_ratio() {
    let nothing = figure("", 0.0, Some(0.0), Some(1.0));
    assert_eq!((nothing.is_met(), nothing.ratio()), (Some(true), None));
    assert_eq!(figure("", 1.0, Some(0.0), Some(1.0)).is_met(), Some(false));
}

#[test]
fn without_a_limit_nothing_was_promised() {
    assert_eq!(figure("", 1.0, Some(1.0), None).is_met(), None);
}
