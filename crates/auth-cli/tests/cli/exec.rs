//! Tests of `vauth exec`: the command is in the place of vauth, has the token, and has no credentials.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use auth_testkit::EmulatedVendor;

use crate::cache_folder::Cached;
use crate::home::Home;
use crate::support::{Environment, SECRET, VENDORS, environment, start, vauth, with};

/// A command of a shell, with the path that it needs.
fn shell(environment: Environment) -> Environment {
    with(environment, "PATH", "/usr/bin:/bin")
}

#[tokio::test]
async fn the_command_has_the_token_in_the_vendors_variable() {
    for vendor in VENDORS {
        let cached = Cached::start(vendor).await;
        let name = vendor.as_str();
        let token = cached.token();
        let environment = shell(cached.environment.clone());
        let variable = name.to_uppercase() + "_TOKEN";
        let arguments = ["exec", name, "--", "printenv", &variable];
        assert_eq!(vauth(&arguments, &environment).stdout(), token);
        let arguments = ["exec", name, "--env", "OTHER", "--", "printenv", "OTHER"];
        assert_eq!(vauth(&arguments, &environment).stdout(), token);
        let arguments = ["exec", name, "--env", "OTHER", "--", "printenv", &variable];
        assert_eq!(vauth(&arguments, &environment).code, Some(1));
        assert_eq!(cached.emulator.token_requests(), 1);
    }
}

#[tokio::test]
async fn no_credentials_are_inherited_unless_that_is_wanted() {
    let emulator = start(EmulatedVendor::Maia).await;
    let mut environment = shell(environment(&emulator));
    for (name, value) in [
        ("RUNAI_PASSWORD", SECRET),
        ("DATASAUR_TOKEN", SECRET),
        ("MATILLION_CLIENT_ID", "id"),
        ("VAUTH_STORE_KEY", SECRET),
        ("HARMLESS", "kept"),
    ] {
        environment.push((name.to_owned(), value.to_owned()));
    }
    let run = vauth(&["exec", "maia", "--", "env"], &environment);
    run.assert_no_secret();
    let names: Vec<_> = run
        .stdout
        .lines()
        .filter_map(|line| line.split('=').next())
        .filter(|name| !["_", "PWD", "SHLVL"].contains(name))
        .collect();
    let mut names = names;
    names.sort_unstable();
    let expected = [
        "HARMLESS",
        "MAIA_BASE_URL",
        "MAIA_TOKEN",
        "MAIA_TOKEN_URL",
        "PATH",
    ];
    assert_eq!(names, expected, "{run:?}");
    let arguments = ["exec", "maia", "--keep-environment", "--", "env"];
    let text = vauth(&arguments, &environment).stdout();
    assert!(text.contains(&format!("MAIA_CLIENT_SECRET={SECRET}")));
    assert!(text.contains("MAIA_TOKEN="));
}

#[tokio::test]
async fn vauth_itself_works_as_the_command() {
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = environment(&emulator);
    let path = "/dpc/v1/projects?size=1";
    let program = env!("CARGO_BIN_EXE_vauth");
    let arguments = ["exec", "maia", "--", program, "request", "maia", path];
    vauth(&arguments, &environment).stdout();
    assert_eq!(emulator.token_requests(), 1);
}

#[tokio::test]
async fn a_nested_run_gets_other_tokens_only_if_it_has_the_credentials() {
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = environment(&emulator);
    let nested = [
        env!("CARGO_BIN_EXE_vauth"),
        "token",
        "maia",
        "--force-refresh",
    ];
    let run = vauth(
        &[&["exec", "maia", "--"][..], &nested].concat(),
        &environment,
    );
    let line = run.failure(2);
    assert!(
        line.contains("MAIA_TOKEN") && line.contains("--env"),
        "{line}"
    );
    assert_eq!(emulator.token_requests(), 1);
    let options = ["exec", "maia", "--keep-environment", "--env", "OTHER", "--"];
    let token = vauth(&[&options[..], &nested].concat(), &environment).stdout();
    assert!(token.len() > 20, "{token}");
    assert_eq!(emulator.token_requests(), 3);
}

#[tokio::test]
async fn the_token_is_on_no_command_line() {
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = shell(environment(&emulator));
    let script = r#"tr '\0' ' ' < /proc/$$/cmdline; echo; echo "$MAIA_TOKEN""#;
    let text = vauth(&["exec", "maia", "--", "sh", "-c", script], &environment).stdout();
    let (line, token) = text.trim_end().split_once('\n').unwrap();
    assert!(token.len() > 20 && !line.contains(token), "{line}");
}

#[tokio::test]
async fn exit_codes_and_words_pass_through() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let environment = shell(environment(&emulator));
    for code in [0, 1, 2, 3, 77, 126, 127, 255] {
        let script = format!("exit {code}");
        let run = vauth(
            &["exec", "datasaur", "--", "sh", "-c", &script],
            &environment,
        );
        assert_eq!(run.code, Some(code));
        assert_eq!(run.stderr, "");
    }
    let words = ["--json", "-v", "a b", "", "--", "*"];
    let start = ["exec", "datasaur", "--", "printf", "[%s]"];
    let text = vauth(&[&start[..], &words].concat(), &environment).stdout();
    assert_eq!(text, "[--json][-v][a b][][--][*]");
}

