//! `cargo xtask new-vendor`: writes a vendor crate that works against an emulator, to be finished by filling in facts.

mod changes;
mod edit;
mod name;

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use changes::Changes;
use name::VendorName;

use crate::process::{cargo, succeed};

/// Writes the crate, its row in the contract suite and its fixtures, or nothing at all.
pub(crate) fn run(name: &str) -> Result<ExitCode, Box<dyn Error>> {
    let root = crate::workspace::root()?;
    let name = VendorName::parse(name)?;
    let mut changes = planned(&root, &name)?;
    changes.apply()?;
    if let Err(error) = generate(&root) {
        changes.undo();
        return Err(error);
    }
    let package = name.package();
    writeln!(
        io::stdout().lock(),
        "{package} is in crates/{package}, and its emulator in tests/contract/vendors/{}.rs\n\
         Next: search both for \"Fill in\", note each fact with its source in docs/VENDORS.md,\n\
         and list the crate in README.md, docs/ARCHITECTURE.md and CHANGELOG.md",
        name.module()
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Every file as it will be; nothing is written yet.
fn planned(root: &Path, name: &VendorName) -> Result<Changes, Box<dyn Error>> {
    let mut changes = Changes::new(root);
    let (package, module) = (name.package(), name.module());
    let crate_folder = format!("crates/{package}");
    let row = format!("tests/contract/vendors/{module}.rs");
    let fixtures = format!("tests/contract/fixtures/{}", name.as_str());
    for taken in [&crate_folder, &row, &fixtures] {
        if root.join(taken).exists() {
            return Err(format!("{taken} exists: choose another name").into());
        }
    }
    let workspace = changes.read("Cargo.toml")?;
    if edit::has_key(&workspace, &package) {
        return Err(format!("the workspace has a crate {package}: choose another name").into());
    }
    for (file, template) in CRATE_FILES {
        changes.create(format!("{crate_folder}/{file}"), name.fill(template));
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let text = changes.read(licence)?;
        changes.create(format!("{crate_folder}/{licence}"), text);
    }
    let model = changes.read(MODEL)?;
    changes.create(
        format!("{crate_folder}/Cargo.toml"),
        edit::manifest(&model, name)?,
    );
    changes.create(
        row,
        name.fill(include_str!("../templates/vendor/row.rs.tmpl")),
    );
    for (file, template) in FIXTURES {
        changes.create(format!("{fixtures}/{file}"), name.fill(template));
    }

    let dependency = format!(
        "{package} = {{ version = \"0.1.0\", path = \"{crate_folder}\", default-features = false }}"
    );
    let of_workspace = format!("{package}.workspace = true");
    let workspace = edit::insert_key(&workspace, "[workspace.dependencies]", &dependency)?;
    changes.replace("Cargo.toml", workspace);
    for (path, table) in [
        ("tests/Cargo.toml", "[dev-dependencies]"),
        ("xtask/Cargo.toml", "[dependencies]"),
    ] {
        let text = edit::insert_key(&changes.read(path)?, table, &of_workspace)?;
        changes.replace(path, text);
    }
    let marker = format!("{}::{}", name.library(), name.type_name());
    let text = changes.read(TABLE)?;
    let text = edit::insert_line(&text, "mod datasaur;", &format!("mod {module};"))?;
    let row = format!("    Row::of::<{marker}>(),");
    changes.replace(TABLE, edit::insert_into(&text, "const VENDORS:", &row)?);
    let text = changes.read(DOCUMENTED)?;
    let row = format!("    Documented::of::<{marker}>(\"{}\"),", name.type_name());
    changes.replace(
        DOCUMENTED,
        edit::insert_sorted(&text, "const VENDORS:", &row)?,
    );
    changes.keep("Cargo.lock")?;
    changes.keep("docs/VENDORS.md")?;
    Ok(changes)
}

/// Writes the tables of settings, for which the new crate has to be compiled, and formats what was written.
fn generate(root: &Path) -> Result<(), Box<dyn Error>> {
    for arguments in [
        &["fmt", "--all"][..],
        &["run", "--quiet", "--package", "xtask", "--", "codegen"],
    ] {
        succeed(cargo(root).args(arguments))
            .map_err(|error| format!("{error}, so nothing was kept"))?;
    }
    Ok(())
}

const CRATE_FILES: &[(&str, &str)] = &[
    (
        "README.md",
        include_str!("../templates/vendor/README.md.tmpl"),
    ),
    (
        "src/lib.rs",
        include_str!("../templates/vendor/lib.rs.tmpl"),
    ),
    (
        "src/names.rs",
        include_str!("../templates/vendor/names.rs.tmpl"),
    ),
    (
        "src/wire.rs",
        include_str!("../templates/vendor/wire.rs.tmpl"),
    ),
    (
        "src/calls.rs",
        include_str!("../templates/vendor/calls.rs.tmpl"),
    ),
    (
        "src/vendor.rs",
        include_str!("../templates/vendor/vendor.rs.tmpl"),
    ),
];

const FIXTURES: &[(&str, &str)] = &[
    (
        "errors.json",
        include_str!("../templates/vendor/errors.json.tmpl"),
    ),
    (
        "errors.snap",
        include_str!("../templates/vendor/errors.snap.tmpl"),
    ),
    (
        "token_request.snap",
        include_str!("../templates/vendor/token_request.snap.tmpl"),
    ),
];

/// The manifest whose features a new one has.
const MODEL: &str = "crates/datasaur-auth/Cargo.toml";

const TABLE: &str = "tests/contract/vendors/mod.rs";
const DOCUMENTED: &str = "xtask/src/codegen/settings.rs";
