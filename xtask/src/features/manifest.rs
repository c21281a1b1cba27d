//! A crate's features, and what the comments above them state.

use std::error::Error;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The features of one crate, in the order of its manifest.
#[derive(Debug)]
pub(crate) struct Manifest {
    package: String,
    kind: Kind,
    text: String,
    readme: String,
    features: Vec<String>,
    /// Those that only turn on auth-core's feature of the same name.
    forwarded: Vec<String>,
}

/// What users get from a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its README has a table of features.
    Library,
    Program,
}

impl Manifest {
    pub(super) fn read(root: &Path, package: &str, kind: Kind) -> Result<Self, Box<dyn Error>> {
        let folder = root.join("crates").join(package);
        let readme = std::fs::read_to_string(folder.join("README.md"))?;
        let text = std::fs::read_to_string(folder.join("Cargo.toml"))?;
        Self::parse(package, kind, text, readme)
    }

    pub(super) fn parse(
        package: &str,
        kind: Kind,
        text: String,
        readme: String,
    ) -> Result<Self, Box<dyn Error>> {
        let root = DeTable::parse(&text)?;
        let features = root.get_ref().get("features").map(Spanned::get_ref);
        let features = features.and_then(DeValue::as_table);
        let features = features.ok_or_else(|| format!("{package} has no features"))?;
        let is_forwarded = |name: &str, enables: &DeValue<'_>| {
            let forwarded = format!("auth-core/{name}");
            let enables = enables.as_array();
            enables.is_some_and(|enables| {
                let mut enables = enables.iter().map(|it| it.get_ref().as_str());
                enables.len() == 1 && enables.all(|it| it == Some(forwarded.as_str()))
            })
        };
        let mut names = Vec::new();
        let mut forwarded = Vec::new();
        for (name, enables) in features {
            let name = name.get_ref().to_string();
            if name == "default" {
                continue;
            }
            if is_forwarded(&name, enables.get_ref()) {
                forwarded.push(name.clone());
            }
            names.push(name);
        }
        Ok(Self {
            package: package.to_owned(),
            kind,
            features: names,
            forwarded,
            text,
            readme,
        })
    }

    pub(super) fn package(&self) -> &str {
        &self.package
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn features(&self) -> &[String] {
        &self.features
    }

    /// Returns true if the feature only turns on auth-core's feature of the same name, where its pairs are checked.
    pub(super) fn is_forwarded(&self, feature: &str) -> bool {
        self.forwarded.iter().any(|forwarded| forwarded == feature)
    }

    /// Compares the comment above a feature with what it costs.
    pub(super) fn check_cost(&self, feature: &str, crates: usize) -> Result<(), String> {
        let stated = match crates {
            0 => "Costs no crate".to_owned(),
            1 => "Costs one crate".to_owned(),
            crates => format!("Costs {crates} crates"),
        };
        if self.comment_of(feature).contains(&stated) {
            return Ok(());
        }
        Err(format!(
            "crates/{}/Cargo.toml: the comment above `{feature}` must say \"{stated}\"",
            self.package
        ))
    }

    /// Compares the last cell of a feature's row in a library's README with what it costs.
    pub(super) fn check_readme(&self, feature: &str, crates: usize) -> Result<(), String> {
        if self.kind == Kind::Program {
            return Ok(());
        }
        let stated = match crates {
            0 => "no crate".to_owned(),
            1 => "one crate".to_owned(),
            crates => format!("{crates} crates"),
        };
        let start = format!("| `{feature}`");
        let row = self.readme.lines().find(|line| line.starts_with(&start));
        let cost = row.and_then(|row| row.trim_end_matches(['|', ' ']).rsplit("| ").next());
        let is_stated = cost
            .and_then(|cost| cost.strip_prefix(&stated))
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        if is_stated {
            return Ok(());
        }
        Err(format!(
            "crates/{}/README.md: the row of `{feature}` must give its cost as \"{stated}\"",
            self.package
        ))
    }

    /// Returns the comment lines right above a feature, joined.
    fn comment_of(&self, feature: &str) -> String {
        let lines: Vec<&str> = self.text.lines().collect();
        let start = format!("{feature} = ");
        let position = lines.iter().position(|line| line.starts_with(&start));
        let above = &lines[..position.unwrap_or(0)];
        let comment = above.iter().rev().take_while(|line| line.starts_with('#'));
        let mut comment: Vec<&str> = comment.copied().collect();
        comment.reverse();
        comment.join(" ")
    }
}
