//! Tests of what `vauth request` sends: the method, headers, and bodies from arguments, files, pipes and forms.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use tempfile::TempDir;

use crate::support::{Environment, Run, command, vauth};
use crate::wire::{Received, Wire, json, response};

fn echo() -> Wire {
    Wire::start(|_| json("{}"))
}

fn sent(wire: &Wire, arguments: &[&str]) -> Received {
    vauth(
        &[&["request", "runai"], arguments].concat(),
        &wire.environment(),
    )
    .stdout();
    wire.received().pop().unwrap()
}

fn refused(arguments: &[&str]) -> String {
    // Everything is checked before the environment is read.
    let run = vauth(
        &[&["request", "runai"], arguments].concat(),
        &Environment::new(),
    );
    let line = run.failure(2);
    assert!(!line.contains("sekret"), "{line}");
    line
}

/// Runs with arguments that clap rejects, in more than one line.
fn misused(arguments: &[&str]) {
    let run = vauth(
        &[&["request", "runai"], arguments].concat(),
        &Environment::new(),
    );
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.stderr.contains("--help") && !run.stderr.contains("sekret"),
        "{run:?}"
    );
}

fn with_stdin(wire: &Wire, arguments: &[&str], input: &[u8]) -> Run {
    let arguments = [&["request", "runai"], arguments].concat();
    let mut child = command(&arguments, &wire.environment())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // The command may end without reading it.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().unwrap().into()
}

#[test]
fn the_method_is_a_word_or_an_option_in_any_case() {
    let wire = echo();
    for (arguments, line) in [
        (&["/x"][..], "GET /x"),
        (&["get", "/x"], "GET /x"),
        (&["-X", "post", "/x?a=1"], "POST /x?a=1"),
        (&["/x", "--method", "Delete"], "DELETE /x"),
        (&["/x", "-d", "{}"], "POST /x"),
        (&["/x", "-F", "a=1"], "POST /x"),
        (&["PUT", "/x", "-d", "{}"], "PUT /x"),
        // An explicit method stays, as with curl.
        (&["GET", "/x", "-d", "{}"], "GET /x"),
    ] {
        assert_eq!(sent(&wire, arguments).line, line, "{arguments:?}");
    }
    assert!(refused(&["-X", "post", "get", "/x"]).contains("set twice"));
    assert!(refused(&["-X", "G E T", "/x"]).contains("not an HTTP method"));
    assert!(refused(&["-X", "", "/x"]).contains("not an HTTP method"));
    refused(&["GET", "/x", "/sekret"]);
}

#[test]
fn headers_come_from_arguments_and_files() {
    let wire = echo();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("headers");
    fs::write(&file, "X-One: from file\r\n\r\nX-Two:two: 2\n").unwrap();
    let file = format!("@{}", file.display());
    let sent = sent(
        &wire,
        &[
            "/x",
            "-H",
            "X-One: a",
            "-H",
            &file,
            "-H",
            "X-Empty;",
            "-H",
            "X-Blank:",
            "-H",
            "accept: text/csv",
            "-H",
            "Cookie: a=b",
            "-H",
            "x-uml: \u{fc}",
        ],
    );
    assert_eq!(sent.header("x-one"), "a|from file");
    assert_eq!(sent.header("x-two"), "two: 2");
    assert_eq!(sent.header("accept"), "text/csv");
    assert_eq!(sent.header("cookie"), "a=b");
    assert_eq!(sent.header("x-uml"), "\u{fc}");
    for name in ["x-empty", "x-blank"] {
        assert!(sent.headers.contains(&(name.to_owned(), String::new())));
    }
    assert_eq!(sent.header("content-type"), "");
}

#[test]
fn a_bad_line_of_a_file_of_headers_is_named_without_its_text() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("headers");
    let file = file.to_str().unwrap();
    for bad in [
        "Zx9qLm",
        " x: Zx9qLm",
        "host: Zx9qLm",
        "a b: Zx9qLm",
        "y: Zx9\u{1}qLm",
    ] {
        fs::write(file, format!("x-one: 1\n\n{bad}\n")).unwrap();
        let line = refused(&["/x", "-H", &format!("@{file}")]);
        assert!(line.contains(&format!("line 3 of {file}")), "{line}");
        assert!(!line.contains("qLm"), "{line}");
    }
}

