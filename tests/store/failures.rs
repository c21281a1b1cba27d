//! Failures that are shared, with their times.

use auth_core::{Error, ErrorKind};
use http::StatusCode;

use super::*;

fn unavailable() -> ScriptedReply {
    let error = Error::unavailable("the endpoint is down");
    ScriptedReply::error(error.with_status(StatusCode::SERVICE_UNAVAILABLE))
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_one_process_is_one_of_all_that_need_a_token() {
    let fleet = Fleet::new();
    let processes = [(); 10].map(|()| fleet.process([unavailable(), token("t1")]));
    let callers: Vec<_> = processes
        .iter()
        .cloned()
        .map(|process| tokio::spawn(async move { process.cache.token().await }))
        .collect();
    let mut texts = Vec::new();
    for caller in callers {
        let error = caller.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        texts.push(error.to_string());
    }
    assert_eq!(requests(&processes), 1);
    let own = texts
        .iter()
        .filter(|text| text.contains("endpoint is down"));
    assert_eq!(own.count(), 1, "{texts:?}");
    // Nobody tries before the failure's time is over, and then they recover together.
    pass(seconds(4)).await;
    for process in &processes {
        let error = process.cache.token().await.unwrap_err();
        assert!(error.retry_after().unwrap() <= seconds(5));
    }
    assert_eq!(requests(&processes), 1);
    pass(seconds(2)).await;
    let latest = tokens(&processes).await;
    assert!(latest.iter().all(|token| token == "t1"), "{latest:?}");
    assert_eq!(requests(&processes), 2);
}

#[tokio::test(start_paused = true)]
async fn a_process_with_a_good_token_keeps_it_and_has_not_failed() {
    let fleet = Fleet::new();
    let failing = fleet.process([token("t1"), unavailable()]);
    let other = fleet.process([]);
    failing.token().await;
    other.token().await;
    pass(seconds(2_700)).await;
    failing.token().await;
    pass(millis(100)).await;
    assert_eq!(failing.cache.health().failures, 1);
    assert_eq!(other.token().await, "t1");
    pass(millis(100)).await;
    let health = other.cache.health();
    assert_eq!((health.failures, health.retry_in), (0, None));
    assert_eq!(health.refreshing_for, None);
    assert_eq!(other.source.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn rejected_credentials_are_shared_for_at_most_thirty_seconds() {
    let fleet = Fleet::new();
    let rejected = || ScriptedReply::error(Error::invalid_credentials("no such client"));
    let [first, second] = [(); 2].map(|()| fleet.process([rejected(), token("t1")]));
    first.cache.token().await.unwrap_err();
    let error = second.cache.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    assert_eq!(second.cache.health().retry_in, Some(seconds(24)));
    pass(seconds(23)).await;
    second.cache.token().await.unwrap_err();
    assert_eq!(second.source.requests(), 0);
    pass(seconds(2)).await;
    assert_eq!(requests(&[first.clone(), second.clone()]), 1);
    second.cache.token().await.unwrap_err();
    assert_eq!(requests(&[first, second]), 2);
}

#[tokio::test(start_paused = true)]
async fn rejected_credentials_hold_nobody_up_for_longer_than_the_documents_say() {
    let fleet = Fleet::new();
    let rejected = || ScriptedReply::error(Error::invalid_credentials("no such client"));
    let first = fleet.process([rejected()]);
    first.cache.token().await.unwrap_err();
    let policy = fleet.policy().with_jitter(Some(0.999));
    let second = fleet.process_with(fleet.clock, policy, [token("t1")]);
    second.cache.token().await.unwrap_err();
    let wait = second.cache.health().retry_in.unwrap();
    assert!(wait > seconds(29) && wait <= seconds(30), "{wait:?}");
}

#[tokio::test(start_paused = true)]
async fn a_shared_failure_does_not_lengthen_the_own_cool_downs() {
    let fleet = Fleet::new();
    let [first, second] = [unavailable(), unavailable()].map(|reply| fleet.process([reply]));
    first.cache.token().await.unwrap_err();
    second.cache.token().await.unwrap_err();
    pass(seconds(6)).await;
    // Its own first failure.
    second.cache.token().await.unwrap_err();
    assert_eq!(second.source.requests(), 1);
    assert_eq!(second.cache.health().retry_in, Some(seconds(1)));
}

#[tokio::test(start_paused = true)]
async fn a_failure_without_a_response_is_shared_for_a_second_only() {
    let fleet = Fleet::new();
    let [first, second] =
        [(); 2].map(|()| fleet.process([ErrorKind::Transport.into(), token("t1")]));
    first.cache.token().await.unwrap_err();
    second.cache.token().await.unwrap_err();
    assert_eq!(second.cache.health().retry_in, Some(seconds(1)));
    assert_eq!(second.source.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_concerns_one_process_is_not_shared() {
    let fleet = Fleet::new();
    let [first, second] =
        [ErrorKind::Config.into(), token("t1")].map(|reply| fleet.process([reply]));
    first.cache.token().await.unwrap_err();
    assert_eq!(second.token().await, "t1");
}

#[tokio::test(start_paused = true)]
async fn the_time_that_the_server_asked_for_is_shared() {
    let fleet = Fleet::new();
    let error = Error::new(ErrorKind::Throttled, "too many requests")
        .with_status(StatusCode::TOO_MANY_REQUESTS)
        .with_retry_after(seconds(60));
    let [first, second] = [(); 2].map(|()| fleet.process([ScriptedReply::error(error.clone())]));
    first.cache.token().await.unwrap_err();
    second.cache.token().await.unwrap_err();
    assert_eq!(second.cache.health().retry_in, Some(seconds(60)));
}

#[tokio::test(start_paused = true)]
async fn nobody_asks_before_the_time_that_the_server_asked_for() {
    let fleet = Fleet::new();
    let throttled = Error::new(ErrorKind::Throttled, "too many requests")
        .with_status(StatusCode::TOO_MANY_REQUESTS)
        .with_retry_after(seconds(200));
    let failing = fleet.process([token("t1"), ScriptedReply::error(throttled)]);
    let keeping = fleet.process([token("t2")]);
    failing.token().await;
    keeping.token().await;
    pass(seconds(2_700)).await;
    failing.token().await;
    pass(seconds(1)).await;
    let calls = fleet.store.calls();
    for _ in 0..198 {
        assert_eq!(keeping.token().await, "t1");
        pass(seconds(1)).await;
    }
    assert_eq!(keeping.source.requests(), 0);
    // One look of two records.
    assert_eq!(fleet.store.calls(), calls + 2);
    assert_eq!(keeping.cache.health().failures, 0);
    // One that starts now, and finds no token, learns the rest of that time.
    let record = fleet.record(RecordKind::Token).await.unwrap();
    let key = fleet.key(RecordKind::Token);
    assert!(fleet.memory.delete_if(&key, &record.bytes).await.unwrap());
    let urgent = fleet.process([token("t3")]);
    let error = urgent.cache.token().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(1)));
    pass(seconds(5)).await;
    keeping.token().await;
    pass(millis(100)).await;
    assert_eq!(keeping.source.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn under_a_key_of_the_program_a_rejected_secret_is_nobody_elses_affair() {
    let fleet = Fleet::new();
    let store = SharedStore::new(fleet.store.clone());
    let store = store
        .with_key("a key of the program, not a password")
        .unwrap();
    let rejected = || ScriptedReply::error(Error::invalid_credentials("no such client"));
    // Both have the same client id; the first one still has the old secret.
    let [old, new] = [rejected(), token("t1")].map(|reply| {
        let id = SharedTokenId::of_user().with_field("client");
        let source = ScriptedSource::sharing(id, fleet.clock, [reply]);
        TokenCache::builder(source)
            .clock(fleet.clock)
            .refresh_policy(fleet.policy())
            .token_store(store.clone())
            .build()
    });
    old.token().await.unwrap_err();
    new.token().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn under_a_key_of_the_program_a_rejection_is_that_of_one_client_secret() {
    let fleet = Fleet::new();
    let store = SharedStore::new(fleet.store.clone());
    let store = store.with_key("a key of the program").unwrap();
    let process = |secret: &str, reply: ScriptedReply| {
        let id = SharedTokenId::of_client(&Secret::from(secret)).with_field("client");
        let source = ScriptedSource::sharing(id, fleet.clock, [reply]);
        let cache = TokenCache::builder(source.clone())
            .clock(fleet.clock)
            .refresh_policy(fleet.policy())
            .token_store(store.clone())
            .build();
        Process { source, cache }
    };
    let rejected = || ScriptedReply::error(Error::invalid_credentials("no such client"));
    let [first, same] = [(); 2].map(|()| process("fake-old-secret", rejected()));
    let other = process("fake-new-secret", token("t1"));
    first.cache.token().await.unwrap_err();
    let error = same.cache.token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCredentials);
    assert_eq!(same.source.requests(), 0);
    assert_eq!(other.token().await, "t1");
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_may_be_of_one_process_is_not_shared() {
    for kind in [ErrorKind::Unavailable, ErrorKind::InvalidResponse] {
        let fleet = Fleet::new();
        let [first, second] = [kind.into(), token("t1")].map(|reply| fleet.process([reply]));
        first.cache.token().await.unwrap_err();
        assert_eq!(second.token().await, "t1");
    }
}
