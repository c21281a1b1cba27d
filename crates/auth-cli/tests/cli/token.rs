//! Tests of `vauth token`: three vendors, three formats, and nothing else on standard output.

use auth_testkit::EmulatedVendor;
use serde_json::Value;

use crate::nobody::pipe_without_reader;
use crate::support::{VENDORS, command, environment, start, vauth};

#[tokio::test]
async fn the_token_stands_alone_on_its_line_and_the_vendor_accepts_it() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let environment = environment(&emulator);
        let plain = vauth(&["token", vendor.as_str()], &environment).stdout();
        let token = plain.strip_suffix('\n').unwrap();
        assert!(token.len() >= 40, "{token}");
        assert!(token.bytes().all(|byte| byte.is_ascii_graphic()), "{token}");
        assert_eq!(emulator.token_requests(), 1);
        let named = vauth(
            &["token", vendor.as_str(), "--format", "token"],
            &environment,
        )
        .stdout();
        assert_eq!(named.lines().count(), 1);
    }
}

#[tokio::test]
async fn the_header_is_what_curl_takes() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let arguments = ["token", vendor.as_str(), "--format", "header"];
        let header = vauth(&arguments, &environment(&emulator)).stdout();
        let token = header.strip_prefix("Authorization: Bearer ").unwrap();
        assert!(token.ends_with('\n') && !token.contains(' '), "{header}");
    }
}

#[tokio::test]
async fn the_object_has_five_members_in_order() {
    let lifetimes = [3_600, 1_800, 3_600];
    for (vendor, lifetime) in VENDORS.into_iter().zip(lifetimes) {
        let emulator = start(vendor).await;
        let arguments = ["token", vendor.as_str(), "--format", "json"];
        let text = vauth(&arguments, &environment(&emulator)).stdout();
        assert_eq!(text.lines().count(), 1, "{text}");
        let positions: Vec<_> = ["token", "token_type", "expires_at", "expires_in", "scope"]
            .map(|key| text.find(&format!("\"{key}\":")).unwrap())
            .into();
        assert!(positions.is_sorted(), "{text}");
        let object: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(object.as_object().unwrap().len(), 5);
        assert!(object["token"].as_str().unwrap().len() >= 40);
        assert_eq!(object["token_type"], "Bearer");
        let left = object["expires_in"].as_u64().unwrap();
        assert!(left < lifetime && left + 60 > lifetime, "{text}");
        let expires_at = object["expires_at"].as_str().unwrap();
        assert!(
            expires_at.len() == 20 && expires_at.ends_with('Z'),
            "{text}"
        );
        let scope = match vendor {
            EmulatedVendor::Maia => Value::from("pipeline-execution"),
            EmulatedVendor::Datasaur => Value::Null,
            _ => object["scope"].clone(),
        };
        assert_eq!(object["scope"], scope);
    }
}

#[tokio::test]
async fn a_reader_who_has_gone_is_no_failure() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let output = command(&["token", "datasaur"], &environment(&emulator))
        .stdout(pipe_without_reader())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_is_full_is_a_failure() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let full = std::fs::File::create("/dev/full").unwrap();
    let output = command(&["token", "datasaur"], &environment(&emulator))
        .stdout(full)
        .output()
        .unwrap();
    let line = crate::support::Run::from(output).failure(1);
    assert!(line.contains("cannot write to standard output"), "{line}");
}
