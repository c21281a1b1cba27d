//! Tests of how an installed toolchain is found.

use super::*;

const LIST: &str = "stable-x86_64-unknown-linux-gnu (active, default)\n\
    nightly-2026-05-16-x86_64-unknown-linux-gnu\n\
    1.88.0-x86_64-unknown-linux-gnu\n\
    1.89-x86_64-unknown-linux-gnu\n";

#[test]
fn a_toolchain_is_found_by_its_channel() {
    for (channel, expected) in [
        ("1.88", "1.88.0-x86_64-unknown-linux-gnu"),
        ("1.89", "1.89-x86_64-unknown-linux-gnu"),
        ("nightly", "nightly-2026-05-16-x86_64-unknown-linux-gnu"),
        ("stable", "stable-x86_64-unknown-linux-gnu"),
    ] {
        assert_eq!(find(LIST, channel).as_deref(), Some(expected));
    }
}

#[test]
fn another_version_is_not_taken_for_it() {
    for channel in ["1.8", "1.90", "beta", "1.888"] {
        assert_eq!(find(LIST, channel), None, "{channel}");
    }
    assert_eq!(find("", "nightly"), None);
}
