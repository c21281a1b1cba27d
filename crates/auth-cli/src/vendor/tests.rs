//! Tests of which settings are secrets.

use super::*;

#[test]
fn what_can_come_from_a_file_instead_is_a_secret() {
    for vendor in Vendor::ALL {
        let rows = vendor.settings();
        let names: Vec<&str> = rows.iter().map(SettingRow::name).collect();
        for name in &names {
            if names.contains(&format!("{name}_file").as_str())
                && rows
                    .iter()
                    .any(|row| row.name() == *name && row.variable().is_some())
            {
                assert!(is_secret(name), "{vendor}: {name}");
            }
        }
        assert!(names.contains(&"client_secret") && !is_secret("client_id"));
    }
}
