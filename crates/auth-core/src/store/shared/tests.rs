//! Tests of calls that fail, hang or panic, and of the program's key.

use std::future::pending;
use std::sync::Mutex;

use super::*;
use crate::clock::ClockReading;
use crate::store::RecordKind;

/// Does what it is told, and counts its calls.
#[derive(Debug, Default)]
struct Odd {
    mode: Mutex<Mode>,
    calls: Mutex<u32>,
}

#[derive(Debug, Default, Clone, Copy)]
enum Mode {
    #[default]
    Works,
    Fails,
    Hangs,
    Panics,
}

impl Odd {
    fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    fn calls(&self) -> u32 {
        *self.calls.lock().unwrap()
    }

    async fn act<T>(&self, value: T) -> Result<T> {
        *self.calls.lock().unwrap() += 1;
        let mode = *self.mode.lock().unwrap();
        match mode {
            Mode::Works => Ok(value),
            Mode::Fails => Err(Error::transport("connection refused")),
            Mode::Hangs => pending().await,
            Mode::Panics => std::panic::resume_unwind(Box::new("a bug of the store")),
        }
    }
}

#[async_trait::async_trait]
impl TokenStore for Odd {
    fn name(&self) -> &'static str {
        "odd"
    }

    async fn get(&self, _: &StoreKey) -> Result<Option<StoredRecord>> {
        self.act(None).await
    }

    async fn put(&self, _: &StoreKey, _: &[u8], _: Duration) -> Result<()> {
        self.act(()).await
    }

    async fn put_if_absent(&self, _: &StoreKey, _: &[u8], _: Duration) -> Result<PutIfAbsent> {
        self.act(PutIfAbsent::Put).await
    }

    async fn replace_if(&self, _: &StoreKey, _: &[u8], _: &[u8], _: Duration) -> Result<bool> {
        self.act(true).await
    }

    async fn delete_if(&self, _: &StoreKey, _: &[u8]) -> Result<bool> {
        self.act(true).await
    }
}

/// Follows tokio's clock, which the tests pause.
#[derive(Debug)]
struct Paused(tokio::time::Instant);

impl Clock for Paused {
    fn now(&self) -> ClockReading {
        ClockReading::new(self.0.elapsed(), self.0.elapsed())
    }

