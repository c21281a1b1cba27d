//! Clippy over the states of the code that differ.

use std::path::Path;

use crate::process::{cargo, succeed};
use crate::workspace::{self, BASE};

/// Lints everything with all features, then the libraries with few.
///
/// The default features have no pass of their own: their code is linted with all features, except for a few lines that are
/// compiled only without one of the others, which `cargo xtask features` compiles with warnings denied.
pub(super) fn run(root: &Path) -> Result<(), String> {
    clippy(root, &["--workspace", "--all-features"])?;
    let metadata = workspace::metadata(root).map_err(|error| error.to_string())?;
    for selection in few(&workspace::libraries(&metadata)) {
        let selection: Vec<_> = selection.iter().map(String::as_str).collect();
        clippy(root, &selection)?;
    }
    Ok(())
}

/// The selections without default features.
///
/// The other libraries' tests use a vendor crate with its client, which turns features of auth-core on: they have a build of their own.
fn few(libraries: &[String]) -> Vec<Vec<String>> {
    let is_of_the_family = |name: &String| name == BASE || name.ends_with("-auth");
    let (family, others): (Vec<_>, Vec<_>) = libraries.iter().partition(|it| is_of_the_family(it));
    let of = |packages: &[&String]| {
        let mut words = vec!["--no-default-features".to_owned()];
        for package in packages {
            words.extend(["--package".to_owned(), (*package).clone()]);
        }
        words
    };
    let mut selections = vec![of(&family), of(&others)];
    for features in ["reqwest", "reqwest,native-tls"] {
        let mut words = of(&[&BASE.to_owned()]);
        words.extend(["--features".to_owned(), features.to_owned()]);
        selections.push(words);
    }
    selections
}

fn clippy(root: &Path, selection: &[&str]) -> Result<(), String> {
    succeed(
        cargo(root)
            .args(["clippy", "--quiet", "--locked", "--all-targets"])
            .args(selection)
            .args(["--", "-D", "warnings"]),
    )
}

#[cfg(test)]
mod tests;
