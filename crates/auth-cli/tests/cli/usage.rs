//! Tests of what clap and the command itself refuse, and of what they do not repeat.

use auth_testkit::EmulatedVendor;

use crate::support::{Environment, Run, SECRET, environment, start, vauth};

fn refused(arguments: &[&str]) -> Run {
    let run = vauth(arguments, &Environment::new());
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(run.stdout, "", "{run:?}");
    assert!(!run.stderr.is_empty(), "{run:?}");
    run.assert_no_secret();
    run
}

#[test]
fn mistakes_on_the_command_line_end_with_2() {
    for arguments in [
        &[][..],
        &["fly"],
        &["token"],
        &["token", "acme"],
        &["token", "maia", "--format", "xml"],
        &["request", "maia", "GET"],
        &["request", "maia", "G E T", "/"],
        &["emulate", "maia", "--port", "70000"],
        &["maia"],
        &["maia", "projects", "--page-size", "0"],
        &["maia", "projects", "--page-size", "101"],
        &["datasaur", "query"],
        &["doctor"],
        &["completions", "tcsh"],
        &["emulate", "maia", "--token-lifetime", "0"],
        &[
            "emulate",
            "maia",
            "--token-lifetime",
            "18446744073709551615",
        ],
        &["proxy", "maia", "--timeout", "1e19"],
        &["request", "maia", "/", "--timeout", "1e19"],
        &["emulate", "runai", "--control-plane", "2.23"],
        &["emulate", "maia", "--control-plane", "2.24"],
    ] {
        refused(arguments);
    }
}

#[test]
fn a_secret_on_the_command_line_is_not_repeated() {
    for arguments in [
        &["emulate", "maia", "--port", "x", "--client-secret", SECRET][..],
        &["emulate", "--client-secret", SECRET],
        &[
            "emulate",
            "maia",
            "--client-secret",
            SECRET,
            "--client-secret",
            SECRET,
        ],
        &["emulate", "maia", "--client-secret", &format!(" {SECRET}")],
        &["emulate", "maia", "--client-secret", &format!("{SECRET}\n")],
        &["token", "maia", "--client-secret", SECRET],
        &["token", "maia", &format!("--client-secret={SECRET}")],
        &["request", "maia", "GET", &format!("no-slash?key={SECRET}")],
        &["request", "maia", "GET", &format!("/path?key={SECRET}")],
    ] {
        refused(arguments);
    }
}

#[tokio::test]
async fn a_path_never_leads_to_another_host() {
    let emulator = start(EmulatedVendor::Runai).await;
    for path in [
        "https://example.com/",
        "//example.com/",
        "/../x",
        "example.com",
    ] {
        let run = vauth(&["request", "runai", "GET", path], &environment(&emulator));
        let line = run.failure(2);
        assert!(line.contains("slash"), "{line}");
    }
    assert_eq!(emulator.api_requests(), 0);
}

#[test]
fn help_lists_the_commands_and_the_exit_codes() {
    let help = vauth(&["--help"], &Environment::new()).stdout();
    for word in [
        "demo",
        "token",
        "request",
        "datasaur",
        "maia",
        "doctor",
        "emulate",
        "completions",
        "Exit codes:",
        "22",
    ] {
        assert!(help.contains(word), "{help}");
    }
    let version = vauth(&["--version"], &Environment::new()).stdout();
    assert_eq!(version, format!("vauth {}\n", env!("CARGO_PKG_VERSION")));
}
