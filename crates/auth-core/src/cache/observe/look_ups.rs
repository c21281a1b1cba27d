//! The keys of the call counter, created once per source name.

use std::sync::{Mutex, PoisonError};

use metrics::{Key, Label, Level, Metadata};

use super::LookUp;

/// The counter's keys for one source, one for each result.
#[derive(Debug)]
pub(super) struct Keys {
    source: &'static str,
    fresh: Key,
    stale: Key,
    joined: Key,
    waited: Key,
    failed_fast: Key,
}

impl Keys {
    /// Returns the keys of a source's name; they are kept forever, like the name itself.
    pub(super) fn of_source(source: &'static str) -> &'static Self {
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.iter().find(|keys| keys.source == source) {
            return known;
        }
        let keys: &'static Self = Box::leak(Box::new(Self::new(source)));
        all.push(keys);
        keys
    }

    pub(super) fn count(&self, result: LookUp) {
        let key = match result {
            LookUp::Fresh => &self.fresh,
            LookUp::Stale => &self.stale,
            LookUp::Joined => &self.joined,
            LookUp::Waited => &self.waited,
            LookUp::FailedFast => &self.failed_fast,
        };
        metrics::with_recorder(|recorder| recorder.register_counter(key, &METADATA)).increment(1);
    }

    fn new(source: &'static str) -> Self {
        let key = |result| {
            let labels = vec![Label::new("source", source), Label::new("result", result)];
            Key::from_parts("auth_token_lookups_total", labels)
        };
        Self {
            source,
            fresh: key("fresh"),
            stale: key("stale"),
            joined: key("joined"),
            waited: key("waited"),
            failed_fast: key("failed_fast"),
        }
    }
}

/// A program has only a few source names, however many sources.
static ALL: Mutex<Vec<&'static Keys>> = Mutex::new(Vec::new());

static METADATA: Metadata<'static> =
    Metadata::new(module_path!(), Level::INFO, Some(module_path!()));
