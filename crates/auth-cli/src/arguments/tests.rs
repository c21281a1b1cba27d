//! Tests of rules for the arguments of all commands.

use clap::{Arg, Command, CommandFactory as _};

use super::*;

/// The arguments that take any text, each with its command.
fn texts(command: &Command, path: &str, found: &mut Vec<String>) {
    let takes_text = |arg: &&Arg| {
        let parser = format!("{:?}", arg.get_value_parser());
        arg.get_action().takes_values() && parser == "ValueParser::string"
    };
    for arg in command.get_arguments().filter(takes_text) {
        found.push(format!("{path} {}", arg.get_id()));
    }
    for sub in command.get_subcommands() {
        texts(sub, &format!("{path} {}", sub.get_name()), found);
    }
}

/// An empty name, id or the like would be ignored, or sent as it is.
#[test]
fn only_texts_that_name_nothing_may_be_empty() {
    let mut found = Vec::new();
    texts(&Arguments::command(), "vauth", &mut found);
    // Settings have rules of their own, and so has the name of a profile; all entries contain the empty text.
    found.retain(|it| {
        !it.contains(" setting:") && !it.ends_with(" profile") && !it.ends_with(" search")
    });
    let expected = [
        // Checked after parsing: an error of clap would repeat a text that may be a secret.
        "vauth request target",
        "vauth request method",
        "vauth request headers",
        "vauth request data",
        "vauth request data_raw",
        "vauth request form",
        "vauth request form_string",
        "vauth datasaur query graphql",
        "vauth datasaur query variables",
        "vauth maia run variables",
        "vauth runai departments create description",
        "vauth runai projects create description",
        // An empty value is an error with the setting's name.
        "vauth config set rest",
    ];
    assert_eq!(found, expected);
}
