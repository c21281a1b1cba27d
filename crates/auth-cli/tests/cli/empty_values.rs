//! Tests of empty values, as those of variables that a script has not set: an error that names the argument, before anything is sent.

use crate::hostile::Hostile;
use crate::support::{Environment, vauth, with};

fn assert_named(arguments: &[&str], named: &str, environment: &Environment) {
    let run = vauth(arguments, environment);
    assert_eq!(run.code, Some(2), "{arguments:?}: {run:?}");
    assert_eq!(run.stdout, "", "{arguments:?}");
    assert!(run.stderr.contains(named), "{arguments:?}: {run:?}");
}

#[test]
fn a_name_or_an_id_that_is_empty_is_an_error() {
    let server = Hostile::start(|_| None);
    let bootstrap = ["runai", "bootstrap", "--show-secret", "--role", "Viewer"];
    let grant = ["runai", "access-rules", "create", "--role", "Viewer"];
    for empty in ["", " "] {
        for (arguments, named) in [
            (
                &[
                    &bootstrap[..],
                    &["--name", "a-b", "--department", "d", "--cluster", empty],
                ]
                .concat(),
                "--cluster",
            ),
            (&[&bootstrap[..], &["--name", empty]].concat(), "--name"),
            (
                &[&bootstrap[..], &["--name", "a-b", "--department", empty]].concat(),
                "--department",
            ),
            (
                &[&bootstrap[..], &["--name", "a-b", "--project", empty]].concat(),
                "--project",
            ),
            (
                &[&grant[..], &["--subject", &format!("user:{empty}")]].concat(),
                "--subject",
            ),
            (
                &[
                    &grant[..],
                    &[
                        "--subject",
                        "user:a@b.io",
                        "--scope",
                        &format!("project:{empty}"),
                    ],
                ]
                .concat(),
                "--scope",
            ),
            (
                &vec![
                    "runai",
                    "access-rules",
                    "create",
                    "--subject",
                    "user:a@b.io",
                    "--role",
                    empty,
                ],
                "--role",
            ),
            (&vec!["runai", "users", "get", empty], "<ID>"),
            (
                &vec!["runai", "users", "create", empty, "--show-secret"],
                "<EMAIL>",
            ),
            (&vec!["runai", "users", "list", "--sort", empty], "--sort"),
            (&vec!["runai", "projects", "create", empty], "<NAME>"),
            (
                &vec!["runai", "projects", "create", "p", "--cluster", empty],
                "--cluster",
            ),
            (
                &vec!["runai", "projects", "create", "p", "--department", empty],
                "--department",
            ),
            (
                &vec!["runai", "projects", "create", "p", "--namespace", empty],
                "--namespace",
            ),
            (
                &vec![
                    "runai",
                    "projects",
                    "create",
                    "p",
                    "--quota",
                    &format!("{empty}=1"),
                ],
                "--quota",
            ),
            (
                &vec!["runai", "projects", "list", "--cluster", empty],
                "--cluster",
            ),
            (
                &vec!["runai", "apps", "create", empty, "--show-secret"],
                "<NAME>",
            ),
            (&vec!["maia", "pipelines", empty], "<PROJECT>"),
            (
                &vec!["maia", "run", "p", "x", "--environment", empty],
                "--environment",
            ),
            (&vec!["maia", "status", empty], "EXECUTION"),
            (&vec!["datasaur", "job", empty], "<ID>"),
            (&vec!["datasaur", "upload", "x", "--name", empty], "--name"),
            (
                &vec!["exec", "runai", "--env", empty, "--", "true"],
                "--env",
            ),
            (&vec!["request", "runai", empty], "path"),
            (&vec!["request", "runai", "/x", "-X", empty], "HTTP method"),
            (&vec!["config", "get", empty], "<KEY>"),
            (&vec!["config", "list", "--profile", empty], "--profile"),
            (
                &vec!["emulate", "maia", "--client-id", empty],
                "--client-id",
            ),
        ] {
            assert_named(arguments, named, &server.environment());
        }
    }
    assert_eq!(server.changes(), [""; 0]);
}

#[test]
fn the_name_of_a_node_pool_has_no_white_space_at_its_ends() {
    let server = Hostile::start(|_| None);
    let arguments = ["runai", "projects", "create", "p", "--quota", " default =1"];
    assert_named(
        &arguments,
        "\" default \" has white space",
        &server.environment(),
    );
}

#[test]
fn a_setting_that_is_empty_is_named_as_it_was_given() {
    let server = Hostile::start(|_| None);
    let environment = with(server.environment(), "MAIA_CLIENT_ID", "x");
    let environment = with(environment, "MAIA_CLIENT_SECRET", "fake-secret");
    let environment = with(environment, "MAIA_REGION", "eu1");
    for option in [
        "--base-url",
        "--client-id",
        "--client-secret-file",
        "--root-certificates-file",
        "--client-certificate-file",
        "--token-url",
        "--store",
        "--store-url-file",
        "--store-key-file",
    ] {
        for command in [&["token", "runai"][..], &["request", "runai", "/x"]] {
            assert_named(&[command, &[option, ""]].concat(), option, &environment);
        }
    }
    assert_named(&["token", "maia", "--region", ""], "--region", &environment);
    // It selects the user's credentials.
    let environment = with(environment, "RUNAI_PASSWORD", "fake-password");
    assert_named(
        &["token", "runai", "--username", ""],
        "--username",
        &environment,
    );
}
