//! Tests of how the command line is read.

use super::*;

#[test]
fn tidy_is_a_command() {
    assert_eq!(parse_words(&["tidy"]), Ok(Command::Tidy));
}

#[test]
fn new_vendor_needs_a_name() {
    let name = "orchard".to_owned();
    assert_eq!(
        parse_words(&["new-vendor", "orchard"]),
        Ok(Command::NewVendor { name })
    );
    assert_eq!(
        parse_words(&["new-vendor"]),
        Err(Mistake::MissingArgument("NAME"))
    );
    let extra = Mistake::UnexpectedArgument("more".to_owned());
    assert_eq!(parse_words(&["new-vendor", "orchard", "more"]), Err(extra));
}

#[test]
fn bench_takes_its_flags_in_any_order() {
    assert_eq!(
        parse_words(&["bench"]),
        Ok(Command::Bench(BenchOptions::default()))
    );
    assert_eq!(
        parse_words(&["bench", "--write", "--quick"]),
        Ok(Command::Bench(BenchOptions {
            quick: true,
            build: false,
            write: true
        }))
    );
    assert_eq!(
        parse_words(&["bench", "--fast"]),
        Err(Mistake::UnexpectedArgument("--fast".to_owned()))
    );
}

#[test]
fn codegen_is_a_command_that_may_only_check() {
    for (words, check) in [(&["codegen"][..], false), (&["codegen", "--check"], true)] {
        assert_eq!(parse_words(words), Ok(Command::Codegen { check }));
    }
    assert_eq!(
        parse_words(&["codegen", "--force"]),
        Err(Mistake::UnexpectedArgument("--force".to_owned()))
    );
}

#[test]
fn help_goes_by_the_usual_names() {
    for name in ["help", "--help", "-h"] {
        assert_eq!(parse_words(&[name]), Ok(Command::Help), "{name}");
    }
}

#[test]
fn every_command_in_the_usage_is_understood() {
    for (name, summary) in COMMANDS {
        let is_known = |words: &[&str]| parse_words(words).is_ok();
        assert!(is_known(&[name]) || is_known(&[name, "argument"]), "{name}");
        assert!(usage().contains(summary), "{name}");
    }
}

#[test]
fn an_unknown_command_is_a_mistake() {
    assert_eq!(
        parse_words(&["tidie"]),
        Err(Mistake::UnknownCommand("tidie".to_owned()))
    );
}

#[test]
fn no_command_is_a_mistake() {
    assert_eq!(parse_words(&[]), Err(Mistake::NoCommand));
}

#[test]
fn an_argument_that_nobody_reads_is_a_mistake() {
    assert_eq!(
        parse_words(&["tidy", "--fix"]),
        Err(Mistake::UnexpectedArgument("--fix".to_owned()))
    );
}

fn parse_words(words: &[&str]) -> Result<Command, Mistake> {
    parse(words.iter().map(|&word| word.to_owned()))
}
