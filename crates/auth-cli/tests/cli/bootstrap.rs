//! Tests of `vauth runai bootstrap`: its steps, its secrets, and that it changes nothing the second time.

use std::path::Path;

use auth_testkit::ControlPlane;

use crate::shell::{ROLE, Shell, read_secret};

#[tokio::test]
async fn a_bootstrap_that_is_run_twice_changes_nothing_and_shows_no_secret() {
    for version in [ControlPlane::V2_20, ControlPlane::V2_24, ControlPlane::V3_0] {
        let shell = Shell::start(version).await;
        let (file, password) = (shell.path("secret"), shell.path("password"));
        let arguments = [
            "bootstrap",
            "--name",
            "nightly-import",
            "--role",
            ROLE,
            "--secret-file",
            &file,
            "--user",
            "a@b.io",
            "--user-password-file",
            &password,
        ];
        let first = shell.run(&arguments).stdout();
        let (secret, temporary) = (read_secret(&file), read_secret(&password));
        let steps = |text: &str| -> Vec<String> {
            let lines = text.lines();
            lines
                .map(|line| line.split('\t').next().unwrap().to_owned())
                .collect()
        };
        assert_eq!(
            steps(&first),
            [
                "signed in",
                "created account",
                "new secret",
                "created access rule",
                "verified sign-in",
                "created user",
                "new password"
            ],
            "{version}"
        );
        let second = shell.run(&arguments).stdout();
        assert_eq!(
            steps(&second),
            [
                "signed in",
                "found account",
                "found access rule",
                "verified sign-in",
                "found user"
            ],
            "{version}"
        );
        for text in [&first, &second] {
            assert!(
                !text.contains(&secret) && !text.contains(&temporary),
                "{text}"
            );
        }
        assert_eq!(read_secret(&file), secret);

        let third = shell
            .run(&[&arguments[..], &["--regenerate-secret"]].concat())
            .stdout();
        assert!(steps(&third).contains(&"new secret".to_owned()));
        assert_ne!(read_secret(&file), secret);
        assert_eq!(
            Path::new(&file)
                .parent()
                .unwrap()
                .read_dir()
                .unwrap()
                .count(),
            2
        );
    }
}

#[tokio::test]
async fn a_bootstrap_that_fails_tells_what_was_done() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let file = shell.path("secret");
    let arguments = [
        "bootstrap",
        "--name",
        "nightly-import",
        "--role",
        "Archduke",
        "--secret-file",
        &file,
    ];
    let run = shell.run(&arguments);
    assert_eq!(run.stdout, "");
    assert!(run.failure(2).contains(ROLE));
    assert!(!Path::new(&file).exists());
    assert!(
        !shell
            .names("service-accounts")
            .contains(&"nightly-import".to_owned())
    );
}