#[tokio::test]
async fn a_command_that_is_not_there_is_127_and_one_that_cannot_run_126() {
    let emulator = start(EmulatedVendor::Maia).await;
    let home = tempfile::TempDir::new().unwrap();
    let file = home.path().join("no-program");
    std::fs::write(&file, "text").unwrap();
    let environment = shell(environment(&emulator));
    for missing in ["fake-command-of-a-test", "/nowhere/fake"] {
        let line = vauth(&["exec", "maia", "--", missing], &environment).failure(127);
        assert!(line.contains(missing), "{line}");
    }
    let file = file.to_str().unwrap();
    let line = vauth(&["exec", "maia", "--", file], &environment).failure(126);
    assert!(line.contains("ermission denied"), "{line}");
    let line = vauth(&["exec", "maia", "--", "/"], &environment).failure(126);
    assert!(line.contains("\"/\""), "{line}");
    // The system says "not found" of these too.
    let script = home.path().join("fake-script-of-a-test");
    for (text, expected) in [
        ("#!/nowhere/fake-shell\n", "/nowhere/fake-shell"),
        ("#! /nowhere/fake-shell -e\n", "/nowhere/fake-shell"),
        ("#!/bin/sh\r\n", "carriage return"),
    ] {
        std::fs::write(&script, text).unwrap();
        std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
        let line = vauth(
            &["exec", "maia", "--", script.to_str().unwrap()],
            &environment,
        )
        .failure(126);
        assert!(line.contains(expected), "{line}");
        assert!(!line.contains("PATH"), "{line}");
        let path = format!("/usr/bin:{}", home.path().display());
        let on_path = with(environment.clone(), "PATH", &path);
        vauth(&["exec", "maia", "--", "fake-script-of-a-test"], &on_path).failure(126);
    }
}

#[tokio::test]
async fn wrong_arguments_and_a_failed_sign_in_run_nothing() {
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = shell(environment(&emulator));
    for arguments in [
        &["exec", "maia"][..],
        &["exec", "maia", "--"],
        &["exec", "maia", "echo", "x"],
        &["exec", "maia", "--env", "A=B", "--", "echo", "x"],
        &["exec", "maia", "--env", "", "--", "echo", "x"],
        &["exec", "maia", "--env", "1x", "--", "echo", "x"],
        &["exec", "maia", "--env", "a b", "--", "echo", "x"],
        &["exec", "maia", "--env", "a\nb", "--", "echo", "x"],
        &["exec", "maia", "--env", "\u{e4}", "--", "echo", "x"],
        &["exec", "maia", "--", ""],
        &["exec", "--", "echo", "x"],
    ] {
        let run = vauth(arguments, &environment);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert_eq!(run.stdout, "");
    }
    assert_eq!(emulator.token_requests(), 0);
    emulator.disable_client();
    let run = vauth(&["exec", "maia", "--", "echo", "x"], &environment);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert_eq!(run.stdout, "");
}

#[tokio::test]
async fn the_vendor_may_come_from_the_profile() {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Maia).await;
    home.set_up("default", &emulator);
    let environment = shell(home.environment.clone());
    let text = vauth(&["exec", "--", "printenv", "MAIA_TOKEN"], &environment).stdout();
    assert!(text.len() > 20);
}

#[tokio::test]
async fn the_command_has_the_process_id_and_gets_the_signals() {
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = shell(environment(&emulator));
    for (name, number) in [
        ("HUP", 1),
        ("INT", 2),
        ("QUIT", 3),
        ("USR1", 10),
        ("USR2", 12),
        ("TERM", 15),
        ("KILL", 9),
    ] {
        // Once by its default, and once as the command wants.
        for trap in ["", "trap 'exit 42' SIGNAL;"] {
            let trap = trap.replace("SIGNAL", name);
            if name == "KILL" && !trap.is_empty() {
                continue;
            }
            let script = format!("{trap} echo $$; read line; exit 1");
            let mut child = Command::new("/usr/bin/env")
                .arg("--default-signal=HUP,INT,QUIT,USR1,USR2,TERM")
                .arg(env!("CARGO_BIN_EXE_vauth"))
                .args(["exec", "maia", "--", "sh", "-c", &script])
                .env_clear()
                .envs(environment.iter().map(|(name, value)| (name, value)))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let id = child.id().to_string();
            let mut line = String::new();
            let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
            std::io::BufRead::read_line(&mut output, &mut line).unwrap();
            assert_eq!(line.trim_end(), id);
            let killed = Command::new("kill").args(["-s", name, &id]).status();
            assert!(killed.unwrap().success());
            let status = child.wait().unwrap();
            match trap.is_empty() {
                true => assert_eq!(status.signal(), Some(number), "{name}"),
                false => assert_eq!(status.code(), Some(42), "{name}"),
            }
        }
    }
}
