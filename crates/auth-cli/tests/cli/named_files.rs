//! Tests of errors about files: they name the file that was asked for, and never a temporary one.

use std::fs;
use std::process::Command;

use auth_testkit::EmulatedVendor;

use crate::home::Home;
use crate::support::{Run, command, environment, start, with};

#[tokio::test]
async fn an_error_names_the_file_of_the_command_line() {
    let emulator = start(EmulatedVendor::Runai).await;
    let home = Home::new();
    let file = home.path("file");
    fs::write(&file, "mine").unwrap();
    let below_nothing = home.path("no-folder/x");
    let below_file = home.path("file/x");
    for path in [&below_nothing, &below_file] {
        for arguments in [
            &["man", "--dir", "/dev/null/man"][..],
            &["request", "runai", "/api/v1/clusters", "-o", path],
            &["runai", "apps", "create", "a", "--secret-file", path],
        ] {
            let path = match arguments[0] {
                "man" => "/dev/null/man",
                _ => path,
            };
            let run = command(arguments, &environment(&emulator)).output();
            let line = Run::from(run.unwrap()).failure(1);
            assert_eq!(line.matches(path).count(), 1, "{line}");
            let rest = line.replace(path, "");
            assert!(
                !rest.contains(".tmp") && !rest.contains(".vauth-"),
                "{line}"
            );
        }
    }
    assert_eq!(emulator.token_requests(), 0);
}

#[tokio::test]
async fn an_error_of_a_temporary_file_names_the_one_that_it_replaces() {
    let emulator = start(EmulatedVendor::Runai).await;
    let home = Home::new();
    let output = home.path("result.json");
    let environment = environment(&emulator);
    // The limit of a file's size stands for a full disk.
    let script = "ulimit -f 0; exec \"$0\" request runai /api/v1/clusters --store none -o \"$1\"";
    let run = Command::new("/bin/sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_vauth"), &output])
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .output();
    let line = Run::from(run.unwrap()).failure(1);
    assert!(
        line.contains(&output) && !line.contains(".vauth-"),
        "{line}"
    );
    assert!(fs::metadata(&output).is_err());

    let configuration = with(
        home.environment.clone(),
        "VAUTH_CONFIG",
        "/proc/vauth/c.toml",
    );
    let arguments = ["config", "set", "vendor=maia"];
    let run = command(&arguments, &configuration).output();
    let line = Run::from(run.unwrap()).failure(2);
    assert!(
        line.contains("/proc/vauth/c.toml") && !line.contains(".tmp"),
        "{line}"
    );
}
