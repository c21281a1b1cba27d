//! Tests of the documents: hostile values survive, and invalid names are errors.

use clap::Parser as _;

use super::*;
use crate::arguments::runai::RunaiCommand;
use crate::arguments::{Arguments, Command};

const HOSTILE: [&str; 8] = [
    "plain-Secret_1",
    "it's \"quoted\"",
    "$(touch /tmp/vauth-forged) `id` ${HOME}",
    "two\nlines\nRUNAI_CLIENT_SECRET=forged\nexport RUNAI_CLIENT_SECRET='forged'",
    "back\\slash \\' \\n",
    "\u{fc}\u{4f60}\u{1f600}",
    " spaces ",
    "a: b # c - {d}",
];

fn arguments(extra: &[&str]) -> BootstrapArguments {
    let start = [
        "vauth",
        "runai",
        "bootstrap",
        "--role",
        "r",
        "--show-secret",
    ];
    let parsed = Arguments::try_parse_from([&start[..], extra].concat()).unwrap();
    let Command::Runai(runai) = parsed.command else {
        panic!("{parsed:?}");
    };
    match runai.command {
        RunaiCommand::Bootstrap(arguments) => arguments,
        other => panic!("{other:?}"),
    }
}

fn document(format: &str, extra: &[&str]) -> Result<Option<Document>, Failure> {
    let start = ["--name", "nightly_import", "--format", format];
    let arguments = arguments(&[&start[..], extra].concat());
    Document::prepare(&arguments, "https://runai.example")
}

#[test]
fn every_format_returns_the_secret_that_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document");
    for format in ["env", "dotenv", "k8s-secret", "json"] {
        let document = document(format, &[]).unwrap().unwrap();
        for secret in HOSTILE {
            let text = document.render("client-7", &Secret::from(secret));
            std::fs::write(&path, text.expose_secret()).unwrap();
            let read = document.read(&path).unwrap();
            assert_eq!(read.expose_secret(), secret, "{format}");
        }
        std::fs::write(&path, "something else").unwrap();
        assert!(document.read(&path).is_err(), "{format}");
    }
}

#[test]
fn the_manifest_contains_base64_and_quoted_names() {
    let extra = ["--secret-name", "123.a-b", "--namespace", "1"];
    let document = document("k8s-secret", &extra).unwrap().unwrap();
    let text = document.render("it's\n\u{fc}", &Secret::from("fake"));
    assert_eq!(
        text.expose_secret(),
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: \"123.a-b\"\n  namespace: \"1\"\ntype: Opaque\ndata:\n  \
         RUNAI_BASE_URL: \"aHR0cHM6Ly9ydW5haS5leGFtcGxl\"\n  RUNAI_CLIENT_ID: \"aXQncwrDvA==\"\n  RUNAI_CLIENT_SECRET: \"ZmFrZQ==\"\n"
    );
}

#[test]
fn the_name_of_the_secret_is_the_accounts_in_kubernetes_form() {
    let document = document("k8s-secret", &[]).unwrap().unwrap();
    assert_eq!(document.secret_name, "nightly-import");
    let dashes = arguments(&["--name", "__", "--format", "k8s-secret"]);
    assert!(Document::prepare(&dashes, "https://runai.example").is_err());
}

#[test]
fn names_that_kubernetes_rejects_are_errors() {
    let long = "a".repeat(254);
    for name in [
        "A", "a_b", "-a", "a-", "a..b", "\u{fc}", "a b", "a/b", "a\nb", &long,
    ] {
        let extra = format!("--secret-name={name}");
        assert!(document("k8s-secret", &[&extra]).is_err(), "{name}");
    }
    for name in ["a.b", "A", &"a".repeat(64)] {
        let extra = format!("--namespace={name}");
        assert!(document("k8s-secret", &[&extra]).is_err(), "{name}");
    }
    assert!(document("env", &["--namespace", "a"]).is_err());
}