#[test]
fn a_fragment_is_an_error_since_it_would_not_be_sent() {
    for path in ["/e#frag", "/e?a=1#frag", "/#"] {
        let line = refused(&[path]);
        assert!(line.contains("fragment") && line.contains("%23"), "{line}");
    }
}

#[test]
fn headers_that_forge_or_cannot_be_sent_are_named_without_their_value() {
    for name in [
        "Authorization",
        "host",
        "Content-Length",
        "Transfer-Encoding",
        "connection",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "Proxy-Authorization",
        "Keep-Alive",
        "HTTP2-Settings",
    ] {
        let line = refused(&["/x", "-H", &format!("{name}: sekret")]);
        assert!(line.contains(&name.to_lowercase()), "{line}");
    }
    for header in [
        "sekret",
        "",
        ": sekret",
        "sek\u{fc}ret: x",
        "a b: sekret",
        "-d: {}\u{7f}",
    ] {
        assert!(
            refused(&["/x", "-H", header]).contains("--header"),
            "{header}"
        );
    }
    for value in [
        "sekret\r\nX-Forged: 1",
        "sekret\n",
        "sek\0ret".trim_end_matches('\0'),
        "\u{1b}[31m",
    ] {
        if value.contains('\0') {
            // No command line can contain it.
            continue;
        }
        assert!(refused(&["/x", "-H", &format!("X-Key: {value}")]).contains("x-key"));
    }
    assert!(
        refused(&["/x", "-H", "content-type: a/b", "-H", "Content-Type: c/d"])
            .contains("content-type")
    );
    assert!(refused(&["/x", "-H", "Idempotency-Key:"]).contains("idempotency-key"));
    assert!(refused(&["/x", "-H", "@/no/such/file"]).contains("/no/such/file"));
}

#[test]
fn a_body_comes_from_an_argument_a_file_or_standard_input() {
    let wire = echo();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("body.json");
    fs::write(&file, "{\"file\": 1}\n").unwrap();
    let file = format!("@{}", file.display());
    let received = sent(&wire, &["/x", "-d", &file]);
    assert_eq!(received.text(), "{\"file\": 1}\n");
    assert_eq!(received.header("content-type"), "application/json");
    assert_eq!(received.header("content-length"), "12");
    for argument in ["-", "@-"] {
        with_stdin(&wire, &["/x", "-d", argument], b"[1]").stdout();
        assert_eq!(wire.received().pop().unwrap().text(), "[1]");
    }
    // More than is kept in memory.
    let large = format!("[{}1]", "1,".repeat(1_000_000));
    with_stdin(&wire, &["/x", "-d", "-"], large.as_bytes()).stdout();
    assert_eq!(wire.received().pop().unwrap().text(), large);
    let raw = sent(
        &wire,
        &["/x", "--data-raw", "@me", "-H", "content-type: text/plain"],
    );
    assert_eq!(raw.text(), "@me");
    assert_eq!(raw.header("content-type"), "text/plain");
    let empty = sent(
        &wire,
        &["/x", "-d", "@/dev/null", "-H", "content-type: text/plain"],
    );
    assert_eq!(empty.text(), "");
}

#[test]
fn a_body_that_claims_to_be_json_is_checked_before_anything_is_sent() {
    let wire = echo();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("body.json");
    fs::write(&file, "{\n \"a\": sekret\n}").unwrap();
    let file = format!("@{}", file.display());
    for arguments in [
        &["/x", "-d", &file][..],
        &["/x", "-d", "{\n \"a\": sekret\n}"],
        &[
            "/x",
            "-d",
            "{\n \"a\": sekret",
            "-H",
            "content-type: application/merge-patch+json; a=b",
        ],
    ] {
        let line = refused(arguments);
        assert!(line.contains("line 2 column 7"), "{line}");
    }
    assert!(refused(&["/x", "-d", ""]).contains("empty"));
    assert!(refused(&["/x", "--data-raw", "@sekret"]).contains("line 1 column 1"));
    let line = with_stdin(&wire, &["/x", "-d", "-"], b"{\"a\":\"\xff\"}").failure(2);
    assert!(line.contains("UTF-8"), "{line}");
    assert!(wire.received().is_empty());
    let other = sent(
        &wire,
        &["/x", "-d", "not json", "-H", "Content-Type: text/csv"],
    );
    assert_eq!(other.text(), "not json");
}

