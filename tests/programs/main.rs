//! Runs the vendor crates' examples, as programs of their own, against emulated vendors.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod tenants;

use std::process::{Command, Output};

use auth_testkit::{EmulatedVendor, Emulator};

/// Runs a program whose environment points at an emulator and holds nothing else.
fn run(program: &str, emulator: &Emulator, secret: &str) -> Output {
    let prefix = emulator.name().to_uppercase();
    let variables = [
        ("BASE_URL", emulator.base_url()),
        ("TOKEN_URL", emulator.token_url()),
        ("CLIENT_ID", emulator.client_id()),
        ("CLIENT_SECRET", secret),
    ];
    Command::new(program)
        .env_clear()
        .envs(variables.map(|(name, value)| (format!("{prefix}_{name}"), value)))
        .output()
        .unwrap()
}

const PROGRAMS: [(EmulatedVendor, &str); 3] = [
    (
        EmulatedVendor::Datasaur,
        env!("CARGO_BIN_EXE_example-datasaur-query"),
    ),
    (
        EmulatedVendor::Maia,
        env!("CARGO_BIN_EXE_example-maia-projects"),
    ),
    (
        EmulatedVendor::Runai,
        env!("CARGO_BIN_EXE_example-runai-token"),
    ),
];

#[tokio::test]
async fn each_example_does_what_it_says_with_one_token() {
    for (vendor, program) in PROGRAMS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let output = run(program, &emulator, emulator.client_secret());
        assert!(output.status.success(), "{vendor}: {output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let (first, last) = (text.lines().next().unwrap(), text.lines().last().unwrap());
        match vendor {
            EmulatedVendor::Datasaur => {
                assert_eq!(first, "signed in as member 1");
                assert_eq!(last, r#"{"me":{"id":"1"}}"#);
            }
            EmulatedVendor::Maia => assert!(last.ends_with("Project 60"), "{text}"),
            _ => {
                assert!(first.starts_with("signed in for "), "{text}");
                assert_eq!(last, "the API answered with status 200 OK");
            }
        }
        assert_eq!(emulator.token_requests(), 1, "{vendor}");
    }
}

#[tokio::test]
async fn an_example_that_is_refused_fails_and_shows_no_secret() {
    for (vendor, program) in PROGRAMS {
        let emulator = Emulator::start(vendor).await.unwrap();
        let output = run(program, &emulator, "zq7xw9-fake-wrong-secret");
        assert!(!output.status.success(), "{vendor}");
        let shown = format!("{output:?}");
        assert!(
            shown.contains("rejected the credentials") && !shown.contains("zq7xw9"),
            "{vendor}: {shown}"
        );
    }
}

#[tokio::test]
async fn the_bootstrap_example_keeps_the_secret_in_a_file_of_its_own_and_changes_nothing_again() {
    let emulator = Emulator::start(EmulatedVendor::Runai).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bootstrap = || {
        Command::new(env!("CARGO_BIN_EXE_example-runai-bootstrap"))
            .args(["nightly-import", "System administrator"])
            .current_dir(&folder)
            .env_clear()
            .env("RUNAI_BASE_URL", emulator.base_url())
            .env("RUNAI_USERNAME", emulator.username().unwrap())
            .env("RUNAI_PASSWORD", emulator.password().unwrap())
            .output()
            .unwrap()
    };
    let first = bootstrap();
    assert!(first.status.success(), "{first:?}");
    let file = folder.path().join("nightly-import.secret");
    let secret = std::fs::read_to_string(&file).unwrap();
    assert!(!format!("{first:?}").contains(&secret));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let second = bootstrap();
    let text = String::from_utf8(second.stdout).unwrap();
    assert!(text.contains("is unchanged"), "{text}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), secret);
}
