//! What the log says before a call waits.

use std::fmt::Debug;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::*;

/// What happened, in order: lines of the log, and naps.
#[derive(Debug, Clone, Default)]
struct Story(Arc<Mutex<Vec<String>>>);

impl Story {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }
}

impl Subscriber for Story {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Message(String);
        impl Visit for Message {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        self.add(format!("{} {}", event.metadata().level(), message.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Clock for Story {
    fn now(&self) -> ClockReading {
        ClockReading::new(Duration::ZERO, Duration::ZERO)
    }

    fn sleep(&self, _: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        self.add("sleeps");
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn nobody_waits_in_silence() {
    let stage = Stage::new([
        answer(429, &["retry-after: 30"], ""),
        answer(503, &["retry-after: 30"], ""),
        answer(200, &[], ""),
    ]);
    let story = Story::default();
    // With one dispatcher alone, tracing asks the thread that first reaches an event whether it is
    // wanted, and that may be another test's, whose answer stays. With two, it asks both of them.
    let _second = tracing::Dispatch::new(Story::default());
    let _guard = tracing::subscriber::set_default(story.clone());
    let client = stage.client.clone().with_clock(Arc::new(story.clone()));
    client.execute(&get()).await.unwrap();
    let line = "INFO the API asks to slow down, waiting before the next call";
    assert_eq!(*story.0.lock().unwrap(), [line, "sleeps", line, "sleeps"]);
}
