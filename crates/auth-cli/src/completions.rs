//! `vauth completions`: shell completion scripts.

mod fish;

use clap::{Arg, Command, CommandFactory as _, ValueHint};
use clap_complete::Shell;

use crate::arguments::{Arguments, CompletionsArguments};
use crate::failure::Failure;
use crate::output::print;

pub(crate) fn run(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let mut command = hinted(Arguments::command());
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
