//! Tests of the exit codes of a sign-in that fails, and of the line that goes with each.

use std::time::Duration;

use auth_testkit::{EmulatedVendor, Emulator, Fault};

use crate::nobody::ClosedPort;
use crate::support::{Environment, SECRET, VENDORS, environment, start, vauth, with, without};

#[track_caller]
fn failure(vendor: EmulatedVendor, environment: &Environment, code: i32) -> String {
    let run = vauth(&["token", vendor.as_str()], environment);
    assert_eq!(run.stdout, "", "{run:?}");
    run.failure(code)
}

async fn with_fault(vendor: EmulatedVendor, fault: Fault) -> Emulator {
    let emulator = start(vendor).await;
    emulator.inject_token_fault(fault.forever());
    emulator
}

#[tokio::test]
async fn code_2_names_the_missing_variable_with_an_example() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let prefix = vendor.as_str().to_uppercase();
        for variable in [
            format!("{prefix}_CLIENT_ID"),
            format!("{prefix}_CLIENT_SECRET"),
        ] {
            let line = failure(vendor, &without(environment(&emulator), &variable), 2);
            assert!(line.contains(&format!("for example {variable}=")), "{line}");
        }
        assert_eq!(emulator.token_requests(), 0);
    }
}

#[tokio::test]
async fn code_2_for_a_vendor_without_an_address() {
    for (vendor, variable) in [
        (EmulatedVendor::Maia, "MAIA_REGION"),
        (EmulatedVendor::Runai, "RUNAI_BASE_URL"),
    ] {
        let emulator = start(vendor).await;
        let base_url = format!("{}_BASE_URL", vendor.as_str().to_uppercase());
        let line = failure(vendor, &without(environment(&emulator), &base_url), 2);
        assert!(line.contains(&format!("for example {variable}=")), "{line}");
    }
}

#[tokio::test]
async fn code_2_for_plain_http_to_another_machine() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let variable = format!("{}_BASE_URL", vendor.as_str().to_uppercase());
        let environment = with(
            environment(&emulator),
            &variable,
            "http://vendor.example.com",
        );
        let line = failure(vendor, &environment, 2);
        assert!(
            line.contains(&variable) && line.contains("plain http"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn code_2_for_a_secret_that_was_copied_badly() {
    let emulator = start(EmulatedVendor::Maia).await;
    let secret = format!("{SECRET}\n");
    let environment = with(environment(&emulator), "MAIA_CLIENT_SECRET", &secret);
    let line = failure(EmulatedVendor::Maia, &environment, 2);
    assert!(line.contains("MAIA_CLIENT_SECRET"), "{line}");
}

#[tokio::test]
async fn code_3_for_a_wrong_secret() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let environment = environment(&emulator);
        // Now it is the one in the environment that is wrong.
        emulator.rotate_secret("another-fake-secret");
        let line = failure(vendor, &environment, 3);
        assert!(line.contains("rejected the credentials"), "{line}");
        assert!(
            line.contains("check the client id and the client secret"),
            "{line}"
        );
        assert_eq!(
            emulator.token_requests(),
            1,
            "{vendor}: a refusal is not retried"
        );
    }
}

#[tokio::test]
async fn code_4_for_a_port_that_nobody_listens_on() {
    let closed = ClosedPort::new();
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let prefix = vendor.as_str().to_uppercase();
        let mut environment = with(
            environment(&emulator),
            &format!("{prefix}_BASE_URL"),
            &closed.url,
        );
        if vendor == EmulatedVendor::Maia {
            environment = with(environment, "MAIA_TOKEN_URL", &closed.url);
        }
        let line = failure(vendor, &environment, 4);
        assert!(line.contains("no connection"), "{line}");
    }
}

#[tokio::test]
async fn code_4_for_an_endpoint_that_cannot_serve() {
    for vendor in VENDORS {
        let emulator = with_fault(vendor, Fault::status(503)).await;
        let line = failure(vendor, &environment(&emulator), 4);
        assert!(line.contains("503") && line.contains("try again"), "{line}");
    }
}

#[tokio::test]
async fn code_4_for_throttling_with_the_wait_that_was_asked_for() {
    for vendor in VENDORS {
        let fault = Fault::status(429).retry_after(Duration::from_secs(120));
        let emulator = with_fault(vendor, fault).await;
        let line = failure(vendor, &environment(&emulator), 4);
        assert!(
            line.contains("429") && line.contains("try again in 120 s"),
            "{line}"
        );
        assert_eq!(
            emulator.token_requests(),
            1,
            "{vendor}: a long wait is not waited for"
        );
    }
}

