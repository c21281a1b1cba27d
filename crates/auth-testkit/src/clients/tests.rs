//! What the registry must do that no request can show.

use super::*;

#[test]
fn the_last_secret_counts_and_earlier_borrows_stay_valid() {
    let history = SecretHistory::new(Secret::from("first"));
    let first = history.current();
    history.push(Secret::from("second"));
    history.push(Secret::from("third"));
    assert_eq!(first.expose_secret(), "first");
    assert_eq!(history.current().expose_secret(), "third");
}
