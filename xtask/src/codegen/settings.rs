//! The tables of settings in the READMEs and in VENDORS, from the vendor crates' own tables.

use std::error::Error;
use std::fs;
use std::path::Path;

use auth_core::vendor::{SettingRow, Vendor, VendorInfo, VendorOptions as _, settings_table};

use super::compare::Files;
use super::marked;

/// The vendors whose settings are documented, in the order of the alphabet.
const VENDORS: &[Documented] = &[
    Documented::of::<datasaur_auth::Datasaur>("Datasaur"),
    Documented::of::<maia_auth::Maia>("Maia"),
    Documented::of::<runai_auth::Runai>("Run:ai"),
];

/// A vendor as the documents show it.
struct Documented {
    title: &'static str,
    info: VendorInfo,
    rows: fn() -> Vec<SettingRow>,
    /// The setters of the vendor's own options.
    options: fn() -> Vec<&'static str>,
}

impl Documented {
    const fn of<V: Vendor>(title: &'static str) -> Self {
        Self {
            title,
            info: V::INFO,
            rows: settings_table::<V>,
            options: names_of_options::<V>,
        }
    }

    /// The crate's name, with which its `User-Agent` starts.
    fn package(&self) -> &'static str {
        let user_agent = self.info.user_agent();
        user_agent.split('/').next().unwrap_or(user_agent)
    }

    fn readme(&self) -> String {
        format!("crates/{}/README.md", self.package())
    }
}

fn names_of_options<V: Vendor>() -> Vec<&'static str> {
    let options = V::Options::SETTINGS.iter();
    options.map(|option| option.setting().name()).collect()
}

/// The documents that contain a table, each with its text as it is now.
pub(super) fn documents(root: &Path) -> Result<Files, Box<dyn Error>> {
    let mut files = Files::new();
    for (path, _) in tables() {
        let text = fs::read_to_string(root.join(&path))
            .map_err(|error| format!("cannot read {path}: {error}"))?;
        files.insert(path, text);
    }
    Ok(files)
}

/// The same documents with their tables as they would be written.
pub(super) fn written(there: &Files) -> Result<Files, Box<dyn Error>> {
    let mut files = Files::new();
    for (path, table) in tables() {
        let text = there.get(&path).map_or("", String::as_str);
        let text = marked::replaced(text, SETTINGS, &table).ok_or_else(|| {
            format!(
                "{path} lacks the lines `{}` and its end",
                marked::begin(SETTINGS)
            )
        })?;
        files.insert(path, text);
    }
    Ok(files)
}

fn tables() -> Vec<(String, String)> {
    let mut all = String::from("| vendor | variable | builder | meaning |\n|---|---|---|---|\n");
    let mut tables = Vec::new();
    for vendor in VENDORS {
        // Both names in one column: with four, the page on docs.rs leaves no width for the meaning.
        let mut table = String::from("| setter, variable | meaning | default |\n|---|---|---|\n");
        for row in (vendor.rows)() {
            let variable = row.variable();
            let (name, meaning, default) = (row.name(), row.meaning(), row.default());
            let names = match variable {
                Some(variable) => format!("`{name}`<br>`{variable}`"),
                None => format!("`{name}`"),
            };
            table.push_str(&format!("| {names} | {meaning} | {default} |\n"));
            if let Some(variable) = variable {
                let title = vendor.title;
                all.push_str(&format!(
                    "| {title} | `{variable}` | `{name}` | {meaning} |\n"
                ));
            }
        }
        table.push_str(&where_set(&(vendor.options)()));
        tables.push((vendor.readme(), table));
    }
    tables.push((SUMMARY.to_owned(), all));
    tables
}

/// Says which setters the builder itself lacks.
fn where_set(options: &[&str]) -> String {
    let Some(first) = options.first() else {
        return String::new();
    };
    let names: Vec<_> = options.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "\nThe setters of the vendor's own options are called in `options`, as in `.options(|options| options.{first}(value))`: {}.\n",
        names.join(", ")
    )
}

const SUMMARY: &str = "docs/VENDORS.md";
const SETTINGS: &str = "settings";

#[cfg(test)]
mod tests;
