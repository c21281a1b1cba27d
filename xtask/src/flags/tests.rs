//! Tests of the command line.

use clap::CommandFactory;
use clap::error::ErrorKind;

use super::*;

#[test]
fn the_definition_is_consistent() {
    Flags::command().debug_assert();
}

#[test]
fn codegen_and_api_compare_only_if_told_to() {
    for check in [false, true] {
        let with = |name: &'static str| match check {
            true => vec![name, "--check"],
            false => vec![name],
        };
        assert_eq!(parsed(&with("codegen")), Ok(Command::Codegen { check }));
        assert_eq!(parsed(&with("api")), Ok(Command::Api { check }));
    }
}

#[test]
fn ci_runs_the_stages_named_without_those_excepted() {
    assert_eq!(parsed(&["ci"]), Ok(Command::Ci(CiOptions::default())));
    assert_eq!(
        parsed(&["ci", "lint", "test", "--except", "lint"]),
        Ok(Command::Ci(CiOptions {
            stages: vec![Stage::Lint, Stage::Test],
            except: vec![Stage::Lint],
        }))
    );
    assert_eq!(parsed(&["ci", "lunch"]), Err(ErrorKind::InvalidValue));
}

#[test]
fn new_vendor_needs_one_name() {
    let name = "orchard".to_owned();
    let needed = Err(ErrorKind::MissingRequiredArgument);
    assert_eq!(
        parsed(&["new-vendor", "orchard"]),
        Ok(Command::NewVendor { name })
    );
    assert_eq!(parsed(&["new-vendor"]), needed);
    assert_eq!(
        parsed(&["new-vendor", "orchard", "more"]),
        Err(ErrorKind::UnknownArgument)
    );
}

#[test]
fn an_option_of_another_command_is_an_error() {
    assert_eq!(
        parsed(&["tidy", "--check"]),
        Err(ErrorKind::UnknownArgument)
    );
    assert_eq!(
        parsed(&["release", "check", "--pairs"]),
        Err(ErrorKind::UnknownArgument)
    );
}

#[test]
fn the_help_of_ci_lists_every_stage() {
    let mut command = Flags::command();
    let ci = command.find_subcommand_mut("ci").unwrap();
    let help = ci.render_long_help().to_string();
    for stage in Stage::ALL {
        assert!(help.contains(&format!("- {}:", stage.name())), "{help}");
    }
}

fn parsed(words: &[&str]) -> Result<Command, ErrorKind> {
    let words = std::iter::once("xtask").chain(words.iter().copied());
    Flags::try_parse_from(words)
        .map(|flags| flags.command)
        .map_err(|error| error.kind())
}