    fn sleep(&self, duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

fn setup() -> (Arc<Odd>, SharedStore, Paused, StoreKey) {
    let odd = Arc::new(Odd::default());
    let shared = SharedStore::new(Arc::clone(&odd));
    let clock = Paused(tokio::time::Instant::now());
    (odd, shared, clock, StoreKey::new("00", RecordKind::Token))
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_ends_after_a_quarter_of_a_second() {
    let (odd, shared, clock, key) = setup();
    odd.set(Mode::Hangs);
    let outcome = shared.session(&clock).get(&key).await;
    assert!(outcome.is_err());
    assert_eq!(clock.0.elapsed(), CALL_LIMIT);
}

#[tokio::test(start_paused = true)]
async fn a_program_may_wait_longer_with_or_without_a_key() {
    let limit = 4 * CALL_LIMIT;
    for has_key in [false, true] {
        let (odd, shared, clock, key) = setup();
        odd.set(Mode::Hangs);
        let shared = shared.with_call_limit(limit);
        let shared = match has_key {
            true => shared.with_key("a key of the program").unwrap(),
            false => shared,
        };
        assert!(shared.session(&clock).get(&key).await.is_err());
        assert_eq!(clock.0.elapsed(), limit);
    }
}

#[test]
fn the_keys_of_records_are_those_that_a_refresh_uses() {
    let (_, shared, ..) = setup();
    let user = SharedTokenId::of_user().with_field("admin");
    assert!(shared.key_of(&user, RecordKind::Token).is_none());
    let shared = shared.with_key("a key of the program").unwrap();
    let keys = TokenKeys::derive(&user, shared.key()).unwrap();
    for (kind, key) in [
        (RecordKind::Token, &keys.token),
        (RecordKind::Lease, &keys.lease),
        (RecordKind::Failure, &keys.failure),
    ] {
        assert_eq!(shared.key_of(&user, kind).unwrap(), *key);
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_a_panic_and_silence_all_open_the_breaker_for_every_session() {
    for mode in [Mode::Fails, Mode::Hangs, Mode::Panics] {
        let (odd, shared, clock, key) = setup();
        odd.set(mode);
        assert!(shared.session(&clock).get(&key).await.is_err());
        let other = shared.clone();
        assert!(
            other
                .session(&clock)
                .put(&key, b"x", CALL_LIMIT)
                .await
                .is_err()
        );
        assert_eq!(odd.calls(), 1, "{mode:?}");
    }
}

/// Panics in each method, before there is a future.
#[derive(Debug)]
struct Hasty;

type Call<'a, T> = std::pin::Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

fn bug<T>() -> T {
    std::panic::resume_unwind(Box::new("a bug of the store"))
}

impl TokenStore for Hasty {
    fn name(&self) -> &'static str {
        "hasty"
    }

    fn get<'a: 'c, 'b: 'c, 'c>(&'a self, _: &'b StoreKey) -> Call<'c, Option<StoredRecord>>
    where
        Self: 'c,
    {
        bug()
    }

    fn put<'a: 'd, 'b: 'd, 'c: 'd, 'd>(
        &'a self,
        _: &'b StoreKey,
        _: &'c [u8],
        _: Duration,
    ) -> Call<'d, ()>
    where
        Self: 'd,
    {
        bug()
    }

    fn put_if_absent<'a: 'd, 'b: 'd, 'c: 'd, 'd>(
        &'a self,
        _: &'b StoreKey,
        _: &'c [u8],
        _: Duration,
    ) -> Call<'d, PutIfAbsent>
    where
        Self: 'd,
    {
        bug()
    }

    fn replace_if<'a: 'e, 'b: 'e, 'c: 'e, 'd: 'e, 'e>(
        &'a self,
        _: &'b StoreKey,
        _: &'c [u8],
        _: &'d [u8],
        _: Duration,
    ) -> Call<'e, bool>
    where
        Self: 'e,
    {
        bug()
    }

    fn delete_if<'a: 'd, 'b: 'd, 'c: 'd, 'd>(
        &'a self,
        _: &'b StoreKey,
        _: &'c [u8],
    ) -> Call<'d, bool>
    where
        Self: 'd,
    {
        bug()
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_panics_before_there_is_a_future_is_down() {
    let (_, _, clock, key) = setup();
    // Each its own, since the breaker is open after the first call.
    let [a, b, c, d, e] = [(); 5].map(|()| SharedStore::new(Hasty));
    let [a, b, c, d, e] = [&a, &b, &c, &d, &e].map(|shared| shared.session(&clock));
    let life = CALL_LIMIT;
    assert!(a.get(&key).await.is_err());
    assert!(b.put(&key, b"x", life).await.is_err());
    assert!(c.put_if_absent(&key, b"x", life).await.is_err());
    assert!(d.replace_if(&key, b"x", b"y", life).await.is_err());
    assert!(e.delete_if(&key, b"x").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_session_that_met_a_failure_makes_no_more_calls() {
    let (odd, shared, clock, key) = setup();
    odd.set(Mode::Fails);
    let session = shared.session(&clock);
    assert!(session.get(&key).await.is_err());
    odd.set(Mode::Works);
    tokio::time::advance(Duration::from_secs(60)).await;
    assert!(session.get(&key).await.is_err());
    assert_eq!(odd.calls(), 1);
    assert!(shared.session(&clock).get(&key).await.is_ok());
}

#[test]
fn a_short_or_broken_key_is_rejected() {
    let key = |key: &str| SharedStore::new(Odd::default()).with_key(key);
    for broken in [
        "",
        "fifteen bytes .",
        " white space at an end",
        "two\nlines of a key",
    ] {
        assert!(key(broken).is_err(), "{broken}");
    }
    assert!(key("sixteen bytes ..").is_ok());
}

#[test]
fn debug_shows_no_key() {
    let shared = SharedStore::new(Odd::default()).with_key("a key of the program");
    let text = format!("{:?}", shared.unwrap());
    assert!(text.contains("Odd") && !text.contains("a key"), "{text}");
}
