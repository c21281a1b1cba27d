//! Tests of what an open enum does with a value it does not know.

use super::*;

#[test]
fn what_is_not_known_is_kept_as_it_came() {
    for text in ["user", "app", "service-account", "group", "robot", ""] {
        assert_eq!(SubjectType::from(text).as_str(), text);
    }
    assert_eq!(
        SubjectType::from("robot"),
        SubjectType::Unknown("robot".to_owned())
    );
    assert_eq!(
        SubjectType::from("User"),
        SubjectType::Unknown("User".to_owned())
    );
}
