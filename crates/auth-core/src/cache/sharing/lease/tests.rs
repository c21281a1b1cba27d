//! Tests of how long a lease lives.

use super::*;

#[test]
fn a_lease_is_shorter_if_the_present_token_ends_soon() {
    assert_eq!(life(None), LIFE);
    let life = |seconds| life(Some(Duration::from_secs(seconds))).as_secs();
    assert_eq!([life(60), life(10), life(6), life(1)], [5, 5, 3, 2]);
}
