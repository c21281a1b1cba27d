//! Tests of what names depend on, and what they tell.

use super::*;

fn id(secret: &str, fields: &[&str]) -> SharedTokenId {
    let id = SharedTokenId::of_client(&Secret::from(secret));
    fields.iter().fold(id, SharedTokenId::with_field)
}

fn name(id: &SharedTokenId, key: Option<&str>) -> String {
    let key = key.map(Secret::from);
    let keys = TokenKeys::derive(id, key.as_ref()).unwrap();
    keys.token.as_str().to_owned()
}

#[test]
fn a_key_has_the_hash_between_braces_and_the_kind_at_its_end() {
    let key = StoreKey::new("00ff", RecordKind::Failure);
    assert_eq!(key.as_str(), "{auth:00ff}:failure");
    assert_eq!((key.hash(), key.kind()), ("00ff", RecordKind::Failure));
}

#[test]
fn processes_with_the_same_secret_and_request_have_the_same_names() {
    let one = id("fake-secret", &["maia", "client", "read"]);
    let keys = TokenKeys::derive(&one, None).unwrap();
    assert_eq!(keys.token.hash().len(), 64);
    assert_eq!(keys.token.hash(), keys.lease.hash());
    assert_eq!(keys.token.hash(), keys.failure.hash());
    let same = id("fake-secret", &["maia", "client", "read"]);
    assert_eq!(name(&one, None), name(&same, None));
}

#[test]
fn every_part_of_the_request_and_every_secret_changes_the_name() {
    let names = [
        name(&id("fake-secret", &["maia", "client", "read"]), None),
        name(&id("fake-secret", &["maia", "client", "write"]), None),
        // The same letters, split at another place.
        name(&id("fake-secret", &["maia", "clien", "tread"]), None),
        name(&id("fake-secret", &["maia", "client", "read", ""]), None),
        name(&id("other-secret", &["maia", "client", "read"]), None),
        name(
            &id("fake-secret", &["maia", "client", "read"]),
            Some("a key of the program"),
        ),
        name(
            &id("fake-secret", &["maia", "client", "read"]),
            Some("fake-secret"),
        ),
    ];
    for (at, name) in names.iter().enumerate() {
        assert!(!names[..at].contains(name), "{at}");
    }
}

#[test]
fn a_name_tells_nothing_of_the_request() {
    let name = name(&id("fake-secret", &["maia", "client-7"]), None);
    assert!(!name.contains("maia") && !name.contains("client-7"));
}

#[test]
fn a_key_of_the_program_makes_the_secret_irrelevant() {
    let (old, new) = (id("old-secret", &["maia"]), id("new-secret", &["maia"]));
    let key = Some("a key of the program");
    assert_eq!(name(&old, key), name(&new, key));
}

#[test]
fn a_users_token_has_keys_only_with_a_key_of_the_program() {
    let user = SharedTokenId::of_user().with_field("admin");
    assert!(TokenKeys::derive(&user, None).is_none());
    let key = Secret::from("a key of the program");
    assert!(TokenKeys::derive(&user, Some(&key)).is_some());
}
