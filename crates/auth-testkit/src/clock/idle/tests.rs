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
    let start = idle.lock().moved;
    for (after, moves) in [(Duration::ZERO, false), (BUSY - STEP, false), (BUSY, true)] {
        idle.stir();
        assert_eq!(
            idle.is_idle_after(2 * STEP, start + after),
            moves,
            "{after:?}"
        );
    }
}
