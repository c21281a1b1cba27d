//! What the shared state must do that no request can show.

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

#[test]
fn latencies_and_slow_faults_add_up_each_in_its_place() {
    let millis = Duration::from_millis;
    let state = State::new(
        Settings {
            vendor: Vendor::Maia,
            client_id: "client".to_owned(),
            client_secret: Secret::from("not-a-real-secret"),
            username: None,
            password: None,
            control_plane: ControlPlane::default(),
            documented_users: false,
            projects: 0,
            me_is_null: false,
        },
        "http://127.0.0.1:1".to_owned(),
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
