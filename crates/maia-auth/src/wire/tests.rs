//! Tests of Maia's error texts and pages of projects.

use super::*;

#[test]
fn only_prose_is_read_as_a_message() {
    let text = read_prose(b"IP not allowed for any organization\n");
    assert_eq!(text.as_deref(), Some("IP not allowed for any organization"));
    for body in ["<html>fake</html>", "[\"fake\"]", "{}", "", " \n"] {
        assert_eq!(read_prose(body.as_bytes()), None, "{body}");
    }
    assert_eq!(read_prose(b"\xff"), None);
}

#[test]
fn a_page_needs_its_results_alone_and_an_odd_project_is_read_as_far_as_it_goes() {
    let page = |json| read_page(serde_json::from_str(json).unwrap());
    let read = page(r#"{"results":[{"id":"1","name":"n","description":null,"more":[]}],"more":1}"#);
    let read = read.unwrap();
    assert_eq!((read.size, read.total), (None, None));
    assert_eq!(read.results[0].description, None);
    assert!(page(r#"{"total":0}"#).is_none());
    let read = page(r#"{"results":[{"id":1},null],"total":"2","size":-1}"#).unwrap();
    assert_eq!(
        (read.size, read.total, read.results.len()),
        (None, Some(2), 2)
    );
    assert_eq!(
        (read.results[0].id.as_str(), read.results[0].name.as_str()),
        ("1", "")
    );
}
