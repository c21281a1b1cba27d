//! Tests of which link leads to the next page, and what is no list of links.

use http::HeaderValue;

use super::*;

fn read(values: &[&'static str]) -> Result<Option<String>, Unreadable> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(LINK, HeaderValue::from_static(value));
    }
    next(&headers)
}

#[test]
fn the_next_page_is_found_among_other_links_however_it_is_written() {
    for value in [
        "<https://a.example/2>; rel=\"next\"",
        "<https://a.example/2>;rel=next",
        "<https://a.example/2> ; REL = \"Next\"",
        "<https://a.example/1,1>; rel=\"prev\", <https://a.example/2>; rel=\"next\"",
        "<https://a.example/1>; title=\"a, b; rel=\\\"next\\\"\"; rel=self, <https://a.example/2>; rel=\"last next\"",
        ", <https://a.example/2>; crossorigin; rel=\"next\";, <https://a.example/3>; rel=\"last\"",
        "<https://a.example/9>; rel=next; anchor=\"#x\", <https://a.example/2>; rel=\"next\"; rel=\"prev\"",
    ] {
        let target = read(&[value]).unwrap();
        assert_eq!(target.as_deref(), Some("https://a.example/2"), "{value}");
    }
    let two = read(&["</1>; rel=\"self\"", "</2?after=a;b,c>; rel=\"next\""]);
    assert_eq!(two.unwrap().as_deref(), Some("/2?after=a;b,c"));
}

#[test]
fn other_links_and_none_lead_nowhere() {
    for values in [
        &[][..],
        &[""],
        &["<https://a.example/1>; rel=\"prev\""],
        &["<https://a.example/1>; rel=\"prev\"; rel=\"next\""],
        &["<https://a.example/1>"],
        &["<https://a.example/1>; rel=\"nextish\", </2>; rel=https://next.example/"],
    ] {
        assert_eq!(read(values), Ok(None), "{values:?}");
    }
}

#[test]
fn what_is_no_list_of_links_is_not_taken_for_the_last_page() {
    for value in [
        "https://a.example/2; rel=next",
        "<https://a.example/2; rel=next",
        "<https://a.example/2> rel=next",
        "<https://a.example/2>; rel=\"next",
        "<https://a.example/2>; rel=\"next\\",
        "<https://a.example/1>; rel=\"prev\", garbage",
    ] {
        assert_eq!(read(&[value]), Err(Unreadable), "{value}");
    }
}

#[test]
fn a_relative_link_is_resolved_against_the_url_of_the_request() {
    let base = "https://a.example/v1/users?limit=2".parse().unwrap();
    for (link, whole) in [
        (
            "/v1/users?after=b#top",
            "https://a.example/v1/users?after=b",
        ),
        ("?after=b", "https://a.example/v1/users?after=b"),
        ("users?after=b", "https://a.example/v1/users?after=b"),
        ("//b.example/v1", "https://b.example/v1"),
        ("https://b.example/v1", "https://b.example/v1"),
    ] {
        assert_eq!(resolve(&base, link).as_deref(), Some(whole));
    }
    assert_eq!(resolve(&base, "https://"), None);
}
