//! What the registry and docs.rs show of each crate is in its manifest.

use cargo_metadata::Package;

use super::Context;
use crate::steps::{Outcome, StepResult};
use crate::workspace;

pub(super) fn check(context: &Context) -> StepResult {
    let packages: Vec<_> = workspace::published(&context.metadata).collect();
    let faults = packages.iter().flat_map(|package| faults(package));
    Ok(Outcome::of_faults(
        faults.collect(),
        format!("{} crates", packages.len()),
    ))
}

/// What is missing in one manifest.
fn faults(package: &Package) -> Vec<String> {
    let name = &package.name;
    let mut faults = Vec::new();
    let mut require = |holds: bool, what: &str| {
        if !holds {
            faults.push(format!("{name}: {what}"));
        }
    };
    require(
        package
            .description
            .as_ref()
            .is_some_and(|it| !it.trim().is_empty()),
        "`description` is missing",
    );
    let page = format!("https://docs.rs/{name}");
    if workspace::has_library(package) {
        require(
            package.documentation.as_ref() == Some(&page),
            &format!("`documentation` must be \"{page}\""),
        );
        // Without it docs.rs builds the default features, and marks none.
        let docs_rs = &package.metadata["docs"]["rs"];
        let rustdoc_args = docs_rs["rustdoc-args"].as_array();
        require(
            rustdoc_args.is_some_and(|args| args.iter().any(|it| it == "docsrs")),
            "`package.metadata.docs.rs` must pass `--cfg docsrs`",
        );
        require(
            package.features.is_empty() || docs_rs["all-features"] == true,
            "`package.metadata.docs.rs` must set `all-features`",
        );
    }
    // The registry rejects more.
    let keywords = package.keywords.len();
    require(
        (1..=5).contains(&keywords),
        "`keywords` must have one to five entries",
    );
    let categories = package.categories.len();
    require(
        (1..=5).contains(&categories),
        "`categories` must have one to five entries",
    );
    require(
        package.license.as_deref() == Some("MIT OR Apache-2.0"),
        "`license` must be \"MIT OR Apache-2.0\"",
    );
    require(
        package.readme.as_ref().is_some_and(|it| it == "README.md"),
        "`readme` must be \"README.md\", in the crate's own folder",
    );
    require(
        package.repository.is_some(),
        "`repository` is missing: inherit it with `repository.workspace = true`",
    );
    require(package.rust_version.is_some(), "`rust-version` is missing");
    faults
}

#[cfg(test)]
mod tests;
