//! `cargo xtask compile-cost`: what a vendor crate adds to a build, beside bare reqwest and other crates.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use super::machine::Machine;
use super::program::{BARE, TOKIO, build_from_nothing, cargo, count, write_package};
use crate::process::{read, succeed};
use crate::workspace;

/// A program that only depends on what is measured.
#[derive(Debug)]
struct Program {
    what: String,
    dependencies: String,
    /// Whether its versions are those of the workspace's lock file; else the newest that fit.
    is_locked: bool,
}

#[derive(Debug)]
struct Cost {
    what: String,
    crates: usize,
    seconds: f64,
}

/// Builds each program from nothing, and writes what it took to the document.
pub(crate) fn run() -> Result<ExitCode, Box<dyn Error>> {
    let root = workspace::root()?;
    let mut costs = Vec::new();
    for program in programs(&root) {
        let cost = measure(&root, &program)?;
        let Cost {
            what,
            crates,
            seconds,
        } = &cost;
        writeln!(
            io::stdout().lock(),
            "{what}: {crates} crates, {seconds:.1} s"
        )?;
        costs.push(cost);
    }
    fs::write(root.join(DOCUMENT), document(&costs, &Machine::here()?))?;
    writeln!(io::stdout().lock(), "written to {DOCUMENT}")?;
    Ok(ExitCode::SUCCESS)
}

/// Bare reqwest comes first: the others are compared with it.
fn programs(root: &Path) -> Vec<Program> {
    let locked = |what: String, dependencies: String| Program {
        what,
        dependencies,
        is_locked: true,
    };
    let vendor = |what: &str, name: &str, with: &str| {
        let path = root.join("crates").join(name);
        locked(
            what.to_owned(),
            format!("{name} = {{ path = {path:?}{with} }}\n{TOKIO}"),
        )
    };
    let mut programs = vec![locked("bare `reqwest`".to_owned(), BARE.to_owned())];
    for name in ["datasaur-auth", "maia-auth", "runai-auth"] {
        programs.push(vendor(&format!("`{name}`"), name, ""));
    }
    programs.push(vendor(
        "`maia-auth` without default features",
        "maia-auth",
        ", default-features = false",
    ));
    programs.push(vendor(
        "`maia-auth`, `native-tls` instead of `rustls`",
        "maia-auth",
        ", default-features = false, features = [\"reqwest\", \"native-tls\"]",
    ));
    for feature in [
        "gzip",
        "http2",
        "blocking",
        "metrics",
        "store",
        "store-file",
        "tower",
    ] {
        programs.push(vendor(
            &format!("`maia-auth` and `{feature}`"),
            "maia-auth",
            &format!(", features = [\"{feature}\"]"),
        ));
    }
    programs.push(vendor(
        "`runai-auth` and `admin`",
        "runai-auth",
        ", features = [\"admin\"]",
    ));
    let paths = ["maia-auth", "auth-store-redis"].map(|name| {
        let path = root.join("crates").join(name);
        format!("{name} = {{ path = {path:?} }}\n")
    });
    programs.push(locked(
        "`maia-auth` and `auth-store-redis`".to_owned(),
        format!("{}{TOKIO}", paths.concat()),
    ));
    programs.extend(PEERS.iter().map(|(what, dependencies)| Program {
        what: (*what).to_owned(),
        dependencies: format!("{dependencies}{TOKIO}"),
        is_locked: false,
    }));
    programs
}

fn measure(root: &Path, program: &Program) -> Result<Cost, Box<dyn Error>> {
    let name = "compile-cost";
    let main = "fn main() {}\n";
    let folder = write_package(root, name, &program.dependencies, main)?;
    if !program.is_locked {
        fs::remove_file(folder.join("Cargo.lock"))?;
    }
    // Downloads are not part of the time.
    succeed(cargo(&folder).args(["fetch", "--quiet"]))?;
    let tree = ["tree", "--edges", "normal", "--prefix", "none"];
    let tree = read(cargo(&folder).args(tree))?;
    let seconds = build_from_nothing(&folder, &[])?.as_secs_f64();
    fs::remove_dir_all(folder.join("target"))?;
    Ok(Cost {
        what: match program.is_locked {
            true => program.what.clone(),
            false => format!("{} {}", program.what, version(&tree, &program.dependencies)),
        },
        crates: count(&tree),
        seconds,
    })
}

/// The version of the first dependency, as the tree shows it.
fn version(tree: &str, dependencies: &str) -> String {
    let name = dependencies.split(' ').next().unwrap_or_default();
    let line = tree
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name} v")));
    let version = line.and_then(|rest| rest.split_whitespace().next());
    version.unwrap_or_default().to_owned()
}

fn document(costs: &[Cost], machine: &Machine) -> String {
    let Machine {
        cores,
        model,
        rustc,
        date,
    } = machine;
    let bare = costs.first().map_or(1.0, |cost| cost.seconds);
    let mut text = format!(
        "{INTRODUCTION}\n| program with | crates | processor time | against bare reqwest |\n|---|---|---|---|\n"
    );
    for Cost {
        what,
        crates,
        seconds,
    } in costs
    {
        let ratio = seconds / bare;
        text.push_str(&format!(
            "| {what} | {crates} | {seconds:.1} s | {ratio:.2} × |\n"
        ));
    }
    text.push_str(&format!(
        "\n## How it was measured\n\n* command: `cargo xtask compile-cost`\n* date: {date}\n* machine: {cores} cores, {model}\n* compiler: {rustc}\n\n{NOTES}"
    ));
    text
}

const INTRODUCTION: &str = "\
# Compile cost

Written by `cargo xtask compile-cost`; edit `xtask/src/bench/compile_cost.rs` instead.

What a clean build of a program takes that depends on one crate and on tokio, in the dev profile.
";

const NOTES: &str = "\
* The crates are those that cargo compiles for the program, macros and their dependencies included, each version once.
* The processor time is that of cargo and all it starts, with an empty target folder; the wall clock shows less on a machine with several cores.
* Each program is built once, so a difference of a few per cent means nothing.
* Bare reqwest has the TLS that the vendor crates have: rustls on ring, with the system's certificate authorities.
  A program that already depends on reqwest pays only the difference.
* The other crates have the features that a program needs to obtain tokens over https, in the newest versions on that date.
  Their TLS differs: aws-lc-rs, where it is used, compiles C code.
";

const DOCUMENT: &str = "docs/compile-cost.md";

/// Crates for the same purpose, with their default features where these are enough.
const PEERS: &[(&str, &str)] = &[
    (
        "`oauth2` with reqwest",
        "oauth2 = { version = \"5\", default-features = false, features = [\"reqwest\", \"rustls-tls\"] }\n",
    ),
    ("`google-cloud-auth`", "google-cloud-auth = \"1\"\n"),
    ("`azure_identity`", "azure_identity = \"*\"\n"),
    ("`gcp_auth`", "gcp_auth = \"0.12\"\n"),
    ("`yup-oauth2`", "yup-oauth2 = \"12\"\n"),
    (
        "`aliri_tokens`",
        "aliri_tokens = { version = \"0.3\", features = [\"oauth2\"] }\n",
    ),
];

#[cfg(test)]
mod tests;
