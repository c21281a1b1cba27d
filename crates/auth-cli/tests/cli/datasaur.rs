//! Tests of `vauth datasaur query`: data on standard output as it came, errors on standard error.

use auth_testkit::{EmulatedVendor, Fault};

use crate::support::{Run, SECRET, command, environment, start, vauth};

const ME: &str = "{ me { id } }";

#[tokio::test]
async fn the_data_is_printed_as_it_came() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let run = vauth(&["datasaur", "query", ME], &environment(&emulator));
    assert_eq!(run.stdout(), "{\"me\":{\"id\":\"1\"}}\n");
    let body = "{\"data\":{\"n\":  1.50,\n\"text\":\"\u{fc}\"}}";
    emulator.inject_api_fault(Fault::body(200, "application/json", body));
    let arguments = [
        "datasaur",
        "query",
        "query A($id: ID!) { n(id: $id) } query B { n }",
        "--variables",
        r#"{"id":"1","long":12345678901234567890123}"#,
        "--operation",
        "A",
    ];
    let run = vauth(&arguments, &environment(&emulator));
    assert_eq!(run.stdout(), "{\"n\":  1.50,\n\"text\":\"\u{fc}\"}\n");
}

#[tokio::test]
async fn errors_go_to_standard_error_whole_and_the_data_beside_them_is_printed() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let body = r#"{"errors":[{"message":"no\u001b", "path":["b"]},{"message":"more"}],"data":{"a":1,"b":null}}"#;
    emulator.inject_api_fault(Fault::body(200, "application/json", body));
    let run = vauth(&["datasaur", "query", "{ a b }"], &environment(&emulator));
    assert_eq!(run.code, Some(22), "{run:?}");
    assert_eq!(run.stdout, "{\"a\":1,\"b\":null}\n");
    let lines: Vec<_> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{run:?}");
    assert_eq!(lines[0], r#"{"message":"no","path":["b"]}"#);
    assert!(lines[2].starts_with("vauth: the API returned 2 errors"));
}

#[tokio::test]
async fn a_token_that_the_api_repeats_is_in_no_line() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let environment = environment(&emulator);
    // The command takes the token that the emulator gives to anybody with these credentials.
    let fault = |token: &str| {
        let body = serde_json::json!({
            "errors": [{
                "message": format!("no right for {token}\u{202e}"),
                "extensions": { "type": "FORBIDDEN", "headers": [{ token: format!("Bearer {token}") }] },
            }],
            "data": null,
        });
        Fault::body(200, "application/json", body.to_string())
    };
    let token = "fake-token-0123456789";
    emulator.inject_token_fault(Fault::body(
        200,
        "application/json",
        format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":3600}}"#),
    ));
    emulator.inject_api_fault(fault(token));
    let run = vauth(&["datasaur", "query", ME], &environment);
    assert_eq!(run.code, Some(22), "{run:?}");
    assert!(!run.stderr.contains(token), "{run:?}");
    assert!(run.stderr.contains("no right for [redacted]"), "{run:?}");
    assert!(run.stderr.contains("FORBIDDEN"), "{run:?}");
    assert!(!run.stderr.contains('\u{202e}'), "{run:?}");
}

#[tokio::test]
async fn a_token_that_stays_refused_is_22_and_says_so() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    emulator.inject_api_fault(Fault::status(401).forever());
    let line = vauth(&["datasaur", "query", ME], &environment(&emulator)).failure(22);
    assert!(line.contains("the token is rejected"), "{line}");
}

#[tokio::test]
async fn the_front_end_in_the_apis_place_is_5() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    emulator.inject_api_fault(Fault::html());
    let line = vauth(&["datasaur", "query", ME], &environment(&emulator)).failure(5);
    assert!(line.contains("a web page"), "{line}");
}

#[tokio::test]
async fn variables_that_are_no_object_send_nothing_and_are_not_repeated() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    for variables in [SECRET, &format!("[\"{SECRET}\"]"), "7", "{"] {
        let arguments = ["datasaur", "query", ME, "--variables", variables];
        let line = vauth(&arguments, &environment(&emulator)).failure(2);
        assert!(line.contains("--variables is not a JSON object"), "{line}");
    }
    assert_eq!(emulator.token_requests(), 0);
}

#[tokio::test]
async fn document_and_variables_come_from_a_file_or_standard_input() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let environment = environment(&emulator);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("me.graphql");
    std::fs::write(&path, "# who\n{ me { id } }\n").unwrap();
    let file = format!("@{}", path.display());
    let expected = "{\"me\":{\"id\":\"1\"}}\n";
    assert_eq!(
        vauth(&["datasaur", "query", &file], &environment).stdout(),
        expected
    );
    for (arguments, input) in [
        (&["datasaur", "query", "-"][..], ME),
        (&["datasaur", "query", ME, "--variables", "-"], "{}"),
    ] {
        let mut stdin = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut stdin, input.as_bytes()).unwrap();
        std::io::Seek::rewind(&mut stdin).unwrap();
        let output = command(arguments, &environment).stdin(stdin).output();
        assert_eq!(Run::from(output.unwrap()).stdout(), expected);
    }
    let missing = format!("@{}/none", folder.path().display());
    let line = vauth(&["datasaur", "query", &missing], &environment).failure(2);
    assert!(line.contains("/none cannot be opened"), "{line}");
    std::fs::write(&path, format!("{{\"a\": {SECRET}}}")).unwrap();
    let arguments = ["datasaur", "query", ME, "--variables", &file];
    let line = vauth(&arguments, &environment).failure(2);
    assert!(line.contains("line 1 column 7"), "{line}");
}