#[test]
fn a_file_that_cannot_be_a_body_is_named() {
    let folder = TempDir::new().unwrap();
    let missing = format!("@{}/none", folder.path().display());
    let is_folder = format!("@{}", folder.path().display());
    assert!(refused(&["/x", "-d", &missing]).contains("/none cannot be opened"));
    assert!(refused(&["/x", "-d", &is_folder]).contains("is a folder"));
    assert!(refused(&["/x", "-d", "@"]).contains("names no file"));
    #[cfg(unix)]
    assert!(refused(&["/x", "-d", "@/dev/zero"]).contains("does not end"));
    let twice = ["/x", "-d", "-", "-H", "@-"];
    assert!(refused(&twice).contains("only once"));
}

#[test]
fn a_form_streams_files_and_quotes_names() {
    let wire = echo();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("d\u{e4}ta \"1\".csv");
    fs::write(&file, "a,b\n").unwrap();
    let upload = format!("file=@{};type=text/csv", file.display());
    let received = sent(
        &wire,
        &[
            "/x",
            "-F",
            &upload,
            "-F",
            "note=a=b",
            "--form-string",
            "at=@x",
        ],
    );
    let kind = received.header("content-type");
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert_eq!(
        received.text().replace(boundary, "B"),
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d\u{e4}ta %221%22.csv\"\r\nContent-Type: text/csv\r\n\r\na,b\n\r\n\
         --B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\na=b\r\n\
         --B\r\nContent-Disposition: form-data; name=\"at\"\r\n\r\n@x\r\n--B--\r\n"
    );
    assert!(refused(&["/x", "-F", "sekret"]).contains("--form"));
    assert!(refused(&["/x", "-F", "a=@/none"]).contains("/none"));
    assert!(refused(&["/x", "-F", "a=1", "-H", "content-type: a/b"]).contains("content-type"));
    for other in ["-d", "--data-raw"] {
        misused(&["/x", "-F", "a=1", other, "sekret"]);
    }
}

#[test]
fn failures_are_retried_only_as_requested_and_only_where_that_is_safe() {
    for (arguments, attempts) in [
        (&["/x"][..], 1),
        (&["/x", "--retry", "2"], 3),
        (&["/x", "--retry", "2", "-d", "{}"], 1),
        (
            &["/x", "--retry", "2", "-d", "{}", "-H", "Idempotency-Key: k"],
            3,
        ),
        (&["PUT", "/x", "--retry", "1", "-F", "a=1"], 2),
    ] {
        let wire = Wire::start(|_| response("503 x", "{}"));
        let run = vauth(
            &[&["request", "runai"], arguments].concat(),
            &wire.environment(),
        );
        assert!(run.failure(22).contains("503"), "{arguments:?}");
        assert_eq!(wire.received().len(), attempts, "{arguments:?}");
    }
    for value in ["-1", "101", "x"] {
        misused(&["/x", &format!("--retry={value}")]);
    }
}

#[test]
fn the_time_limit_ends_the_wait() {
    let wire = Wire::start(|_| {
        // Nothing answers within the limit; the server's thread ends with the test.
        std::thread::park();
        Vec::new()
    });
    let arguments = ["request", "runai", "/x", "--timeout", "0.2"];
    let line = vauth(&arguments, &wire.environment()).failure(4);
    assert!(line.contains("within 2"), "{line}");
    for value in ["0", "-1", "x", "inf", "NaN", "1e99"] {
        misused(&["/x", &format!("--timeout={value}")]);
    }
}
