//! Tests of which variables the help lists, and how.

use super::*;

#[test]
fn each_variable_of_each_vendor_is_listed_in_lines_that_fit() {
    let text = environment();
    for vendor in Vendor::ALL {
        for row in vendor.settings() {
            let is_listed = |variable: &str| {
                let mut words = text.split([' ', ',', ';', '\n']);
                words.any(|word| word == variable)
            };
            let variable = row.variable();
            let is_file = matches!(row.name(), "client_secret_file" | "password_file");
            let expected = variable.is_none_or(|variable| is_listed(variable) != is_file);
            assert!(expected, "{variable:?}: {text}");
        }
    }
    let variables = text.lines().filter(|line| line.starts_with("  "));
    assert!(variables.clone().count() >= Vendor::ALL.len());
    for line in variables {
        assert!(line.len() <= MAX_WIDTH, "{line}");
    }
}

#[test]
fn required_variables_come_before_the_semicolon() {
    let text = environment();
    let line = text.lines().find(|line| line.starts_with("  maia "));
    let expected = "  maia      MAIA_CLIENT_ID, MAIA_CLIENT_SECRET, MAIA_REGION; MAIA_TOKEN,";
    assert_eq!(line, Some(expected), "{text}");
}
