//! Tests of what the document holds.

use super::*;
use crate::bench::figure::tests::figure;

#[test]
fn a_document_names_the_machine_the_command_and_the_date() {
    let document = render(&[]);
    for fact in [
        "* command: `cargo xtask bench --build`",
        "* date: 2000-01-01",
        "* machine: 2 cores, Abacus",
        "* compiler: rustc 1.88.0",
    ] {
        assert!(document.contains(fact), "{fact}");
    }
}

#[test]
fn maps_stand_side_by_side_and_not_in_the_table_of_promises() {
    let map = |what, measured| Figure {
        group: "keyed map".to_owned(),
        ..figure(what, measured, None, None)
    };
    let document = render(&[
        figure("call", 40.0, None, None),
        map("std; reads, threads: 1", 80.0),
        map("scc; reads, threads: 1", 90.0),
        map("std; reads, threads: 2", 100.0),
    ]);
    assert!(document.contains("| load | std | scc |\n|---|---|---|\n"));
    assert!(document.contains("| reads, threads: 1 | 80 | 90 |\n"));
    assert!(document.contains("| reads, threads: 2 | 100 |  |\n"));
    assert!(!document.contains("keyed map: std"));
}

fn render(figures: &[Figure]) -> String {
    let machine = Machine {
        cores: 2,
        model: "Abacus".to_owned(),
        rustc: "rustc 1.88.0".to_owned(),
        date: "2000-01-01".to_owned(),
    };
    let options = BenchOptions {
        build: true,
        ..BenchOptions::default()
    };
    of(figures, &machine, options)
}
