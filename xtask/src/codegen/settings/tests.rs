//! Tests that the tables list what the builders accept, and that only tables are replaced.

use std::collections::BTreeSet;

use super::*;

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn each_vendor_crate_is_documented() -> Outcome {
    let crates = crate::workspace::root()?.join("crates");
    let mut there = Vec::new();
    for entry in fs::read_dir(crates)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        there.extend(Some(name).filter(|name| name.ends_with("-auth")));
    }
    there.sort();
    let documented: Vec<_> = VENDORS.iter().map(Documented::package).collect();
    assert_eq!(there, documented);
    Ok(())
}

#[test]
fn the_tables_list_the_setters_of_the_builder_and_of_the_options() -> Outcome {
    let root = crate::workspace::root()?;
    let builder = fs::read_to_string(root.join("crates/auth-core/src/vendor/builder.rs"))?;
    let (common, of_users) = builder
        .split_once("impl<V: PasswordGrant>")
        .ok_or("there are no setters for users")?;
    for vendor in VENDORS {
        let source = format!("crates/{}/src/vendor.rs", vendor.package());
        let options = fs::read_to_string(root.join(source))?;
        let mut wanted = setters(common);
        wanted.retain(|name| !["option", "options"].contains(name));
        wanted.extend(setters(&options));
        if vendor.info.has_password_grant() {
            wanted.extend(setters(of_users));
        }
        let rows = (vendor.rows)();
        let listed: BTreeSet<_> = rows.iter().map(SettingRow::name).collect();
        assert_eq!(
            rows.len(),
            listed.len(),
            "{} has a setting twice",
            vendor.title
        );
        assert_eq!(listed, wanted, "{}", vendor.title);
    }
    Ok(())
}

#[test]
fn each_setting_says_what_it_means() {
    for vendor in VENDORS {
        for row in (vendor.rows)() {
            assert!(
                !row.meaning().is_empty(),
                "{}: {}",
                vendor.title,
                row.name()
            );
        }
    }
}

#[test]
fn a_document_without_the_marks_is_rejected() {
    let message = written(&Files::new())
        .map_err(|error| error.to_string())
        .err();
    assert!(message.is_some_and(|it| it.starts_with("crates/datasaur-auth/README.md lacks")));
}

fn setters(text: &str) -> BTreeSet<&str> {
    let items = text.split("pub fn ").skip(1).filter_map(|item| {
        let (name, rest) = item.split_once('(')?;
        let name = name.split('<').next().unwrap_or(name);
        rest.trim_start().starts_with("mut self").then_some(name)
    });
    items.collect()
}
