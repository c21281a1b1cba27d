//! Tests of how Maia says that a token is no good.

use super::*;

#[test]
fn a_401_is_about_the_token_and_a_403_never_is() {
    let refuses = |status: u16| {
        let mut response =
            Response::new(Bytes::from_static(b"IP not allowed for any organization"));
        *response.status_mut() = status.try_into().unwrap();
        is_invalid_token(&response)
    };
    assert!(refuses(401));
    assert!(!refuses(403));
    assert!(!refuses(200));
}

#[test]
fn a_403_of_plain_text_is_quoted_with_what_to_look_at_and_other_bodies_by_their_members() {
    let quoted = |status: u16, body: &str| {
        format!("{:?}", explain(status.try_into().unwrap(), body.as_bytes()))
    };
    let shown = quoted(403, "IP not allowed for any organization\n");
    assert!(
        shown.contains("\"IP not allowed for any organization\"")
            && shown.contains("IP allow list"),
        "{shown}"
    );
    for (status, body) in [
        (400, r#"{"message":"fake words"}"#),
        (403, r#"{"detail":"fake words","status":403}"#),
        (409, r#"{"error_description":"fake words"}"#),
        (500, r#"{"title":"fake words"}"#),
    ] {
        assert!(quoted(status, body).contains("fake words"), "{body}");
    }
    for (status, body) in [
        (403, "<html>fake words</html>"),
        (403, "[\"fake words\"]"),
        (500, "fake words"),
        (403, ""),
    ] {
        assert!(!quoted(status, body).contains("fake words"), "{body}");
    }
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
