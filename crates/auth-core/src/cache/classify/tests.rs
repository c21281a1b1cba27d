//! The whole table of decisions.

use super::*;

const LIVE: RefreshView = RefreshView::Running {
    age: Duration::from_secs(30),
    lifespan: Duration::from_secs(31),
};
const OVERDUE: RefreshView = RefreshView::Running {
    age: Duration::from_secs(31),
    lifespan: Duration::from_secs(31),
};

fn at(seconds: u64) -> ClockReading {
    ClockReading::new(Duration::from_secs(seconds), Duration::from_secs(seconds))
}

fn empty() -> View {
    View {
        closed: false,
        timing: None,
        revoked: false,
        refresh: RefreshView::None,
        cool_down: None,
        is_held_off: false,
    }
}

/// Fresh until 75 s, stale until 90 s.
fn with_token() -> View {
    View {
        timing: Some(Timing {
            anchor: at(0),
            refresh_at: Duration::from_secs(75),
            expire_at: Duration::from_secs(90),
            age_at_anchor: Duration::ZERO,
        }),
        ..empty()
    }
}

fn cooling(view: View, lifted: bool) -> View {
    View {
        cool_down: Some(CoolDownView {
            since: at(80),
            length: Duration::from_secs(20),
            lifted,
        }),
        ..view
    }
}

#[test]
fn a_fresh_token_is_served_whatever_else_is_going_on() {
    for refresh in [RefreshView::None, LIVE, OVERDUE, RefreshView::Abandoned] {
        let view = View {
            refresh,
            ..cooling(with_token(), false)
        };
        assert_eq!(classify(&view, at(74)), Decision::Serve);
    }
}

#[test]
fn a_stale_token_is_served_at_once_and_refreshed_once() {
    assert_eq!(classify(&with_token(), at(75)), Decision::ServeAndRefresh);
    assert_eq!(
        classify(
            &View {
                refresh: LIVE,
                ..with_token()
            },
            at(75)
        ),
        Decision::Serve
    );
    assert_eq!(
        classify(&cooling(with_token(), false), at(85)),
        Decision::Serve
    );
    assert_eq!(
        classify(&cooling(with_token(), true), at(85)),
        Decision::ServeAndRefresh
    );
}

#[test]
fn without_a_usable_token_a_call_joins_or_starts_the_one_refresh() {
    for (view, now) in [
        (empty(), at(0)),
        (with_token(), at(90)),
        (
            View {
                revoked: true,
                ..empty()
            },
            at(0),
        ),
    ] {
        assert_eq!(classify(&view, now), Decision::Start);
        assert_eq!(
            classify(
                &View {
                    refresh: LIVE,
                    ..view
                },
                now
            ),
            Decision::Join
        );
    }
}

#[test]
fn without_a_usable_token_a_cool_down_fails_fast_with_what_is_left_of_it() {
    assert_eq!(
        classify(&cooling(empty(), false), at(85)),
        Decision::FailFast(Duration::from_secs(15))
    );
    assert_eq!(classify(&cooling(empty(), false), at(100)), Decision::Start);
    assert_eq!(classify(&cooling(empty(), true), at(85)), Decision::Start);
}

#[test]
fn a_dead_refresh_is_abandoned_before_anything_waits_for_it() {
    for refresh in [OVERDUE, RefreshView::Abandoned] {
        assert_eq!(
            classify(&View { refresh, ..empty() }, at(0)),
            Decision::Abandon
        );
        assert_eq!(
            classify(
                &View {
                    refresh,
                    ..with_token()
                },
                at(80)
            ),
            Decision::Abandon
        );
    }
}

#[test]
fn a_closed_slot_hands_out_nothing() {
    let view = View {
        closed: true,
        ..with_token()
    };
    assert_eq!(classify(&view, at(0)), Decision::Closed);
}

#[test]
fn the_state_names_what_the_slot_holds() {
    let revoked = View {
        revoked: true,
        ..empty()
    };
    let closed = View {
        closed: true,
        ..with_token()
    };
    assert_eq!(empty().state(at(0)), CacheState::Empty);
    assert_eq!(revoked.state(at(0)), CacheState::Revoked);
    assert_eq!(with_token().state(at(74)), CacheState::Fresh);
    assert_eq!(with_token().state(at(89)), CacheState::Stale);
    assert_eq!(with_token().state(at(90)), CacheState::Expired);
    assert_eq!(closed.state(at(0)), CacheState::Closed);
}

#[test]
fn a_source_that_has_nothing_newer_is_left_alone_while_the_token_lasts() {
    let held_off = View {
        is_held_off: true,
        ..with_token()
    };
    assert_eq!(classify(&held_off, at(80)), Decision::Serve);
    assert_eq!(classify(&held_off, at(90)), Decision::Start);
}
