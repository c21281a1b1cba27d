//! Tests that a test is found in whatever is not tested, and only there.

use super::*;
use crate::tidy::tests::assert_only;

const TEST: &str = "fn a() {}\nmod tests {\n    #[test]\n    fn b() {}\n}\n";
const ASYNC_TEST: &str = "#[tokio::test(flavor = \"current_thread\")]\nasync fn b() {}\n";

#[test]
fn a_test_in_a_target_that_is_not_tested_is_reported() {
    for (manifest, path, text, line) in [
        ("[lib]\ntest = false\n", "p/src/lib.rs", TEST, 3),
        ("[lib]\ntest = false\n", "p/src/deep/a.rs", ASYNC_TEST, 1),
        ("[lib]\npath = \"a.rs\"\ntest = false\n", "p/a.rs", TEST, 3),
        (
            "[[bin]]\nname = \"b\"\ntest = false\n",
            "p/src/bin/b.rs",
            TEST,
            3,
        ),
        (
            "[[bin]]\nname = \"b\"\npath = \"../q/b.rs\"\n[[bin]]\nname = \"c\"\npath = \"c.rs\"\ntest = false\n",
            "p/c.rs",
            TEST,
            3,
        ),
    ] {
        let tree = Tree::from([("p/Cargo.toml", manifest), (path, text)]);
        let place = format!("{path}:{line}");
        assert_only(&check(&tree), &place, "the test is never run");
    }
}

#[test]
fn other_files_may_have_tests() {
    for (manifest, path) in [
        ("[lib]\n", "p/src/lib.rs"),
        ("[lib]\ntest = true\n", "p/src/lib.rs"),
        ("[lib]\ntest = false\n", "p/tests/a.rs"),
        ("[lib]\ntest = false\n", "p/src/bin/b.rs"),
        ("[lib]\ntest = false\n", "other/src/lib.rs"),
        ("[lib]\npath = \"a.rs\"\ntest = false\n", "p/b.rs"),
        ("[[bin]]\nname = \"b\"\ntest = false\n", "p/src/bin/c.rs"),
    ] {
        let tree = Tree::from([("p/Cargo.toml", manifest), (path, TEST)]);
        assert!(check(&tree).is_empty(), "{manifest} {path}");
    }
}
