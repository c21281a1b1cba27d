//! The tools that cargo does not bring along: found, or installed below `target`.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{cargo, output, read};

/// Where tools are looked for, and whether missing ones are installed.
#[derive(Debug)]
pub(super) struct Tools {
    root: PathBuf,
    install: bool,
}

/// A subcommand of cargo, in the version that is installed.
#[derive(Debug)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tools {
    pub(super) fn new(root: &Path, install: bool) -> Self {
        Self {
            root: root.to_owned(),
            install,
        }
    }

    /// Returns a command that starts the tool in the workspace, or why it cannot be had.
    pub(super) fn command(&self, tool: &Tool) -> Result<Command, String> {
        let ours = self.folder().join("bin").join(tool.name);
        for program in [ours.clone(), PathBuf::from(tool.name)] {
            if tool.is_at(&program) {
                return Ok(self.at_root(&program, tool));
            }
        }
        let Tool { name, version } = tool;
        if !self.install {
            return Err(format!("{name} {version} is not installed: pass --install"));
        }
        read(
            cargo(&self.root)
                // What is there is another version, or does not run.
                .args([
                    "install", "--quiet", "--locked", "--debug", "--force", "--root",
                ])
                .arg(self.folder())
                .arg(format!("{name}@{version}"))
                // Used a few times per release: compiling with optimisation takes longer than running without.
                .env("CARGO_PROFILE_DEV_DEBUG", "0")
                .env("CARGO_INCREMENTAL", "0")
                .env("CARGO_TARGET_DIR", self.build_folder()),
        )?;
        Ok(self.at_root(&ours, tool))
    }

    /// Returns whether what is missing may be downloaded.
    pub(super) fn installs(&self) -> bool {
        self.install
    }

    /// Removes what was left over from installing.
    pub(super) fn clean_up(&self) -> Result<(), Box<dyn Error>> {
        match fs::remove_dir_all(self.build_folder()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn at_root(&self, program: &Path, tool: &Tool) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        // As cargo calls its subcommands: with their name first.
        command.args(tool.name.strip_prefix("cargo-"));
        as_subcommand(&mut command);
        command
    }

    fn folder(&self) -> PathBuf {
        self.root.join("target/tools")
    }

    fn build_folder(&self) -> PathBuf {
        self.folder().join("build")
    }
}

impl Tool {
    /// Returns whether a program is this tool in this version: another one may find other faults.
    fn is_at(&self, program: &Path) -> bool {
        let mut command = Command::new(program);
        command.args(self.version_arguments());
        as_subcommand(&mut command);
        let told = output(&mut command);
        told.is_ok_and(|it| {
            let text = String::from_utf8_lossy(&it.stdout);
            it.status.success() && text.split_whitespace().any(|word| word == self.version)
        })
    }

    fn version_arguments(&self) -> impl Iterator<Item = &str> {
        self.name
            .strip_prefix("cargo-")
            .into_iter()
            .chain(["--version"])
    }
}

/// Sets the variables of a subcommand of cargo, without which some would take their name for an argument, and not those of `cargo run`.
fn as_subcommand(command: &mut Command) {
    command
        .env("CARGO", env!("CARGO"))
        .env_remove("CARGO_PKG_NAME");
}

/// Licences, bans, sources and advisories.
pub(super) const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
};

/// Dependencies that no code names.
pub(super) const MACHETE: Tool = Tool {
    name: "cargo-machete",
    version: "0.9.2",
};

/// Changes that break users.
pub(super) const SEMVER_CHECKS: Tool = Tool {
    name: "cargo-semver-checks",
    version: "0.51.0",
};
