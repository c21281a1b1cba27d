//! Tests of how the machine is described.

use super::*;

#[test]
fn the_processor_is_the_first_that_has_a_name() {
    let text = "processor\t: 0\nmodel name\t: Abacus: 3000\nprocessor\t: 1\nmodel name\t: Other\n";
    assert_eq!(model(text).as_deref(), Some("Abacus: 3000"));
    assert_eq!(model("processor\t: 0\n"), None);
}
