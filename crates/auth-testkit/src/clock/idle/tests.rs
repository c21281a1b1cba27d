//! Tests of when an unused clock moves.

use super::*;

#[test]
fn a_late_step_and_a_use_of_the_clock_start_the_count_again() {
    let idle = Idle::default();
    let now = idle.lock().moved;
    let is_idle_after = |took| idle.is_idle_after(took, now);
    for _ in 0..100 {
        assert!(!is_idle_after(2 * STEP));
    }
    for _ in 1..QUIET_STEPS {
        assert!(!is_idle_after(STEP));
    }
    assert!(!is_idle_after(2 * STEP));
    for _ in 1..QUIET_STEPS {
        assert!(!is_idle_after(STEP));
    }
    idle.stir();
    for _ in 1..QUIET_STEPS {
        assert!(!is_idle_after(STEP));
    }
    assert!(is_idle_after(STEP));
}

#[test]
fn a_clock_that_is_always_in_use_moves_once_a_second() {
    let idle = Idle::default();
    let now = idle.lock().moved;
    for _ in 1..BUSY_STEPS {
        idle.stir();
        assert!(!idle.is_idle_after(STEP, now));
        // What the machine needs longer for does not count.
        assert!(!idle.is_idle_after(2 * STEP, now));
    }
    idle.stir();
    assert!(idle.is_idle_after(STEP, now));
}

#[test]
fn a_clock_on_a_machine_that_keeps_no_time_moves_after_ten_seconds() {
    let idle = Idle::default();
    let start = idle.lock().moved;
    for (after, moves) in [(OVERLOADED - STEP, false), (OVERLOADED, true)] {
        idle.stir();
        let is_idle = idle.is_idle_after(2 * STEP, start + after);
        assert_eq!(is_idle, moves, "{after:?}");
    }
}
