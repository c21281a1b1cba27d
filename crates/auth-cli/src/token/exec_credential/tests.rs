//! Tests of the version that kubectl requests.

use super::*;

#[test]
fn the_requested_version_is_used_if_it_is_known() {
    for version in VERSIONS {
        let info = format!(
            r#"{{"apiVersion":"{version}","kind":"ExecCredential","spec":{{"interactive":true}}}}"#
        );
        let variables = Variables::from_iter([(VARIABLE, info.as_str())]);
        assert_eq!(requested_version(&variables).unwrap(), version);
    }
}

#[test]
fn other_requests_are_errors() {
    for info in [
        "",
        "{}",
        "[]",
        r#"{"apiVersion":"client.authentication.k8s.io/v1alpha1"}"#,
        r#"{"apiVersion":"v1","kind":"ExecCredential"}"#,
        r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"Secret"}"#,
    ] {
        assert!(version_in(info).is_err(), "{info}");
    }
}
