//! Tests of what is asked for at a time.

use super::*;

#[test]
fn the_size_of_a_page_is_1_to_500() {
    for size in [0, 501] {
        let error = check_page_size(size).unwrap_err();
        assert!(error.to_string().contains("page_size"), "{error}");
    }
    assert!(check_page_size(1).is_ok() && check_page_size(500).is_ok());
}
