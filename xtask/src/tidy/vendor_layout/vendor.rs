//! What a vendor crate shows of itself to someone who compares it with another one.

use std::collections::BTreeSet;

use pulldown_cmark::HeadingLevel;

use crate::tidy::code::parse;
use crate::tidy::document::Document;
use crate::tidy::manifest::Manifest;
use crate::tidy::tree::Tree;
use crate::tidy::use_tree::exports;
use crate::tidy::violation::Violation;

/// One vendor crate, without what it alone is allowed to have.
pub(crate) struct Vendor<'a> {
    pub(crate) name: &'a str,
    pub(crate) features: BTreeSet<String>,
    /// What the crate depends on, with the line that says so.
    pub(crate) dependencies: Vec<(String, usize)>,
    /// The headings of the second and third level with their hashes, each with its line.
    pub(crate) headings: Vec<(String, usize)>,
    /// What `lib.rs` exports, if there is one.
    pub(crate) exports: Option<BTreeSet<String>>,
    /// Why something could not be read.
    pub(crate) faults: Vec<Violation>,
}

impl<'a> Vendor<'a> {
    pub(crate) fn read(tree: &Tree, name: &'a str) -> Self {
        let mut vendor = Self {
            name,
            features: BTreeSet::new(),
            dependencies: Vec::new(),
            headings: Vec::new(),
            exports: None,
            faults: Vec::new(),
        };
        if let Some(text) = vendor.text(tree, LIBRARY) {
            match parse(&vendor.path(LIBRARY), text) {
                Ok(file) => {
                    let leaves = exports(&file).into_iter();
                    vendor.exports = Some(leaves.map(|leaf| leaf.name).collect());
                }
                Err(violation) => vendor.faults.push(violation),
            }
        }
        if let Some(text) = vendor.text(tree, MANIFEST) {
            vendor.read_manifest(text);
        }
        if let Some(text) = vendor.text(tree, README) {
            vendor.headings = headings(text);
        }
        vendor
    }

    /// From the root of the workspace to a file of this crate.
    pub(crate) fn path(&self, file: &str) -> String {
        format!("crates/{}/{file}", self.name)
    }

    /// The text of a file that every vendor has to have.
    fn text<'t>(&mut self, tree: &'t Tree, file: &str) -> Option<&'t str> {
        let text = tree.text(&self.path(file));
        if text.is_none() {
            self.faults.push(Violation::new(
                self.path(file),
                1,
                "is missing: every vendor has it",
            ));
        }
        text
    }

    fn read_manifest(&mut self, text: &str) {
        match Manifest::parse(text) {
            Ok(manifest) => {
                let features = manifest.table(&["features"]).unwrap_or_default();
                let features = features
                    .iter()
                    .map(|entry| entry.name)
                    .filter(|feature| !self.is_own_feature(feature));
                self.features = features.map(str::to_owned).collect();
                // A dependency may go by another name than its crate.
                let dependencies = manifest.dependencies();
                let dependencies = dependencies.iter().map(|entry| {
                    let package = entry.get("package").and_then(|package| package.as_str());
                    (package.unwrap_or(entry.name).to_owned(), entry.line)
                });
                self.dependencies = dependencies.collect();
            }
            Err((line, message)) => {
                self.faults
                    .push(Violation::new(self.path(MANIFEST), line, message))
            }
        }
    }

    fn is_own_feature(&self, feature: &str) -> bool {
        self.has_admin() && feature == "admin"
    }

    /// Run:ai alone has an API for its administration.
    fn has_admin(&self) -> bool {
        self.name == "runai-auth"
    }
}

fn headings(text: &str) -> Vec<(String, usize)> {
    let headings = Document::parse(text).headings.into_iter();
    headings
        .filter(|heading| matches!(heading.level, HeadingLevel::H2 | HeadingLevel::H3))
        .map(|heading| {
            (
                format!("{} {}", "#".repeat(heading.level as usize), heading.text),
                heading.line,
            )
        })
        .collect()
}

pub(crate) const LIBRARY: &str = "src/lib.rs";
pub(crate) const MANIFEST: &str = "Cargo.toml";
pub(crate) const README: &str = "README.md";
