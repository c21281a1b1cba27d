//! Tests of how use trees are taken apart.

use super::*;

#[test]
fn groups_are_taken_apart_over_several_lines() {
    let code = "use crate::{\n    a::{b, c::*},\n    d as e,\n    f::{self},\n};";
    assert_eq!(
        written(crate_paths(code)),
        ["a::b=b", "a::c::*=*", "d=e", "f=f"]
    );
}

#[test]
fn a_leaf_knows_where_it_stands() {
    let code = "use crate::{\n    a,\n    b,\n};";
    let offsets: Vec<_> = crate_paths(code).iter().map(|leaf| leaf.offset).collect();
    assert_eq!(offsets, [17, 24]);
}

#[test]
fn a_path_in_passing_ends_where_its_generics_start() {
    let code = "let x: crate::a::B<u8> = crate::c::D::<u8>::new();";
    assert_eq!(written(crate_paths(code)), ["a::B=B", "c::D=D"]);
}

#[test]
fn only_paths_below_the_crate_are_crate_paths() {
    assert!(crate_paths("pub(crate) use super::a; use self::b; my_crate::c();").is_empty());
}

#[test]
fn exports_are_the_public_imports() {
    let code = "pub use a::{B, C as D};\nuse e::F;\npub(crate) use g::H;\npub use ::i::J;";
    assert_eq!(written(exports(code)), ["a::B=B", "a::C=D", "i::J=J"]);
    assert_eq!(
        written(imports(code)),
        ["a::B=B", "a::C=D", "e::F=F", "g::H=H", "i::J=J"]
    );
}

#[test]
fn what_is_no_use_tree_is_left_alone() {
    assert!(crate_paths("crate::$name!(); crate::{ ( }").is_empty());
    assert!(crate_paths("use crate::{").is_empty());
}

fn written(leaves: Vec<Leaf<'_>>) -> Vec<String> {
    leaves
        .iter()
        .map(|leaf| format!("{}={}", leaf.path.join("::"), leaf.name))
        .collect()
}
