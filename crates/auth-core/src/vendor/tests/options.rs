//! Tests of a vendor's own settings: from the environment, by name, and by the program.

use super::*;

#[test]
fn options_come_from_the_environment_and_the_programs_win() {
    let pairs = [("OTHER_REGION", "theirs"), ("EXAMPLE_AUDIENCE", "a")];
    let options = |builder: ConfigBuilder<Example>| {
        let config = builder.build().unwrap();
        let Options {
            region, audience, ..
        } = config.options().clone();
        (region.unwrap_or_default(), audience.unwrap_or_default())
    };
    let is = |region: &str, audience: &str| (region.to_owned(), audience.to_owned());
    assert_eq!(options(with(&pairs)), is("theirs", "a"));
    let ours = [&pairs[..], &[("EXAMPLE_REGION", "ours")]].concat();
    assert_eq!(options(with(&ours)), is("ours", "a"));
    assert_eq!(
        options(with(&ours).option("audience", "b")),
        is("ours", "b")
    );
    let set = with(&ours).options(|options| Options {
        region: Some("set".to_owned()),
        ..options
    });
    assert_eq!(options(set), is("set", "a"));
}

#[test]
fn an_empty_variable_is_unset_unless_the_setting_takes_it() {
    let config = with(&[("EXAMPLE_REGION", ""), ("EXAMPLE_AUDIENCE", "")]);
    let config = config.build().unwrap();
    assert_eq!(config.options().region, None);
    assert_eq!(config.options().audience.as_deref(), Some(""));
}

#[test]
fn an_unknown_option_is_named_with_those_that_there_are() {
    let error = fault(with(&[]).option("regoin", "eu").build());
    assert_eq!(
        error,
        "regoin is not an option of this vendor: use region, audience"
    );
    // Known, but not from text.
    let error = fault(with(&[]).option("external", "x").build());
    assert!(error.contains("external"), "{error}");
}

#[test]
fn a_bad_value_names_the_option_or_the_variable() {
    let error = fault(with(&[]).option("region", "nowhere").build());
    assert_eq!(error, "region is not a valid region");
    let error = fault(builder(&[("EXAMPLE_REGION", "nowhere")]));
    assert_eq!(error, "EXAMPLE_REGION is not a valid region");
    assert_eq!(
        fault(with(&[]).option("audience", "forbidden").build()),
        "audience is forbidden"
    );
}

#[test]
fn the_first_bad_option_is_the_one_that_is_reported() {
    let builder = with(&[])
        .option("region", "nowhere")
        .option("other", "x")
        .option("region", "eu");
    assert_eq!(fault(builder.build()), "region is not a valid region");
}

#[test]
fn the_table_states_a_default_base_url() {
    let table = settings_table::<Example>();
    let row = table.iter().find(|row| row.name() == "base_url").unwrap();
    assert_eq!(row.default(), "`https://default.example`");
    assert!(!row.is_required());
}
