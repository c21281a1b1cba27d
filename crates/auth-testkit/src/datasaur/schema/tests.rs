//! Holds the emulated schema to itself.

use super::*;

#[test]
fn every_type_that_the_schema_names_is_in_it() {
    assert_eq!(SCHEMA.types.len(), 26);
    for definition in SCHEMA.types.values() {
        let named: Vec<&Type> = match definition {
            Definition::Object(fields) => fields
                .values()
                .flat_map(|field| std::iter::once(&field.ty).chain(field.arguments.values()))
                .collect(),
            Definition::Input(fields) => fields.values().collect(),
            Definition::Enum(_) => Vec::new(),
        };
        for ty in named {
            assert!(SCHEMA.has(ty.name()), "{ty}");
        }
    }
}
