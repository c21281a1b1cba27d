//! Tests of secrets that a command prints.

use auth_testkit::{EmulatedVendor, Emulator, Runai};

use crate::home::Home;
use crate::support::{SECRET, start};

/// A profile whose secret comes from this TOML value.
async fn profile(command: &str) -> (Home, Emulator) {
    let home = Home::new();
    let emulator = start(EmulatedVendor::Runai).await;
    home.write(&format!(
        "[profiles.p]\nvendor = 'runai'\nbase_url = '{}'\nclient_id = '{}'\nsecret_command = {command}\n",
        emulator.base_url(),
        emulator.client_id()
    ));
    (home, emulator)
}

#[tokio::test]
async fn a_command_is_split_into_words_and_no_shell_runs() {
    for command in [
        format!("['echo', '{SECRET}']"),
        format!("\"echo '{SECRET}'\""),
        format!("['printf', '%s\\r\\n', '{SECRET}']"),
        format!("['sh', '-c', \"echo '{SECRET}'\"]"),
    ] {
        let (home, _emulator) = profile(&command).await;
        home.run(&["token", "--profile", "p"]).stdout();
    }
    // A shell would run two commands.
    let (home, _emulator) = profile("\"echo x; touch trace\"").await;
    home.run(&["token", "--profile", "p"]).failure(3);
}

#[tokio::test]
async fn a_command_below_the_files_folder_is_found_wherever_vauth_runs() {
    let (home, _emulator) = profile(&format!("['./echo', '{SECRET}']")).await;
    // A link, since a script that this process has just written is busy as long as another test's fork holds it open.
    std::os::unix::fs::symlink("/bin/echo", home.path("echo")).unwrap();
    home.run(&["token", "--profile", "p"]).stdout();
}

#[tokio::test]
async fn a_user_with_a_command_gets_the_password_from_it() {
    let home = Home::new();
    let emulator = Emulator::builder(Runai::new()).start().await.unwrap();
    home.write(&format!(
        "[profiles.p]\nvendor = 'runai'\nbase_url = '{}'\nusername = '{}'\nsecret_command = ['echo', '{}']\n",
        emulator.base_url(),
        emulator.username().unwrap(),
        emulator.password().unwrap()
    ));
    home.run(&["runai", "users", "list", "--profile", "p"])
        .stdout();
}

#[tokio::test]
async fn a_failed_command_is_named_with_its_exit_code_and_its_output_is_not_shown() {
    for (command, expected) in [
        (
            format!("['sh', '-c', 'echo {SECRET}; exit 3']"),
            "failed with exit code 3",
        ),
        (
            "['sh', '-c', 'kill -9 $$']".to_owned(),
            "failed with signal 9",
        ),
        (
            "['no-such-command-of-ours']".to_owned(),
            "cannot be started: no-such-command-of-ours",
        ),
        ("['yes']".to_owned(), "printed more than 65536 bytes"),
        (
            "['true']".to_owned(),
            "the output of secret_command in profile \"p\" is empty",
        ),
        (
            format!("['printf', '{SECRET}\\nx\\n']"),
            "the output of secret_command",
        ),
        ("['printf', '\\377']".to_owned(), "not UTF-8"),
    ] {
        let (home, emulator) = profile(&command).await;
        let line = home.run(&["token", "--profile", "p"]).failure(2);
        assert!(line.contains(r#"secret_command in profile "p""#), "{line}");
        assert!(line.contains(expected), "{command}: {line}");
        assert_eq!(emulator.token_requests(), 0);
    }
}

#[tokio::test]
async fn standard_error_is_passed_on_and_standard_input_is_not() {
    let command = format!("['sh', '-c', \"cat; echo locked >&2; echo '{SECRET}'\"]");
    let (home, _emulator) = profile(&command).await;
    let run = home.run_with_input(&["token", "--profile", "p"], "not for it\n");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr, "locked\n");
}

#[tokio::test]
async fn the_command_does_not_run_if_another_source_has_the_secret_or_for_a_list() {
    let (mut home, _emulator) = profile("['sh', '-c', 'exit 3']").await;
    let list = home.run(&["config", "list"]).stdout();
    assert!(
        list.contains("client_secret\t(hidden)\tcommand secret_command"),
        "{list}"
    );
    home.environment
        .push(("RUNAI_CLIENT_SECRET".to_owned(), SECRET.to_owned()));
    home.run(&["token", "--profile", "p"]).stdout();
}
