//! `vauth completions`: shell completion scripts.

mod fish;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory as _, ValueHint};
use clap_complete::Shell;

use crate::arguments::{Arguments, CompletionsArguments};
use crate::failure::Failure;
use crate::output::print;
use crate::profiles::{SECRET_COMMAND, VENDOR};
use crate::vendor::Vendor;

pub(crate) fn run(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let names = setting_names();
    let command = Arguments::command().mut_subcommand("config", |config| {
        config.mut_subcommands(|command| with_setting_names(command, &names))
    });
    let mut command = hinted(command);
    let script = match arguments.shell {
        // The crate's script completes neither arguments nor the third level of commands.
        Shell::Fish => {
            command.build();
            fish::script(&command).into_bytes()
        }
        shell => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command, "vauth", &mut script);
            script
        }
    };
    print(&script)
}

/// Lists the settings as values of the arguments that name one; what they accept depends on the profile, so only the scripts do.
fn with_setting_names(command: Command, names: &[String]) -> Command {
    command.mut_args(|arg| match arg.get_id().as_str() {
        "key" | "keys" => arg.value_parser(PossibleValuesParser::new(names)),
        _ => arg,
    })
}

/// Returns the names of all vendors' settings, each once.
fn setting_names() -> Vec<String> {
    let rows = Vendor::ALL.into_iter().flat_map(Vendor::settings);
    let names = rows.filter(|row| row.variable().is_some());
    let names = names.map(|row| row.name().to_owned());
    let mut names: Vec<_> = names.collect();
    names.extend([VENDOR, SECRET_COMMAND].map(str::to_owned));
    names.sort_unstable();
    names.dedup();
    names
}

/// Without a hint, shells complete the names of files.
fn hinted(command: Command) -> Command {
    let hint = |arg: Arg| {
        let is_path = arg
            .get_value_names()
            .is_some_and(|names| names.iter().any(|name| name.as_str() == "PATH"));
        match arg.get_value_hint() {
            ValueHint::Unknown if !takes_values(&arg) => arg,
            ValueHint::Unknown if is_path => arg.value_hint(ValueHint::FilePath),
            ValueHint::Unknown => arg.value_hint(ValueHint::Other),
            _ => arg,
        }
    };
    command.mut_args(hint).mut_subcommands(hinted)
}

/// Returns true for an argument that has a value; before the command is built, clap only knows the action.
fn takes_values(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}
