//! Tests of how settings are named.

use super::*;

#[test]
fn a_setting_is_named_as_the_user_wrote_it_and_only_as_a_whole_word() {
    let renamed = [
        ("MAIA_CLIENT_SECRET", "--client-secret"),
        ("MAIA_REGION", "region in profile \"a\""),
    ];
    let renamed = renamed.map(|(variable, name)| (variable.to_owned(), name.to_owned()));
    let names = SettingNames::new(renamed.into(), false);
    assert_eq!(
        names.apply("region (MAIA_REGION) or MAIA_CLIENT_SECRET, not MAIA_CLIENT_SECRET_FILE"),
        "region in profile \"a\" or --client-secret, not MAIA_CLIENT_SECRET_FILE"
    );
}

#[test]
fn the_librarys_methods_are_not_named() {
    let names = SettingNames::default();
    assert_eq!(
        names.apply("base_url (MAIA_BASE_URL) is plain http to another machine: use https, or opt in with allow_http"),
        "MAIA_BASE_URL is plain http to another machine: use https"
    );
}
