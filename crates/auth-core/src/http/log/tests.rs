//! Tests of what is logged about an exchange, and at which level.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber};

use super::*;
use crate::error::Error;

/// The fields of each event, down to a level.
#[derive(Debug, Clone)]
struct Log {
    level: Level,
    events: Arc<Mutex<Vec<String>>>,
}

impl Log {
    fn new(level: Level) -> Self {
        Self {
            level,
            events: Arc::default(),
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        struct Fields(String);
        impl Visit for Fields {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                if field.name() != "elapsed" {
                    self.0 += &format!("{}={value:?} ", field.name());
                }
            }
        }
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.events.lock().unwrap().push(fields.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn logged(level: Level, act: impl FnOnce(Option<Box<Pending>>)) -> Vec<String> {
    let log = Log::new(level);
    // With one dispatcher alone, tracing asks the thread that first reaches an event whether it is
    // wanted, and that may be another test's, whose answer stays. With two, it asks both of them.
    let _second = Dispatch::new(Log::new(Level::TRACE));
    let _guard = tracing::subscriber::set_default(log.clone());
    let mut request = Request::new(());
    *request.uri_mut() = Uri::from_static("https://host.example/users/a@b.example?fake=query");
    act(Pending::start(&request));
    let events = log.events.lock().unwrap();
    events.clone()
}

#[test]
fn every_exchange_is_one_event_also_one_that_is_cancelled() {
    let of = |message: &str, rest: &str| {
        let start = "method=\"GET\" server=\"https://host.example\" ";
        [format!("message={message} {start}{rest}")]
    };
    let ok = |pending| Pending::end(pending, &Ok(Response::new(())));
    let failed = |pending| Pending::end::<()>(pending, &Err(Error::transport("refused")));
    assert_eq!(
        logged(Level::DEBUG, ok),
        of("response received", "status=200 ")
    );
    assert_eq!(
        logged(Level::DEBUG, failed),
        of("no response", "kind=\"transport\" ")
    );
    assert_eq!(logged(Level::DEBUG, drop), of("request cancelled", ""));
    assert!(logged(Level::INFO, drop).is_empty());
}

#[test]
fn the_path_appears_only_at_the_lowest_level_and_the_query_never() {
    for (level, shows) in [(Level::DEBUG, false), (Level::TRACE, true)] {
        let events = logged(level, drop);
        assert_eq!(events[0].contains("/users/a@b.example"), shows);
        assert!(!events[0].contains("query"));
    }
}
