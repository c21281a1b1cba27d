//! Tests that the list of settings says what the crates do, and that only tables are replaced.

use std::collections::BTreeSet;

use super::*;

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn the_list_names_the_variables_that_the_crates_read() -> Outcome {
    let root = crate::workspace::root()?;
    let source = Source::read(&root)?;
    for vendor in &source.vendors {
        let listed: BTreeSet<_> = source
            .settings_of(vendor)
            .filter_map(|setting| setting.variable(vendor))
            .collect();
        let text = config_of(&root, vendor)?;
        let words = text.split(|it: char| !(it.is_ascii_uppercase() || it == '_'));
        let start = format!("{}_", vendor.prefix);
        let read = words
            .filter(|word| word.starts_with(&start))
            .map(str::to_owned)
            .collect();
        assert_eq!(listed, read, "{}", vendor.name);
    }
    Ok(())
}

#[test]
fn the_list_names_the_setters_that_the_builders_have() -> Outcome {
    let root = crate::workspace::root()?;
    let source = Source::read(&root)?;
    for vendor in &source.vendors {
        let listed: Vec<_> = source
            .settings_of(vendor)
            .map(|it| it.builder.as_str())
            .collect();
        let once: BTreeSet<_> = listed.iter().copied().collect();
        assert_eq!(
            listed.len(),
            once.len(),
            "{} has a setting twice",
            vendor.name
        );
        let text = config_of(&root, vendor)?;
        let setters = text.split("pub fn ").skip(1).filter_map(|item| {
            let (name, rest) = item.split_once('(')?;
            rest.trim_start().starts_with("mut self").then_some(name)
        });
        assert_eq!(once, setters.collect(), "{}", vendor.name);
    }
    Ok(())
}

#[test]
fn only_settings_of_known_vendors_are_listed() -> Outcome {
    let source = Source::read(&crate::workspace::root()?)?;
    for setting in &source.settings {
        for name in setting.only.iter().chain(&setting.except) {
            let is_known = source.vendors.iter().any(|vendor| &vendor.name == name);
            assert!(is_known, "{}: {name}", setting.builder);
        }
    }
    Ok(())
}

#[test]
fn what_stands_around_a_table_is_kept() {
    let text = format!("# Title\n\n{BEGIN}\n\nold\n\n{END}\n\nMore.\n");
    assert_eq!(
        replaced(&text, "new\n").as_deref(),
        Some(format!("# Title\n\n{BEGIN}\n\nnew\n\n{END}\n\nMore.\n").as_str())
    );
}

#[test]
fn a_document_without_the_marks_is_refused() -> Outcome {
    let source = Source::read(&crate::workspace::root()?)?;
    let message = source
        .written(&Files::new())
        .map_err(|error| error.to_string())
        .err();
    assert!(message.is_some_and(|it| it.starts_with("crates/datasaur-auth/README.md lacks")));
    assert!(replaced(BEGIN, "").is_none());
    Ok(())
}

/// The source text of a vendor's settings, without the tests.
fn config_of(root: &Path, vendor: &Vendor) -> Result<String, Box<dyn Error>> {
    let source = root.join("crates").join(&vendor.package).join("src");
    let mut text = fs::read_to_string(source.join("config.rs"))?;
    for entry in fs::read_dir(source.join("config")).into_iter().flatten() {
        let path = entry?.path();
        if path.is_file() && !path.ends_with("tests.rs") {
            text.push_str(&fs::read_to_string(path)?);
        }
    }
    Ok(text)
}
