//! Tests of `-v`, `-q` and `RUST_LOG`: what is logged, and that no secret ever is.

use auth_testkit::EmulatedVendor;

use crate::support::{Run, SECRET, VENDORS, environment, start, vauth, with};

#[track_caller]
fn logged(run: &Run) -> &str {
    assert_eq!(run.code, Some(0), "{run:?}");
    &run.stderr
}

#[tokio::test]
async fn each_v_logs_more_and_without_one_nothing_is_logged() {
    let emulator = start(EmulatedVendor::Maia).await;
    let environment = environment(&emulator);
    let silent = vauth(&["token", "maia"], &environment);
    assert_eq!(logged(&silent), "");
    let once = vauth(&["token", "maia", "-v"], &environment);
    assert!(logged(&once).contains("token refreshed"), "{once:?}");
    assert!(logged(&once).contains("response received"), "{once:?}");
    assert!(!logged(&once).contains("hyper"), "{once:?}");
    let twice = vauth(&["-vv", "token", "maia"], &environment);
    assert!(logged(&twice).contains("hyper"), "{twice:?}");
}

#[tokio::test]
async fn rust_log_is_a_filter_unless_an_option_says_otherwise() {
    let emulator = start(EmulatedVendor::Maia).await;
    let filter = with(environment(&emulator), "RUST_LOG", "auth_core::cache=debug");
    let run = vauth(&["token", "maia"], &filter);
    assert!(logged(&run).contains("token refreshed"), "{run:?}");
    assert!(!logged(&run).contains("response received"), "{run:?}");
    let run = vauth(&["token", "maia", "-v"], &filter);
    assert!(logged(&run).contains("response received"), "{run:?}");
    let run = vauth(&["token", "maia", "-q"], &filter);
    assert_eq!(logged(&run), "");
    let invalid = with(environment(&emulator), "RUST_LOG", "a=b=c");
    let run = vauth(&["token", "maia"], &invalid);
    assert!(
        logged(&run).contains("RUST_LOG is not a valid filter"),
        "{run:?}"
    );
}

#[tokio::test]
async fn at_the_lowest_level_no_secret_and_no_token_is_logged() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let name = vendor.as_str();
        let trace = with(environment(&emulator), "RUST_LOG", "trace");
        let own: &[&str] = match vendor {
            EmulatedVendor::Datasaur => &["datasaur", "query", "{ me { id } }"],
            EmulatedVendor::Maia => &["maia", "projects"],
            _ => &["runai", "apps", "list"],
        };
        for arguments in [
            &["token", name][..],
            &["request", name, "GET", "/x?q=fake-query"],
            own,
        ] {
            let run = vauth(arguments, &trace);
            assert!(run.stderr.contains("TRACE"), "{run:?}");
            let token = match arguments[0] {
                "token" => run.stdout.trim_end(),
                _ => "Bearer ",
            };
            for secret in [&SECRET[..6], token, "fake-query"] {
                assert!(!run.stderr.contains(secret), "{secret}: {run:?}");
            }
        }
        emulator.rotate_secret("another-fake-secret");
        let run = vauth(&["token", name], &trace);
        assert_eq!(run.code, Some(3), "{run:?}");
        run.assert_no_secret();
    }
}
