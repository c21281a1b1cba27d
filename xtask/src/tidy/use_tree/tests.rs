//! Tests of how use trees are taken apart.

use super::*;

#[test]
fn groups_are_taken_apart_over_several_lines() {
    let code = "use crate::{\n    a::{b, c::*},\n    d as e,\n    f::{self},\n};";
    assert_eq!(
        written(imports(&file(code))),
        [
            "crate::a::b=b",
            "crate::a::c::*=*",
            "crate::d=e",
            "crate::f=f"
        ]
    );
}

#[test]
fn a_leaf_knows_where_it_stands() {
    let leaves = imports(&file(
        "use crate::{\n    a,\n    b::{\n        *, c as d,\n    },\n};",
    ));
    let lines: Vec<_> = leaves.iter().map(|leaf| leaf.line).collect();
    assert_eq!(lines, [2, 4, 4]);
}

#[test]
fn exports_are_the_public_imports() {
    let file = file("pub use a::{B, C as D};\nuse e::F;\npub(crate) use g::H;\npub use ::i::J;");
    assert_eq!(written(exports(&file)), ["a::B=B", "a::C=D", "i::J=J"]);
    assert_eq!(
        written(imports(&file)),
        ["a::B=B", "a::C=D", "e::F=F", "g::H=H", "i::J=J"]
    );
}

fn file(code: &str) -> File {
    syn::parse_file(code).unwrap()
}

fn written(leaves: Vec<Leaf>) -> Vec<String> {
    leaves
        .iter()
        .map(|leaf| format!("{}={}", leaf.path.join("::"), leaf.name))
        .collect()
}
