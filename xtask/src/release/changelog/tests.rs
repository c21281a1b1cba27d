//! Tests of what a changelog needs before a release.

use super::*;

const TODAY: &str = "2026-11-30";

#[test]
fn a_dated_section_with_text_is_enough() {
    let text = "# Changelog\n\n## Unreleased\n\n## 0.1.0 - 2026-11-30\n\n* First.\n";
    assert_eq!(faults(text, "0.1.0", TODAY), Vec::<String>::new());
}

#[test]
fn whatever_is_missing_is_a_fault() {
    for (text, expected) in [
        (
            "# Changelog\n\n## 0.1.0 - 2026-11-30\n\n* First.\n",
            "`## Unreleased` is empty: write `## 0.2.0 - 2026-11-30`",
        ),
        (
            "# Changelog\n\n## Unreleased\n\n* More.\n\n## 0.1.0 - 2026-11-29\n\n* First.\n",
            "rename `## Unreleased` to `## 0.2.0 - 2026-11-30`",
        ),
        ("# Changelog\n\n## 0.2.0\n\n* Second.\n", "has no date"),
        (
            "# Changelog\n\n## 0.2.0 - soon\n\n* Second.\n",
            "has no date",
        ),
        (
            "# Changelog\n\n## 0.2.0 - 2026-11-30\n\n## 0.1.0\n\n* First.\n",
            "is empty",
        ),
        (
            "# Changelog\n\n## Unreleased\n\n* More.\n\n## 0.2.0 - 2026-11-30\n\n* Second.\n",
            "`## Unreleased` is not empty",
        ),
    ] {
        let faults = faults(text, "0.2.0", TODAY);
        assert_eq!(faults.len(), 1, "{text}: {faults:?}");
        assert!(faults[0].contains(expected), "{faults:?}");
    }
}
