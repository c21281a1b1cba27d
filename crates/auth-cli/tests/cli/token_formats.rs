//! Tests of the formats of `vauth token` for shells and for kubectl.

use std::process::Command;

use auth_testkit::EmulatedVendor;
use serde_json::Value;

use crate::support::{VENDORS, environment, start, vauth, with};

#[tokio::test]
async fn assignments_name_the_vendors_variable() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let name = vendor.as_str().to_uppercase() + "_TOKEN";
        for (format, before, after) in [
            ("env", format!("export {name}='"), "'\n"),
            ("env-no-export", format!("{name}='"), "'\n"),
            ("dotenv", format!("{name}="), "\n"),
            ("fish", format!("set -gx {name} '"), "'\n"),
            ("powershell", format!("$Env:{name} = '"), "'\n"),
            ("windows-cmd", format!("set \"{name}="), "\"\n"),
        ] {
            let arguments = ["token", vendor.as_str(), "--format", format];
            let text = vauth(&arguments, &environment(&emulator)).stdout();
            let token = text
                .strip_prefix(&before)
                .and_then(|rest| rest.strip_suffix(after));
            let token = token.unwrap();
            assert!(
                token.len() >= 40 && token.bytes().all(|byte| byte.is_ascii_graphic()),
                "{text}"
            );
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_shell_evaluates_the_export() {
    let emulator = start(EmulatedVendor::Maia).await;
    let program = env!("CARGO_BIN_EXE_vauth");
    let script = format!(
        "eval \"$({program} token maia --format env)\" && sh -c 'printf %s \"$MAIA_TOKEN\"'"
    );
    let output = Command::new("/bin/sh")
        .args(["-c", &script])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .envs(environment(&emulator))
        .output()
        .unwrap();
    assert!(output.stdout.len() >= 40, "{output:?}");
}

#[tokio::test]
async fn kubectl_gets_a_credential_in_the_version_that_it_requests() {
    let emulator = start(EmulatedVendor::Runai).await;
    let arguments = ["token", "runai", "--format", "exec-credential"];
    for (info, version) in [
        (None, "client.authentication.k8s.io/v1"),
        (Some("v1"), "client.authentication.k8s.io/v1"),
        (Some("v1beta1"), "client.authentication.k8s.io/v1beta1"),
    ] {
        let mut environment = environment(&emulator);
        if let Some(info) = info {
            let info = format!(
                r#"{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/{info}","spec":{{"interactive":false}}}}"#
            );
            environment = with(environment, "KUBERNETES_EXEC_INFO", &info);
        }
        let text = vauth(&arguments, &environment).stdout();
        let object: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(object["apiVersion"], version);
        assert_eq!(object["kind"], "ExecCredential");
        assert!(object["status"]["token"].as_str().unwrap().len() >= 40);
        let expires = object["status"]["expirationTimestamp"].as_str().unwrap();
        assert!(expires.len() == 20 && expires.ends_with('Z'), "{text}");
        assert_eq!(object.as_object().unwrap().len(), 3);
    }
    for info in [
        "",
        "nonsense",
        r#"{"apiVersion":"client.authentication.k8s.io/v1alpha1"}"#,
    ] {
        let environment = with(environment(&emulator), "KUBERNETES_EXEC_INFO", info);
        let before = emulator.token_requests();
        let line = vauth(&arguments, &environment).failure(2);
        assert!(line.contains("KUBERNETES_EXEC_INFO"), "{line}");
        assert_eq!(emulator.token_requests(), before);
    }
}