#[tokio::test]
async fn code_5_for_a_web_page_and_other_unreadable_answers() {
    for vendor in VENDORS {
        for fault in [
            Fault::html(),
            Fault::empty(),
            Fault::body(200, "application/json", "{"),
            Fault::body(200, "application/json", r#"{"token_type":"bearer"}"#),
        ] {
            let emulator = with_fault(vendor, fault).await;
            failure(vendor, &environment(&emulator), 5);
        }
    }
}

#[tokio::test]
async fn code_6_for_a_redirect_which_is_not_followed() {
    for vendor in VENDORS {
        let fault = Fault::redirect("https://login.example.com/?secret=Zx9qLm");
        let emulator = with_fault(vendor, fault).await;
        let line = failure(vendor, &environment(&emulator), 6);
        assert!(line.contains("https://login.example.com "), "{line}");
    }
}

#[tokio::test]
async fn code_6_for_a_token_url_that_is_not_there() {
    let emulator = start(EmulatedVendor::Maia).await;
    let url = format!("{}/nothing", emulator.base_url());
    let environment = with(environment(&emulator), "MAIA_TOKEN_URL", &url);
    let line = failure(EmulatedVendor::Maia, &environment, 6);
    assert!(
        line.contains("404") && line.contains("check the token URL"),
        "{line}"
    );
}

#[tokio::test]
async fn an_endpoint_that_echoes_the_secret_does_not_get_it_printed() {
    for vendor in VENDORS {
        for status in [400, 401, 403, 503] {
            let body = serde_json::json!({
                "error": "invalid_request",
                "error_description": format!("got {SECRET}\n\u{1b}[31m"),
                "code": status,
                "message": format!("got {SECRET}\n\u{1b}[31m"),
            });
            let fault = Fault::body(status, "application/json", body.to_string());
            let emulator = with_fault(vendor, fault).await;
            let run = vauth(&["token", vendor.as_str()], &environment(&emulator));
            let code = run.code.unwrap();
            assert!([3, 4, 6].contains(&code), "{run:?}");
            run.failure(code);
        }
    }
}

/// Its API rejects tokens within a success.
#[tokio::test]
async fn a_rejected_token_of_datasaur_is_named_by_its_own_commands() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let mut environment = environment(&emulator);
    environment.retain(|(name, _)| !name.contains("_CLIENT_"));
    let environment = with(environment, "DATASAUR_TOKEN", "not-a-token-of-the-vendor");
    for arguments in [
        &["query", "{ me { id } }"][..],
        &["job", "x"],
        &["job", "x", "--wait"],
        &["upload", "/etc/passwd"],
    ] {
        let run = vauth(&[&["datasaur"], arguments].concat(), &environment);
        let line = run.failure(22);
        assert!(
            line.contains("the token in DATASAUR_TOKEN may have expired"),
            "{line}"
        );
    }
    let query = r#"{"query":"{ me { id } }"}"#;
    let request = ["request", "datasaur", "/graphql", "-d", query];
    let run = vauth(&request, &environment);
    assert!(run.stdout.contains("AuthenticationError"), "{run:?}");
    let line = run.failure(22);
    assert!(
        line.contains("the token in DATASAUR_TOKEN may have expired"),
        "{line}"
    );
    let run = vauth(&["doctor", "datasaur", "--json"], &environment);
    assert!(
        run.stdout
            .contains("the token in DATASAUR_TOKEN may have expired"),
        "{run:?}"
    );
    // One that has expired is not even sent.
    let expired = "eyJhbGciOiJub25lIn0.eyJleHAiOjEwMDB9.c2ln";
    let environment = with(environment, "DATASAUR_TOKEN", expired);
    let line = vauth(&["datasaur", "query", "{ me { id } }"], &environment).failure(3);
    assert!(
        line.contains("the token in DATASAUR_TOKEN has expired"),
        "{line}"
    );
    assert!(!line.contains("client secret"), "{line}");
}

#[tokio::test]
async fn a_token_that_was_set_and_is_rejected_is_named() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let name = vendor.as_str();
        let variable = format!("{}_TOKEN", name.to_uppercase());
        let mut environment = environment(&emulator);
        environment.retain(|(name, _)| !name.contains("_CLIENT_"));
        let environment = with(environment, &variable, "not-a-token-of-the-vendor");
        let (path, own) = match vendor {
            // Its API rejects tokens within a success.
            EmulatedVendor::Datasaur => continue,
            EmulatedVendor::Maia => ("/dpc/v1/projects", ["maia", "projects"]),
            _ => ("/api/v1/authorization/roles", ["runai", "permissions"]),
        };
        let request = ["request", name, path];
        for arguments in [&request[..], &own] {
            let run = vauth(arguments, &environment);
            assert_eq!(run.code, Some(22), "{run:?}");
            assert!(run.stderr.contains(&variable), "{run:?}");
            assert!(!run.stderr.contains("is fresh"), "{run:?}");
            assert!(!run.stderr.contains("client secret"), "{run:?}");
        }
    }
}
