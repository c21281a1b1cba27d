//! Tests of where credentials come from, of what gives way to what, and of contradictions.

use super::*;

#[tokio::test]
async fn ours_wins_over_the_vendors_own_variable() {
    let theirs = [
        ("OTHER_CLIENT_ID", "theirs"),
        ("OTHER_CLIENT_SECRET", "fake-theirs"),
    ];
    let expected = is(Grant::ClientCredentials, "theirs", "fake-theirs");
    assert_eq!(pair(&config(&theirs).unwrap()).await, expected);
    let both = [&theirs[..], &CREDENTIALS].concat();
    let expected = is(Grant::ClientCredentials, "fake-id", "fake-secret");
    assert_eq!(pair(&config(&both).unwrap()).await, expected);
}

#[test]
fn a_missing_setting_is_named_with_its_variable_and_an_example() {
    assert_eq!(
        fault(config(&[])),
        "client_id is missing: set the environment variable EXAMPLE_CLIENT_ID, for example EXAMPLE_CLIENT_ID=your-client-id, or EXAMPLE_USERNAME to sign in as a user, or call ConfigBuilder::client_id"
    );
    // No user can replace the id here.
    for builder in [
        builder(&CREDENTIALS[1..]).unwrap(),
        builder(&[]).unwrap().grant(Grant::ClientCredentials),
    ] {
        assert_eq!(
            fault(builder.build()),
            "client_id is missing: set the environment variable EXAMPLE_CLIENT_ID, for example EXAMPLE_CLIENT_ID=your-client-id, or call ConfigBuilder::client_id"
        );
    }
    assert!(fault(config(&CREDENTIALS[..1])).starts_with("client_secret is missing"));
    assert!(fault(config(&USER[..1])).starts_with("password is missing"));
    assert!(fault(config(&USER[1..])).starts_with("username is missing"));
    let missing = REGION.missing().to_string();
    assert!(missing.ends_with("or call Options::region"), "{missing}");
}

#[test]
fn a_bad_value_is_named_by_the_variable_that_held_it() {
    for (variable, value) in [
        ("EXAMPLE_CLIENT_ID", ""),
        ("OTHER_CLIENT_ID", " fake"),
        ("EXAMPLE_CLIENT_SECRET", "fake-secret\n"),
        ("EXAMPLE_PASSWORD", "fake-secret\t"),
    ] {
        let error = fault(builder(&[(variable, value)]));
        assert!(error.starts_with(variable), "{error}");
    }
}

#[tokio::test]
async fn a_secret_may_come_from_a_file_with_a_line_break_at_its_end() {
    for content in ["fake secret", "fake secret\n", "fake secret\r\n"] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let config = config(&[
            CREDENTIALS[0],
            ("EXAMPLE_CLIENT_SECRET_FILE", file.path().to_str().unwrap()),
        ]);
        let expected = is(Grant::ClientCredentials, "fake-id", "fake secret");
        assert_eq!(pair(&config.unwrap()).await, expected);
    }
}

#[test]
fn an_unusable_secret_file_is_named_by_its_variable() {
    let missing = builder(&[("EXAMPLE_CLIENT_SECRET_FILE", "/nonexistent/secret")]).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "example: EXAMPLE_CLIENT_SECRET_FILE: the file \"/nonexistent/secret\" does not exist: check the path"
    );
    // The system would say it again.
    assert!(std::error::Error::source(&missing).is_none());
    for content in ["", "\n", "fake\n\n", " fake"] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let path = file.path().to_str().unwrap();
        let error = fault(builder(&[("EXAMPLE_CLIENT_SECRET_FILE", path)]));
        assert!(error.contains("EXAMPLE_CLIENT_SECRET_FILE"), "{error}");
    }
}

#[test]
fn contradictions_are_named() {
    let file = ("EXAMPLE_CLIENT_SECRET_FILE", "/x");
    let error = fault(builder(&[CREDENTIALS[1], file]));
    assert!(
        error.contains("both EXAMPLE_CLIENT_SECRET and EXAMPLE_CLIENT_SECRET_FILE"),
        "{error}"
    );
    let start = || Config::<Example>::builder();
    let provider = || Credentials::new("fake", "fake").unwrap();
    let external = |builder: ConfigBuilder<Example>| {
        builder.options(|options| Options {
            is_external: true,
            ..options
        })
    };
    for (builder, expected) in [
        (
            start().credentials_provider(provider()).client_secret("x"),
            "credentials_provider and client_secret (EXAMPLE_CLIENT_SECRET)",
        ),
        (
            start().client_secret("x").client_secret_file("/x"),
            "are set together: set only one of them",
        ),
        (
            start().client_id("x").username("x"),
            "client_id (EXAMPLE_CLIENT_ID) and username (EXAMPLE_USERNAME)",
        ),
        (external(start()).client_id("x"), "external"),
        (external(start()).grant(Grant::Password), "remove those"),
        (
            external(start()).credentials_provider(provider()),
            "remove those",
        ),
        (start().grant(Grant::Password), "username"),
        (
            start()
                .username("x")
                .password("x")
                .grant(Grant::ClientCredentials),
            "client id and secret",
        ),
    ] {
        let error = fault(builder.build());
        assert!(error.contains(expected), "{expected}: {error}");
    }
    assert!(external(start()).build().unwrap().credentials().is_none());
}

#[tokio::test]
async fn what_a_program_sets_replaces_what_came_from_the_environment() {
    let from = |pairs: &[(&str, &str)]| builder(pairs).unwrap();
    let client = Grant::ClientCredentials;
    let set = from(&CREDENTIALS).username("a").password("b");
    assert_eq!(
        pair(&set.build().unwrap()).await,
        is(Grant::Password, "a", "b")
    );
    let set = from(&USER).client_id("a").client_secret("b");
    assert_eq!(pair(&set.build().unwrap()).await, is(client, "a", "b"));
    let set = from(&USER).username("a");
    assert_eq!(
        pair(&set.build().unwrap()).await,
        is(Grant::Password, "a", "fake-password")
    );
    for pairs in [CREDENTIALS, USER] {
        let provider = Credentials::new("a", "b").unwrap();
        let set = from(&pairs).credentials_provider(provider);
        assert_eq!(pair(&set.build().unwrap()).await, is(client, "a", "b"));
        let set = from(&pairs).options(|options| Options {
            is_external: true,
            ..options
        });
        assert!(set.build().unwrap().credentials().is_none());
    }
    let provider = Credentials::new("a", "b").unwrap();
    let user = Config::<Example>::builder()
        .credentials_provider(provider)
        .grant(Grant::Password);
    assert_eq!(
        pair(&user.build().unwrap()).await,
        is(Grant::Password, "a", "b")
    );
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_not_utf8_is_named() {
    use std::os::unix::ffi::OsStringExt as _;

    let lookup = |_: &str| Some(OsString::from_vec(vec![0xff]));
    let outcome = ConfigBuilder::<Example>::from_environment(&Environment::new(&lookup));
    let error = fault(outcome);
    assert!(
        error.starts_with("EXAMPLE_CLIENT_ID is not valid UTF-8"),
        "{error}"
    );
}
