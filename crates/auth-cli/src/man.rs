//! `vauth man`: manual pages, generated from the arguments.

use std::fs;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use crate::arguments::{Arguments, ManArguments};
use crate::failure::Failure;
use crate::file_error::at;
use crate::output::print;

pub(crate) fn run(arguments: &ManArguments) -> Result<(), Failure> {
    let mut command = Arguments::command();
    // Gives each subcommand its full name, such as `vauth-runai-apps`.
    command.build();
    match &arguments.dir {
        None => print(&page(&command)?),
        Some(folder) => {
            fs::create_dir_all(folder)
                .map_err(|error| Failure::System("cannot create the folder", at(folder, &error)))?;
            write(&command, folder)
        }
    }
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    let man = Man::new(command.clone());
    man.render(&mut page)
        .map_err(|error| Failure::System("cannot write the manual page", error))?;
    Ok(page)
}

/// Writes the page of a command and of all below it, except for those that `help` repeats.
fn write(command: &Command, folder: &Path) -> Result<(), Failure> {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name());
    let path = folder.join(format!("{name}.1"));
    fs::write(&path, page(command)?)
        .map_err(|error| Failure::System("cannot write the manual page", at(&path, &error)))?;
    let below = command.get_subcommands();
    for subcommand in below.filter(|it| it.get_name() != "help" && !it.is_hide_set()) {
        write(subcommand, folder)?;
    }
    Ok(())
}
