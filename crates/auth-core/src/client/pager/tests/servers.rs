//! A server with a list of numbers, and with whims.

use std::sync::{Arc, Mutex};
use std::task::Waker;

use super::*;

#[derive(Clone, Default)]
pub(super) struct Server {
    items: u32,
    numbered: bool,
    grants: u64,
    lengths: &'static [u64],
    slices: bool,
    ignores_start: bool,
    in_a_circle: bool,
    names_total: bool,
    names_next: bool,
    pub(super) always_more: bool,
    pub(super) total: Option<u64>,
    /// How many items come in front, one after each page.
    inserts: u32,
    /// How many items go from the front, one after each page.
    deletes: u32,
    bytes: usize,
    size: Option<u64>,
    pub(super) breaks_at: Option<usize>,
    requests: usize,
}

impl Server {
    pub(super) fn new(items: u32, numbered: bool) -> Self {
        Self {
            items,
            numbered,
            grants: u64::MAX,
            ..Self::default()
        }
    }

    pub(super) fn numbered(mut self) -> Self {
        self.numbered = true;
        self
    }

    pub(super) fn grants(mut self, grants: u64) -> Self {
        self.grants = grants;
        self
    }

    /// Counts its pages by the size asked for, whatever it grants.
    pub(super) fn slices(mut self) -> Self {
        self.slices = true;
        self
    }

    pub(super) fn lengths(mut self, lengths: &'static [u64]) -> Self {
        self.lengths = lengths;
        self
    }

    pub(super) fn ignores_start(mut self) -> Self {
        self.ignores_start = true;
        self
    }

    pub(super) fn in_a_circle(mut self) -> Self {
        self.in_a_circle = true;
        self
    }

    pub(super) fn names_total(mut self) -> Self {
        self.names_total = true;
        self
    }

    pub(super) fn names_next(mut self) -> Self {
        self.names_next = true;
        self
    }

    pub(super) fn claims(mut self, total: u64) -> Self {
        self.total = Some(total);
        self
    }

    pub(super) fn inserts(mut self, inserts: u32) -> Self {
        self.inserts = inserts;
        self
    }

    pub(super) fn deletes(mut self, deletes: u32) -> Self {
        self.deletes = deletes;
        self
    }

    pub(super) fn says(mut self, size: u64) -> Self {
        self.size = Some(size);
        self
    }

    pub(super) fn weighs(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    fn page(&mut self, start: PageStart, size: u64) -> Result<Page<u32>> {
        let request = self.requests;
        self.requests += 1;
        if self.breaks_at == Some(self.requests) {
            return Err(Error::new(ErrorKind::Transport, "the connection broke"));
        }
        let changes = u32::try_from(request).unwrap();
        let inserted = self.inserts.min(changes);
        let deleted = self.deletes.min(changes);
        let count = u64::from(self.items + inserted - deleted);
        let granted = match self.lengths.get(request) {
            Some(length) => *length,
            None if self.ignores_start => self.grants,
            None => self.grants.min(size),
        };
        let from = match (self.ignores_start, self.numbered, self.lengths.is_empty()) {
            (true, ..) => 0,
            (_, true, true) if self.slices => start.number * size,
            (_, true, true) => start.number * granted,
            (_, true, false) => self.lengths[..request.min(self.lengths.len())].iter().sum(),
            (_, false, _) => start.offset,
        };
        let from = if self.in_a_circle { from % count } else { from };
        let to = from.saturating_add(granted).min(count);
        let (from, inserted, deleted) = (from.min(to), u64::from(inserted), u64::from(deleted));
        // Inserted items have numbers of their own above all others.
        let item = |at: u64| {
            let at = if at < inserted {
                u64::from(u32::MAX) - (inserted - at)
            } else {
                at - inserted + deleted
            };
            u32::try_from(at).unwrap()
        };
        let total = if self.names_total {
            Some(count)
        } else {
            self.total
        };
        let has_more = (self.names_next || self.always_more)
            .then_some(self.always_more || to < count || self.ignores_start);
        Ok(Page::new((from..to).map(item).collect())
            .with_size(self.size)
            .with_total(total)
            .with_more(has_more)
            .with_bytes(self.bytes))
    }
}

/// Reads a server to its end; returns the items, the error if there was one, and how many pages were requested.
pub(super) fn read(
    server: Server,
    size: u32,
    change: impl FnOnce(Pager<u32>) -> Pager<u32>,
) -> (Vec<u32>, Option<Error>, usize) {
    let numbered = server.numbered;
    let server = Arc::new(Mutex::new(server));
    let shared = Arc::clone(&server);
    let fetch = move |start| {
        let start: PageStart = start;
        let page = shared.lock().unwrap().page(start, start.size.into());
        std::future::ready(page)
    };
    let key = |item: &u32| Some(item.to_string());
    let pager = if numbered {
        Pager::by_number(size, key, fetch)
    } else {
        Pager::by_offset(size, key, fetch)
    };
    let mut pager = change(pager.vendor("vendor"));
    let mut context = Context::from_waker(Waker::noop());
    let (mut items, mut error) = (Vec::new(), None);
    while let Poll::Ready(Some(item)) = pager.poll_item(&mut context) {
        assert!(error.is_none(), "an error is the last item");
        match item {
            Ok(item) => items.push(item),
            Err(failed) => error = Some(failed),
        }
    }
    let mut once = items.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), items.len(), "no item comes twice");
    let requests = server.lock().unwrap().requests;
    (items, error, requests)
}
