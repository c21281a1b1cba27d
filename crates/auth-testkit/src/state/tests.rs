//! What the shared state must do that no request can show.

use super::*;

fn moment(seconds: u64) -> Moment {
    Moment::new(Duration::from_secs(seconds), Duration::from_secs(seconds))
}

#[test]
fn expired_tokens_are_forgotten_when_others_are_issued() {
    let mut tokens = IssuedTokens::default();
    for second in 0..100_000 {
        tokens.add(second.to_string(), moment(second), Duration::from_secs(60));
        assert!(tokens.tokens.len() <= SWEEP_AT_LEAST, "at second {second}");
    }
    assert!(tokens.accepts("99999", moment(99_999)));
    assert!(!tokens.accepts("99939", moment(99_999)));
}

#[test]
fn tokens_that_are_still_good_are_kept_however_many() {
    let mut tokens = IssuedTokens::default();
    for number in 0..10_000 {
        tokens.add(number.to_string(), moment(0), Duration::from_secs(60));
    }
    assert!((0..10_000).all(|number: u32| tokens.accepts(&number.to_string(), moment(59))));
}

#[test]
fn the_last_secret_counts_and_earlier_borrows_stay_valid() {
    let history = SecretHistory::new(Secret::from("first"));
    let first = history.current();
    history.push(Secret::from("second"));
    history.push(Secret::from("third"));
    assert_eq!(first.expose(), "first");
    assert_eq!(history.current().expose(), "third");
}

#[test]
fn latencies_and_slow_faults_add_up_each_in_its_place() {
    let millis = Duration::from_millis;
    let state = State::new(
        Vendor::Maia,
        "http://127.0.0.1:1".to_owned(),
        "client".to_owned(),
        Secret::from("not-a-real-secret"),
        Arc::new(crate::ManualClock::new()),
        Live::new(millis(1_000), millis(30), millis(20)),
    );
    // The template keeps its delay to itself and its `Debug` does not.
    let delay = |path: &str| {
        let request = Request {
            url: format!("http://localhost{path}").parse().unwrap(),
            method: http::Method::GET,
            headers: http::HeaderMap::new(),
            body: Vec::new(),
        };
        let printed = format!("{:?}", state.respond(&request));
        printed[printed.find("delay: ").unwrap() + 7..]
            .trim_end_matches(" }")
            .to_owned()
    };
    let (token, api) = ("/oauth/dpc/token", "/dpc/v1/projects");
    state.live().token_faults.push(Fault::slow(millis(40)));
    assert_eq!(delay(token), "Some(70ms)");
    assert_eq!(delay(token), "Some(30ms)");
    state.live().api_faults.push(Fault::slow(millis(40)));
    assert_eq!(delay(api), "Some(60ms)");
    state.live().api_faults.push(Fault::status(500));
    assert_eq!(delay(api), "Some(20ms)");
    assert_eq!(delay("/"), "None");
}
