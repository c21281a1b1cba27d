//! The manual clock under wakers that write down when they are called.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

use super::*;

#[derive(Default)]
struct Bell {
    name: &'static str,
    log: Arc<Mutex<Vec<&'static str>>>,
    rings: AtomicUsize,
}

impl Bell {
    fn new(name: &'static str, log: &Arc<Mutex<Vec<&'static str>>>) -> Arc<Self> {
        Arc::new(Self {
            name,
            log: Arc::clone(log),
            rings: AtomicUsize::new(0),
        })
    }

    fn rings(&self) -> usize {
        self.rings.load(Ordering::SeqCst)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rings.fetch_add(1, Ordering::SeqCst);
        self.log.lock().unwrap().push(self.name);
    }
}

type BoxedSleep = Pin<Box<dyn Future<Output = ()> + Send>>;

fn poll(sleep: &mut BoxedSleep, bell: &Arc<Bell>) -> Poll<()> {
    let waker = Waker::from(Arc::clone(bell));
    sleep.as_mut().poll(&mut Context::from_waker(&waker))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn both_clocks_start_at_a_fixed_time_and_advance_together() {
    let clock = ManualClock::new();
    let start = clock.now();
    assert_eq!(start.wall(), START_WALL);
    clock.advance(seconds(5));
    assert_eq!(clock.now().monotonic() - start.monotonic(), seconds(5));
    assert_eq!(clock.now().wall() - start.wall(), seconds(5));
    assert_eq!(ManualClock::new().now(), start);
}

#[test]
fn a_clone_shares_the_time() {
    let clock = ManualClock::new();
    clock.clone().advance(seconds(5));
    assert_eq!(clock.now().wall(), START_WALL + seconds(5));
}

#[test]
fn sleepers_are_woken_in_the_order_of_their_deadlines() {
    let clock = ManualClock::new();
    let log = Arc::default();
    let plan = [
        ("third", 30),
        ("first", 10),
        ("second", 20),
        ("also second", 20),
        ("never", 31),
    ];
    let mut sleeps: Vec<_> = plan
        .into_iter()
        .map(|(name, after)| (clock.sleep(seconds(after)), Bell::new(name, &log)))
        .collect();
    // Polled in the reverse order, so that neither polling nor position can explain the result.
    for (sleep, bell) in sleeps.iter_mut().rev() {
        assert!(poll(sleep, bell).is_pending());
    }
    clock.advance(seconds(30));
    assert_eq!(
        *log.lock().unwrap(),
        ["first", "second", "also second", "third"]
    );
    let done = |sleep: &mut (BoxedSleep, Arc<Bell>)| poll(&mut sleep.0, &sleep.1).is_ready();
    assert_eq!(
        sleeps.iter_mut().map(done).collect::<Vec<_>>(),
        [true, true, true, true, false]
    );
}

#[test]
fn a_sleep_ends_at_its_deadline_and_not_before() {
    let clock = ManualClock::new();
    let bell = Bell::new("bell", &Arc::default());
    let mut sleep = clock.sleep(seconds(10));
    assert!(poll(&mut sleep, &bell).is_pending());
    clock.advance(seconds(10) - Duration::from_nanos(1));
    assert_eq!(bell.rings(), 0);
    assert!(poll(&mut sleep, &bell).is_pending());
    assert_eq!(clock.next_timer(), Some(Duration::from_nanos(1)));
    clock.advance(Duration::from_nanos(1));
    assert_eq!(bell.rings(), 1);
    assert!(poll(&mut sleep, &bell).is_ready());
}

#[test]
fn a_sleep_counts_from_the_call_and_registers_when_first_polled() {
    let clock = ManualClock::new();
    let bell = Bell::new("bell", &Arc::default());
    let mut sleep = clock.sleep(seconds(10));
    assert_eq!(clock.next_timer(), None);
    clock.advance(seconds(4));
    assert!(poll(&mut sleep, &bell).is_pending());
    assert_eq!(clock.next_timer(), Some(seconds(6)));
    let mut nothing = clock.sleep(Duration::ZERO);
    assert!(poll(&mut nothing, &bell).is_ready());
}

#[test]
fn only_the_last_waker_of_a_sleep_is_woken() {
    let clock = ManualClock::new();
    let log = Arc::default();
    let (old, new) = (Bell::new("old", &log), Bell::new("new", &log));
    let mut sleep = clock.sleep(seconds(1));
    assert!(poll(&mut sleep, &old).is_pending());
    assert!(poll(&mut sleep, &new).is_pending());
    clock.advance(seconds(1));
    assert_eq!((old.rings(), new.rings()), (0, 1));
}

#[test]
fn a_dropped_sleep_is_neither_listed_nor_woken() {
    let clock = ManualClock::new();
    let bell = Bell::new("bell", &Arc::default());
    let mut short = clock.sleep(seconds(1));
    let mut long = clock.sleep(seconds(9));
    assert!(poll(&mut short, &bell).is_pending());
    assert!(poll(&mut long, &bell).is_pending());
    assert_eq!(clock.next_timer(), Some(seconds(1)));
    drop(short);
    assert_eq!(clock.next_timer(), Some(seconds(9)));
    clock.advance(seconds(5));
    assert_eq!(bell.rings(), 0);
    drop(long);
    assert_eq!(clock.next_timer(), None);
    // The bell and the test hold it; the clock has let go.
    assert_eq!(Arc::strong_count(&bell), 1);
}

#[test]
fn suspend_moves_the_wall_clock_only_and_fires_no_timer() {
    let clock = ManualClock::new();
    let bell = Bell::new("bell", &Arc::default());
    let start = clock.now();
    let mut sleep = clock.sleep(seconds(10));
    assert!(poll(&mut sleep, &bell).is_pending());
    clock.suspend(seconds(3_600));
    assert_eq!(clock.now().monotonic(), start.monotonic());
    assert_eq!(clock.now().since(start), seconds(3_600));
    assert_eq!(bell.rings(), 0);
    assert_eq!(clock.next_timer(), Some(seconds(10)));
}

#[test]
fn the_wall_clock_can_be_set_both_ways_and_stops_at_1970() {
    let clock = ManualClock::new();
    let start = clock.now();
    clock.set_wall_forward(seconds(60));
    assert_eq!(clock.now().wall() - start.wall(), seconds(60));
    clock.set_wall_back(seconds(90));
    assert_eq!(start.wall() - clock.now().wall(), seconds(30));
    assert_eq!(clock.now().monotonic(), start.monotonic());
    clock.set_wall_back(Duration::MAX);
    assert_eq!(clock.now().wall(), Duration::ZERO);
    clock.advance(Duration::MAX);
    assert_eq!(clock.now().wall(), Duration::MAX);
}

#[test]
fn a_waker_may_use_the_clock() {
    struct Reader(ManualClock, Mutex<Option<Duration>>);
    impl Wake for Reader {
        fn wake(self: Arc<Self>) {
            *self.1.lock().unwrap() = self.0.next_timer();
        }
    }
    let clock = ManualClock::new();
    let reader = Arc::new(Reader(clock.clone(), Mutex::new(None)));
    let waker = Waker::from(Arc::clone(&reader));
    let mut first = clock.sleep(seconds(1));
    let mut second = clock.sleep(seconds(3));
    for sleep in [&mut first, &mut second] {
        assert!(
            sleep
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
    }
    clock.advance(seconds(1));
    assert_eq!(*reader.1.lock().unwrap(), Some(seconds(2)));
}

#[tokio::test]
async fn tasks_on_a_runtime_are_woken_too() {
    let clock = ManualClock::new();
    let sleeper = tokio::spawn(clock.sleep(seconds(60)));
    // One turn of this single-threaded runtime polls the task for the first time.
    tokio::task::yield_now().await;
    assert_eq!(clock.next_timer(), Some(seconds(60)));
    clock.advance(seconds(60));
    sleeper.await.unwrap();
}

#[test]
fn whoever_was_woken_reads_a_time_that_agrees() {
    let clock = ManualClock::new();
    let log = Arc::default();
    for step in [1, 999, 5_000, u64::MAX] {
        let wanted = clock
            .now()
            .monotonic()
            .saturating_add(Duration::from_nanos(step));
        let mut sleep = clock.sleep(Duration::from_nanos(step));
        while poll(&mut sleep, &Bell::new("bell", &log)).is_pending() {
            assert!(clock.now().monotonic() < wanted);
            clock.advance(Duration::from_nanos(step.div_ceil(3)));
        }
        assert!(clock.now().monotonic() >= wanted);
    }
}

#[tokio::test]
async fn a_clock_that_advances_by_itself_ends_the_sleeps_in_their_order() {
    let clock = ManualClock::auto_advancing();
    let start = clock.now();
    let other = clock.clone();
    let later = tokio::spawn(async move {
        other.sleep(seconds(7_200)).await;
        other.now()
    });
    clock.sleep(seconds(3_600)).await;
    assert_eq!(clock.now().since(start), seconds(3_600));
    assert_eq!(later.await.unwrap().since(start), seconds(7_200));
    // The watching thread may have ended meanwhile; the next sleep has another one.
    clock.sleep(seconds(1)).await;
    assert_eq!(clock.now().since(start), seconds(7_201));
}

#[tokio::test]
async fn a_clock_that_is_read_all_the_time_advances_all_the_same() {
    let clock = ManualClock::auto_advancing();
    let sleeper = tokio::spawn(clock.sleep(seconds(60)));
    while !sleeper.is_finished() {
        let _ = clock.now();
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_clock_that_advances_by_itself_stands_still_while_nobody_sleeps() {
    let clock = ManualClock::auto_advancing();
    let start = clock.now();
    let mut dropped = clock.sleep(seconds(60));
    assert!(poll(&mut dropped, &Bell::new("bell", &Arc::default())).is_pending());
    drop(dropped);
    // As long as it takes another such clock to advance twice.
    let other = ManualClock::auto_advancing();
    other.sleep(seconds(1)).await;
    other.sleep(seconds(1)).await;
    assert_eq!(clock.now(), start);
}
