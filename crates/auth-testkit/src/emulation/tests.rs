//! What the emulation must do that no request can show.

use auth_core::Secret;

use super::*;
use crate::clients::Clients;
use crate::described::Described;
use crate::engine::Live;
use crate::path_template::PathTemplate;

#[test]
fn latencies_and_slow_faults_add_up_each_in_its_place() {
    let millis = Duration::from_millis;
    let own = ("client".to_owned(), Secret::from("not-a-real-secret"));
    let route = |path, requires_token| {
        let path = PathTemplate::parse(path).unwrap();
        let respond = |_: &ReceivedRequest| Reply::empty();
        Route::new(http::Method::GET, path, requires_token, Arc::new(respond))
    };
    let emulation = Emulation {
        engine: Engine::new(
            "http://127.0.0.1:1".to_owned(),
            Arc::new(crate::ManualClock::new()),
            Arc::new(Clients::new(own, Vec::new())),
            Live::new(millis(1_000), millis(30), millis(20)),
        ),
        model: Box::new(Described),
        name: None,
        endpoints: vec![EmulatedTokenEndpoint::oauth("/token")],
        routes: vec![route("/api", true), route("/health", false)],
        api_error: None,
    };
    // The template keeps its delay to itself and its `Debug` does not.
    let delay = |path: &str| {
        let request = Request {
            url: format!("http://localhost{path}").parse().unwrap(),
            method: http::Method::GET,
            headers: http::HeaderMap::new(),
            body: Vec::new(),
        };
        let host = Host {
            number: 0,
            base_url: "http://127.0.0.1:1".to_owned(),
        };
        let printed = format!("{:?}", emulation.respond(&host, &request));
        printed[printed.find("delay: ").unwrap() + 7..]
            .trim_end_matches(" }")
            .to_owned()
    };
    let engine = &emulation.engine;
    engine.live().token_faults.push(Fault::slow(millis(40)));
    assert_eq!(delay("/token"), "Some(70ms)");
    assert_eq!(delay("/token"), "Some(30ms)");
    engine.live().api_faults.push(Fault::slow(millis(40)));
    assert_eq!(delay("/api"), "Some(60ms)");
    engine.live().api_faults.push(Fault::status(500));
    assert_eq!(delay("/api"), "Some(20ms)");
    assert_eq!(delay("/health"), "None");
    assert_eq!(delay("/"), "None");
}
