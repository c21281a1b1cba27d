//! Tests of which links work where a README is shown by itself.

use super::*;

#[test]
fn absolute_links_and_headings_of_the_page_work() {
    let text = "# A b\n\n[x](https://docs.rs/x) and [y](#a-b), ![z](https://example.org/z.svg)\n";
    assert_eq!(faults("README.md", text), Vec::<String>::new());
}

#[test]
fn other_links_do_not() {
    for link in [
        "[x](../../docs/SECURITY.md)",
        "[x](src/lib.rs)",
        "[x](/README.md)",
        "[x](#nowhere)",
        "[x](http://example.org)",
        "[x](crate::Client)",
        "[x][y]\n\n[y]: Client::new",
        "![x](plot.svg)",
    ] {
        let faults = faults("README.md", &format!("# A\n\n{link}\n"));
        assert_eq!(faults.len(), 1, "{link}");
        assert!(faults[0].starts_with("README.md:3: "), "{faults:?}");
    }
}
