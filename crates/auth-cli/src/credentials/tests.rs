//! Tests that every setting of every vendor is known as part of credentials, or as something else.

use super::*;
use crate::vendor::{Vendor, is_secret};

#[test]
fn every_setting_is_classified() {
    let others = [
        "audience",
        "base_url",
        "client_certificate_file",
        "client_key_file",
        "allow_http",
        "region",
        "root_certificates_file",
        "token_api",
        "token_url",
        "upload_url",
    ];
    for vendor in Vendor::ALL {
        for row in vendor.settings() {
            let name = row.name();
            if row.variable().is_none() {
                continue;
            }
            let is_credential = family_of(name).is_some();
            assert_ne!(
                is_credential,
                others.contains(&name),
                "a new setting? {name}"
            );
            let secret = name.strip_suffix("_file").unwrap_or(name);
            assert!(!is_secret(secret) || is_credential, "{name}");
        }
    }
}

#[test]
fn every_secret_is_in_a_family_with_its_file() {
    for secret in SECRETS {
        let family = family_of(secret).unwrap();
        assert_eq!(family_of(&file_of(secret)), Some(family));
    }
}
