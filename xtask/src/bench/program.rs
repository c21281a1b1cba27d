//! What a vendor crate brings into a program: how many crates, and how long they take to build.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::cpu;
use super::figure::Figure;
use crate::process::{self, succeed};

/// Counts the crates below a program with one vendor crate and default features, for each vendor.
pub(crate) fn count_crates(root: &Path) -> Result<Vec<Figure>, Box<dyn Error>> {
    let mut figures = Vec::new();
    for vendor in ["datasaur", "maia", "runai"] {
        let name = format!("with-{vendor}-auth");
        let folder = write_package(root, &name, &with_vendor(root, vendor), "fn main() {}\n")?;
        let output = cargo(&folder)
            .args(["tree", "--edges", "normal", "--prefix", "none"])
            .output()?;
        if !output.status.success() {
            return Err(format!("cargo tree failed for {name}: {}", output.status).into());
        }
        figures.push(Figure {
            group: "program".to_owned(),
            what: format!("crates below a program with `{vendor}-auth`"),
            unit: String::new(),
            measured: count(&String::from_utf8(output.stdout)?) as f64,
            reference: None,
            limit: Some(MOST_CRATES),
        });
    }
    Ok(figures)
}

/// Builds a program with a vendor crate, and the same on bare reqwest, from nothing.
pub(crate) fn build(root: &Path) -> Result<Figure, Box<dyn Error>> {
    let vendor = write_package(
        root,
        "program",
        &with_vendor(root, "maia"),
        include_str!("programs/vendor.rs"),
    )?;
    let bare = write_package(root, "bare", BARE, include_str!("programs/bare.rs"))?;
    // Both are fetched before either is built.
    for folder in [&vendor, &bare] {
        succeed(cargo(folder).args(["fetch", "--quiet"]))?;
    }
    Ok(Figure {
        group: "program".to_owned(),
        what: "clean release build with `maia-auth` against bare reqwest, processor time"
            .to_owned(),
        unit: "s".to_owned(),
        measured: build_from_nothing(&vendor, RELEASE)?.as_secs_f64(),
        reference: Some(build_from_nothing(&bare, RELEASE)?.as_secs_f64()),
        limit: Some(SLOWER_BUILD),
    })
}

pub(super) fn build_from_nothing(
    folder: &Path,
    arguments: &[&str],
) -> Result<Duration, Box<dyn Error>> {
    let target = folder.join("target");
    match fs::remove_dir_all(&target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let before = cpu::of_children()?;
    succeed(cargo(folder).args(["build", "--quiet"]).args(arguments))?;
    Ok(cpu::of_children()? - before)
}

/// Cargo in that folder, with a target folder of its own, whatever the caller's is.
pub(super) fn cargo(folder: &Path) -> Command {
    let mut command = process::cargo(folder);
    command.env("CARGO_TARGET_DIR", folder.join("target"));
    command
}

/// Writes a package below `target`, with the workspace's own choice of versions.
pub(super) fn write_package(
    root: &Path,
    name: &str,
    dependencies: &str,
    program: &str,
) -> io::Result<PathBuf> {
    let folder = root.join("target/programs").join(name);
    fs::create_dir_all(folder.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/main.rs"), program)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(folder)
}

fn with_vendor(root: &Path, vendor: &str) -> String {
    let path = root.join("crates").join(format!("{vendor}-auth"));
    format!("{vendor}-auth = {{ path = {path:?} }}\nhttp = \"1\"\n{TOKIO}")
}

/// Counts the crates of a tree, each once and the program itself not.
pub(super) fn count(tree: &str) -> usize {
    tree.lines()
        .skip(1)
        // What was shown before, and a macro, is marked behind the version.
        .filter_map(|line| line.split(" (").next())
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<BTreeSet<_>>()
        .len()
}

pub(super) const TOKIO: &str =
    "tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n";

/// The same TLS as the vendor crates have: rustls on ring, with the system's certificate authorities.
pub(super) const BARE: &str = r#"reqwest = { version = "0.13", default-features = false, features = ["form", "json", "rustls-no-provider"] }
rustls = { version = "0.23", default-features = false, features = ["logging", "ring", "std", "tls12"] }
serde = { version = "1", features = ["derive"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
"#;

const RELEASE: &[&str] = &["--release"];

/// The same program on bare reqwest has about a hundred.
const MOST_CRATES: f64 = 120.0;

const SLOWER_BUILD: f64 = 1.25;

#[cfg(test)]
mod tests;
