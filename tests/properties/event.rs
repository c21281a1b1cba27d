//! What may happen in a story, and how often each of it does.

use auth_core::ErrorKind;
use proptest::prelude::*;

/// A policy, the answers that the source gives in turn, and what happens.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) attempts: u32,
    pub(crate) jitter: f64,
    pub(crate) answers: Vec<Reply>,
    pub(crate) events: Vec<Event>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    /// So many callers ask at once.
    Get(usize),
    Peek,
    /// The caller who has waited longest gives up.
    Cancel,
    Advance(f64),
    /// Time moves to the very moment from which the token is no longer handed out.
    AdvanceToExpiry,
    /// Time moves to the very moment at which the cool-down ends.
    AdvanceToRetry,
    Suspend(f64),
    WallBack(f64),
    WallForward(f64),
    /// The API rejects the token that was handed out so many tokens ago.
    Invalidate(usize),
    /// The API calls it invalid.
    InvalidateExplicitly(usize),
    /// The API accepts it.
    Accept(usize),
    /// Somebody is told of a refusal of a token that this cache never held.
    InvalidateForeign,
    Rotate,
}

/// An answer, and the seconds until it is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reply {
    pub(crate) answer: Answer,
    pub(crate) delay: f64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// A token that was never given before, with its lifetime in seconds.
    Token(f64),
    /// The token that was given last once more.
    SameToken(f64),
    /// A JWT that was never given before; only its claims tell its lifetime, in whole seconds as claims are.
    Jwt(f64),
    Error {
        kind: ErrorKind,
        retry_after: Option<f64>,
    },
    Hang,
    Panic,
}

pub(crate) fn story() -> impl Strategy<Value = Story> {
    let answers = prop::collection::vec(reply(), 1..12);
    let events = prop::collection::vec(event(), 1..40);
    (1..=3_u32, 0.0..1.0_f64, answers, events).prop_map(|(attempts, jitter, answers, events)| {
        Story {
            attempts,
            jitter,
            answers,
            events,
        }
    })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (1..4_usize).prop_map(Event::Get),
        2 => Just(Event::Peek),
        1 => Just(Event::Cancel),
        8 => seconds().prop_map(Event::Advance),
        2 => Just(Event::AdvanceToExpiry),
        1 => Just(Event::AdvanceToRetry),
        1 => seconds().prop_map(Event::Suspend),
        1 => seconds().prop_map(Event::WallBack),
        1 => seconds().prop_map(Event::WallForward),
        3 => (0..3_usize).prop_map(Event::Invalidate),
        2 => (0..3_usize).prop_map(Event::InvalidateExplicitly),
        1 => (0..3_usize).prop_map(Event::Accept),
        1 => Just(Event::InvalidateForeign),
        1 => Just(Event::Rotate),
    ]
}

/// From within an attempt to well past the life of a token.
fn seconds() -> impl Strategy<Value = f64> {
    prop_oneof![
        0.0..2.0_f64,
        2.0..40.0_f64,
        40.0..700.0_f64,
        700.0..5_000.0_f64,
    ]
}

fn reply() -> impl Strategy<Value = Reply> {
    let delay = prop_oneof![
        5 => Just(0.0),
        2 => 0.0..5.0_f64,
        1 => 5.0..60.0_f64,
    ];
    (answer(), delay).prop_map(|(answer, delay)| Reply { answer, delay })
}

fn answer() -> impl Strategy<Value = Answer> {
    let lifetime = || {
        prop_oneof![
            1 => -5.0..5.0_f64,
            2 => 2.0..120.0_f64,
            4 => 120.0..8_000.0_f64,
        ]
    };
    prop_oneof![
        8 => lifetime().prop_map(Answer::Token),
        2 => lifetime().prop_map(Answer::SameToken),
        2 => lifetime().prop_map(|lifetime| Answer::Jwt(lifetime.round())),
        4 => (kind(), prop::option::of(0.0..400.0_f64))
            .prop_map(|(kind, retry_after)| Answer::Error { kind, retry_after }),
        1 => Just(Answer::Hang),
        1 => Just(Answer::Panic),
    ]
}

/// An answer that never becomes better, and how many refreshes it may cost in any minute.
pub(crate) fn permanent() -> impl Strategy<Value = (Answer, usize)> {
    let error = |kind| Answer::Error {
        kind,
        retry_after: None,
    };
    prop_oneof![
        8 => kind().prop_map(move |kind| {
            let limit = match kind {
                // At once and after 5 s, and what the cool-down before left room for.
                ErrorKind::InvalidCredentials => 3,
                // At once, and what was before.
                ErrorKind::Config | ErrorKind::TokenRequestRefused => 2,
                // After 1, 2, 4, 8, 16 and 32 s, and what was before.
                _ => 7,
            };
            (error(kind), limit)
        }),
        1 => Just((Answer::Token(1.0), 7)),
        // An attempt takes ten seconds.
        1 => Just((Answer::Hang, 5)),
        // The first of two deaths is forgiven.
        1 => Just((Answer::Panic, 14)),
    ]
}

fn kind() -> impl Strategy<Value = ErrorKind> {
    prop::sample::select(vec![
        ErrorKind::Config,
        ErrorKind::InvalidCredentials,
        ErrorKind::TokenRequestRefused,
        ErrorKind::InvalidResponse,
        ErrorKind::Throttled,
        ErrorKind::Timeout,
        ErrorKind::Transport,
        ErrorKind::Unavailable,
    ])
}
