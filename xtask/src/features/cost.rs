//! What a feature costs: the crates that it adds to a program with the default HTTP client.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::process::Command;

/// Counts what each feature adds.
pub(super) fn measure(
    root: &Path,
    package: &str,
    features: &[String],
) -> Result<Vec<(String, usize)>, Box<dyn Error>> {
    let mut costs = Vec::new();
    for feature in features {
        let (without, with) = match feature.as_str() {
            CLIENT => (String::new(), CLIENT.to_owned()),
            other => (CLIENT.to_owned(), format!("{CLIENT},{other}")),
        };
        let added = count(root, package, &with)?.saturating_sub(count(root, package, &without)?);
        costs.push((feature.clone(), added));
    }
    Ok(costs)
}

fn count(root: &Path, package: &str, features: &str) -> Result<usize, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args([
            "tree",
            "--locked",
            "--package",
            package,
            "--edges",
            "normal",
        ])
        .args(["--prefix", "none", "--format", "{p}"])
        .args(["--no-default-features", "--features", features])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(distinct(&String::from_utf8(output.stdout)?))
}

/// A crate that occurs again has a star behind it.
pub(super) fn distinct(tree: &str) -> usize {
    let names = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    names
        .filter(|name| !name.is_empty())
        .collect::<BTreeSet<_>>()
        .len()
}

/// The default HTTP client, on which most other features build.
const CLIENT: &str = "reqwest";
