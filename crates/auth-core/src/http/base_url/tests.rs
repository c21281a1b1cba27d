//! Tests of what a base URL may be and what it may be joined with.

use super::*;

fn base(text: &str) -> BaseUrl {
    BaseUrl::parse(text).unwrap()
}

fn parsed(path: &str) -> Option<PathAndQuery> {
    let uri: Uri = path.parse().ok()?;
    uri.authority()
        .is_none()
        .then(|| uri.path_and_query().cloned())?
}

#[test]
fn https_and_loopback_http_are_accepted() {
    for text in [
        "https://datasaur.ai",
        "https://host:8443/prefix/",
        "http://127.0.0.1:80",
        "http://127.9.9.9",
        "http://[::1]:8080",
        "http://localhost:8080",
    ] {
        assert!(BaseUrl::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn plain_http_to_another_machine_needs_the_opt_in() {
    let error = BaseUrl::of_setting("MAIA_BASE_URL", "http://example.com", false).unwrap_err();
    assert!(
        error.to_string().starts_with("MAIA_BASE_URL is plain http"),
        "{error}"
    );
    assert!(BaseUrl::of_setting("MAIA_BASE_URL", "http://example.com", true).is_ok());
}

#[test]
fn a_name_that_the_resolver_may_answer_is_not_loopback() {
    for text in [
        "http://x.localhost",
        "http://localhost.",
        "http://localhost.example",
        "http://notlocalhost",
        "http://0.0.0.0",
        "http://[::]",
        "http://[::ffff:127.0.0.1]",
        "http://128.0.0.1",
    ] {
        assert!(BaseUrl::parse(text).is_err(), "{text}");
    }
    assert!(BaseUrl::parse("http://LOCALHOST:8080").is_ok());
}

#[test]
fn the_url_itself_is_kept_as_it_was_given() {
    for text in [
        "https://host/o/token/",
        "https://host/o/token",
        "https://host/o//token//",
        "https://host/%7Ea/",
    ] {
        assert_eq!(base(text).to_uri().unwrap().to_string(), text);
    }
}

#[test]
fn a_token_endpoint_may_have_a_query_that_is_requested_and_never_shown() {
    let text = "https://host/token?tenant=fake-canary&next=/../x";
    let endpoint = BaseUrl::parse_endpoint(text).unwrap();
    assert_eq!(endpoint.to_uri().unwrap().to_string(), text);
    assert_eq!(endpoint.as_str(), "https://host/token");
    assert!(!format!("{endpoint:#?}").contains("canary"));
    for text in [
        "https://host/token?a#b",
        "https://host/x/../token?a",
        "http://host/token?a",
    ] {
        assert!(BaseUrl::parse_endpoint(text).is_err(), "{text}");
    }
}

#[test]
fn whatever_is_not_a_plain_url_is_refused_without_being_repeated() {
    for text in [
        "",
        "fakehost",
        "ftp://fakehost",
        "https://",
        "https:fakehost",
        "https:///fakehost",
        "https://fakeuser@fakehost",
        "https://fakeuser:fakepassword@fakehost",
        "https://fakehost?fakequery",
        "https://fakehost/#fakefragment",
        " https://fakehost",
        "https://fakehost\n",
        "https://fake\thost",
        "https://fakehost/a/../b",
        "https://fakehost/%2e%2e/b",
        "https://fakehost\\a",
    ] {
        let error = BaseUrl::parse_allowing_http(text).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config, "{text:?}");
        assert!(!format!("{error:?}").contains("fake"), "{error:?}");
    }
}

#[test]
fn a_path_prefix_is_kept() {
    let uri = base("https://host/prefix/")
        .join("/api/v1/token?a=b")
        .unwrap();
    assert_eq!(uri.to_string(), "https://host/prefix/api/v1/token?a=b");
    for text in ["https://host", "https://host:8443/", "https://host/prefix/"] {
        let (base, path) = (base(text), "/api/v1/token?a=b");
        let joined = base.join_parsed(&parsed(path).unwrap()).unwrap();
        assert_eq!(joined, base.join(path).unwrap(), "{text}");
    }
}

#[test]
fn a_path_cannot_name_another_host_or_leave_the_prefix() {
    for path in [
        "",
        "api",
        "//evil.example",
        "/../x",
        "/a/../../x",
        "/a/./b",
        "/%2e%2e/x",
        "/a/.%2E/x",
        "/%2E",
        "/..\\..\\x",
        "/a\\b",
        "@evil.example/",
        "/a b",
        "/x/..%2f..%2fadmin",
        "/x/..%2F..%2Fadmin",
        "/x/..%5cadmin",
        "/x/..%5Cadmin",
        "/..;/admin",
        "/x/..;a=b/admin",
        "/x/.;/y",
        "/%252e%252e/x",
        "/%25252e%25252e/x",
        "/%2525252525252525252e/x",
        "/..%252fx",
        "/..%255cx",
        "/.\t./x",
        "/.\n./x",
        "/.%09./x",
        "/.%0a./x",
        "/..%20/x",
        "/%20../x",
        "/..%3b/x",
        "/..%00/x",
        "/%c0%ae%c0%ae/x",
        "/..%c0%afx",
        "/%u002e%u002e/x",
        "/%ef%bc%8e%ef%bc%8e/x",
        "/x/%e2%80%8b../y",
        "/x/.%e2%81%a0./y",
        "/x/%E2%80%A5/y",
        "/x/%e2%80%a4%e2%80%a4/y",
        "/x/..",
        "/x/%2e.",
        "/\\evil.example",
        "/%2e%2e%2f?a=b",
        "/..%3fx",
        "/..%3f/x",
        "/..%23x",
        "/..%253fx",
        "/..%e2%88%95x",
        "/..%e2%81%84x",
        "/..%e2%88%96x",
        "/%f0%80%80%ae%f0%80%80%ae/x",
        "/..%f0%80%80%afx",
        "/%c0%2e%c0%2e/x",
        "/%3f/../x",
        "/a#b",
        "/a?b#c",
        "/#",
        "http://evil.example",
        "\\\\evil.example",
    ] {
        assert!(base("https://host/prefix").join(path).is_err(), "{path:?}");
        // Where the path of a request drops a fragment there is none to refuse.
        if let Some(parsed) = parsed(path).filter(|_| !path.contains('#')) {
            let joined = base("https://host/prefix").join_parsed(&parsed);
            assert!(joined.is_err(), "{path:?}");
        }
    }
    assert!(
        base("https://host").join("/a?next=/../b").is_ok(),
        "a query may hold anything"
    );
    for path in [
        "/...",
        "/..a",
        "/a..",
        "/a%2fb",
        "/a;b=.",
        "/%252fa",
        "/.well-known/x",
        "/@a",
        "/a:b",
    ] {
        let uri = base("https://host/prefix").join(path).unwrap();
        assert_eq!(uri.to_string(), format!("https://host/prefix{path}"));
        let parsed = parsed(path).unwrap();
        let joined = base("https://host/prefix").join_parsed(&parsed).unwrap();
        assert_eq!(joined, uri);
    }
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    let base = base("https://host/prefix");
    let same = |text: &str| base.is_same_origin(&text.parse().unwrap());
    assert!(same("https://host/elsewhere"));
    assert!(same("https://HOST:443/"));
    assert!(!same("http://host/"));
    assert!(!same("https://host:444/"));
    assert!(!same("https://host.evil.example/"));
    assert!(!same("https://evil@host/"));
    assert!(!same("/relative"));
}
