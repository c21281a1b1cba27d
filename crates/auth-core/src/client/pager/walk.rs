//! Where the next page of a list starts, and when the list is over or cannot be believed.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};

use super::{Page, PageStart};
use crate::error::{Error, Result};

/// What identifies an item.
pub(super) enum Key {
    Id(String),
    /// How it looks, for an item that nothing identifies.
    Content(String),
}

/// What is known of a list after the pages read so far.
pub(super) struct Walk {
    /// The number of items requested per page.
    size: u64,
    is_numbered: bool,
    pub(super) is_filtered: bool,
    pub(super) max_items: u64,
    pub(super) vendor: Option<&'static str>,

    start: PageStart,
    /// The farthest page requested: below it, items that are known already are no surprise.
    frontier: u64,
    pub(super) pages: u64,
    pub(super) bytes: u64,
    /// Hashes of the keys, so that a key's length costs no memory.
    seen: HashSet<u128>,
    /// Hashes of the followed links, if pages link to the next one.
    pub(super) links: Option<HashSet<u128>>,
    hashers: [RandomState; 2],
    /// How many items were returned, each item once.
    pub(super) received: u64,
    /// The length of the longest page, which is what the server grants.
    longest: u64,
    first_length: u64,

    pub(super) total: Option<u64>,
    lowest_total: u64,
    /// How much the total fell in all: as many items may have been deleted after they were read.
    deleted: u64,
    /// How many pages were not empty, how many items they had, and how many of those the last one.
    filled: u64,
    lengths: u64,
    last_length: u64,

    is_second_round: bool,
    rereads: u32,
    pub(super) repeats: u32,
    explained_repeats: u32,
    empties: u32,
}

impl Walk {
    pub(super) fn new(size: u32, is_numbered: bool) -> Self {
        Self {
            size: size.into(),
            is_numbered,
            is_filtered: false,
            max_items: MAX_LIST_ITEMS,
            vendor: None,
            start: PageStart {
                offset: 0,
                number: 0,
                size,
            },
            frontier: 0,
            pages: 0,
            bytes: 0,
            seen: HashSet::new(),
            links: None,
            hashers: [RandomState::new(), RandomState::new()],
            received: 0,
            longest: 0,
            first_length: 0,
            total: None,
            lowest_total: u64::MAX,
            deleted: 0,
            filled: 0,
            lengths: 0,
            last_length: 0,
            is_second_round: false,
            rereads: 0,
            repeats: 0,
            explained_repeats: 0,
            empties: 0,
        }
    }

    pub(super) fn start(&self) -> PageStart {
        self.start
    }

    /// Processes a page; returns which of its items are new, and where the next page starts if there is one.
    pub(super) fn take<T>(
        &mut self,
        keys: &[Key],
        page: &Page<T>,
    ) -> Result<(Vec<bool>, Option<PageStart>)> {
        let length = keys.len() as u64;
        self.pages += 1;
        self.bytes = self.bytes.saturating_add(page.bytes);
        if self.pages == 1 {
            self.first_length = length;
        }
        let (is_new, news) = self.note(keys);
        let (grew, shrunk) = self.note_total(page.total);
        self.check_bounds()?;
        if length == 0 {
            return Ok((is_new, self.after_empty(page, shrunk)?));
        }
        self.empties = 0;
        self.longest = self.longest.max(length);
        self.filled += 1;
        self.lengths += length;
        self.last_length = length;
        if news == 0 && self.ends_with_repeat(length, page, grew)? {
            return Ok((is_new, None));
        }
        if news > 0 {
            self.repeats = 0;
        }
        if self.is_over(length, page) {
            return Ok((is_new, None));
        }
        Ok((is_new, Some(self.advance(length, shrunk))))
    }

    /// Records the items; items of an earlier page are not new, and duplicates on the same page count once.
    pub(super) fn note(&mut self, keys: &[Key]) -> (Vec<bool>, u64) {
        let mut here = HashSet::new();
        let mut alike = HashMap::<&str, u32>::new();
        let mut news = 0;
        let mut is_new = Vec::with_capacity(keys.len());
        for key in keys {
            // Identical items without an id count as many times as the page has them.
            let key = match key {
                Key::Id(id) => (id.as_str(), 0),
                Key::Content(content) => {
                    let count = alike.entry(content).or_default();
                    *count += 1;
                    (content.as_str(), *count)
                }
            };
            let hash = self.hash(key);
            let first = self.seen.insert(hash);
            if first {
                here.insert(hash);
            }
            news += u64::from(here.contains(&hash));
            is_new.push(first);
        }
        self.received += news;
        (is_new, news)
    }

    pub(super) fn hash(&self, key: impl Hash + Copy) -> u128 {
        let [low, high] = &self.hashers;
        u128::from(low.hash_one(key)) | u128::from(high.hash_one(key)) << 64
    }

    /// Records the total; returns whether it grew, and by how much it fell.
    pub(super) fn note_total(&mut self, total: Option<u64>) -> (bool, u64) {
        let Some(total) = total else {
            return (false, 0);
        };
        let before = self.total.replace(total).unwrap_or(total);
        let shrunk = before.saturating_sub(total);
        self.deleted = self.deleted.saturating_add(shrunk);
        self.lowest_total = self.lowest_total.min(total);
        // More than the total: whatever it counts, it is not this list.
        if self.certain() > total {
            self.total = None;
            return (false, 0);
        }
        (total > before, shrunk)
    }

    /// Checks how many items a page has, before any of them is looked at.
    pub(super) fn check_length(&self, length: u64) -> Result<()> {
        if length > self.max_items {
            return Err(self.endless(&self.items_bound()));
        }
        Ok(())
    }

    pub(super) fn check_bounds(&self) -> Result<()> {
        let bound = if self.received > self.max_items {
            self.items_bound()
        } else if self.pages > MAX_LIST_PAGES {
            format!("{MAX_LIST_PAGES} pages")
        } else if self.bytes > MAX_LIST_BYTES {
            format!("{} MiB", MAX_LIST_BYTES >> 20)
        } else {
            return Ok(());
        };
        Err(self.endless(&bound))
    }

    fn items_bound(&self) -> String {
        format!("{} items", self.max_items)
    }

    fn endless(&self, bound: &str) -> Error {
        self.fail(format!(
            "the list does not end within {bound}: narrow it, request larger pages, or raise max_items"
        ))
    }

    /// How many items of the total are missing without an explanation: neither by concurrent insertions,
    /// nor by numbered pages that were short because the credentials cannot access all items.
    pub(super) fn missing(&self, total: u64, received: u64) -> u64 {
        let grown = total.saturating_sub(self.lowest_total);
        let before = self.lengths - self.last_length;
        let hidden =
            (self.longest.saturating_mul(self.filled.saturating_sub(1))).saturating_sub(before);
        let hidden = if self.is_numbered { hidden } else { 0 };
        let known = received.saturating_add(grown).saturating_add(hidden);
        total.saturating_sub(known)
    }

    /// How many of the returned items were certainly not deleted since.
    fn certain(&self) -> u64 {
        self.received.saturating_sub(self.deleted)
    }

    fn is_total_reached(&self) -> bool {
        self.total.is_some_and(|total| self.certain() >= total)
    }

    fn after_empty<T>(&mut self, page: &Page<T>, shrunk: u64) -> Result<Option<PageStart>> {
        if shrunk > 0 && self.rereads < MAX_REREADS {
            return Ok(Some(self.advance(0, shrunk)));
        }
        let missing = self
            .total
            .map_or(0, |total| self.missing(total, self.received));
        if let Some(start) = self.second_round(missing) {
            return Ok(Some(start));
        }
        let is_whole = missing == 0 || self.is_filtered;
        let has_more = page.has_more == Some(true) && !self.is_total_reached();
        if is_whole && !has_more {
            return Ok(None);
        }
        self.empties += 1;
        if self.empties < MAX_EMPTY_PAGES {
            let length = if self.longest > 0 {
                self.longest
            } else {
                self.size
            };
            return Ok(Some(self.advance(length, 0)));
        }
        Err(self.fail(match self.total {
            Some(total) if !is_whole => format!(
                "the list is incomplete: the API reports {total} items in total and returned {}",
                self.received
            ),
            _ => "the list is incomplete: the API returns empty pages and says that more follow"
                .to_owned(),
        }))
    }

    /// A server that grants less than requested, but still numbers its pages by the requested size, leaves gaps:
    /// the numbered pages are read again, with the granted size.
    fn second_round(&mut self, missing: u64) -> Option<PageStart> {
        let is_known_whole = self.total.is_some() && missing == 0;
        let has_gaps = self.is_numbered && self.longest > 0 && self.longest < self.size;
        if self.is_second_round || is_known_whole || !has_gaps {
            return None;
        }
        self.is_second_round = true;
        self.size = self.longest;
        self.start.size = u32::try_from(self.longest).unwrap_or(self.start.size);
        // The first page is the same with both sizes.
        self.start.number = 1;
        self.filled = 1;
        Some(self.start)
    }

    /// Decides about a page without anything new: true if it ends the list, an error if that happened too often.
    fn ends_with_repeat<T>(&mut self, length: u64, page: &Page<T>, grew: bool) -> Result<bool> {
        if self.is_total_reached() {
            return Ok(true);
        }
        // A server without paging returns everything, whatever is requested.
        let has_no_pages = self.pages == 2
            && self.total.is_none()
            && page.has_more != Some(true)
            && length == self.first_length
            && length != self.size;
        if has_no_pages {
            return Ok(true);
        }
        if self.position() < self.frontier {
            return Ok(false);
        }
        // As many insertions as a page has items move a whole page onto the next one.
        if grew && self.explained_repeats < MAX_EXPLAINED_REPEATS {
            self.explained_repeats += 1;
            return Ok(false);
        }
        self.repeats += 1;
        let allowed = if length == 1 {
            MAX_REPEATS_OF_ONE
        } else {
            MAX_REPEATS
        };
        if self.repeats <= allowed {
            return Ok(false);
        }
        Err(self.fail(
            "the list is incomplete: the API returns the same items again and again".to_owned(),
        ))
    }

    fn is_over<T>(&self, length: u64, page: &Page<T>) -> bool {
        if page.has_more == Some(true) {
            return false;
        }
        // A server that has granted the requested size numbers its pages by it, however few items a page has left.
        let grants_all = self.longest == self.size;
        if let Some(total) = self.total {
            let end = self.start.number.saturating_mul(self.size) + length;
            let is_past = self.is_numbered && grants_all && end >= total;
            return self.is_total_reached()
                || (is_past && self.missing(total, self.certain()) == 0);
        }
        // The page size that a server reports counts once a page had that size.
        let is_short = length < self.longest && (grants_all || page.size == Some(self.longest));
        page.has_more == Some(false) || is_short
    }

    fn position(&self) -> u64 {
        if self.is_numbered {
            self.start.number
        } else {
            self.start.offset
        }
    }

    /// Returns where the next page starts: after this one, or before it if deletions moved items forward.
    fn advance(&mut self, length: u64, shrunk: u64) -> PageStart {
        self.frontier = self.frontier.max(self.position().saturating_add(1));
        if shrunk > 0 && self.rereads < MAX_REREADS {
            self.rereads += 1;
            let pages = shrunk.div_ceil(self.longest.max(1));
            self.start.offset = self.start.offset.saturating_sub(shrunk);
            self.start.number = self.start.number.saturating_sub(pages);
        } else {
            self.start.offset = self.start.offset.saturating_add(length);
            self.start.number = self.start.number.saturating_add(1);
        }
        self.start
    }

    pub(super) fn fail(&self, message: String) -> Error {
        let error = Error::invalid_response(message).with_retryable(false);
        match self.vendor {
            Some(vendor) => error.with_vendor(vendor),
            None => error,
        }
    }
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk")
            .field("start", &self.start)
            .field("pages", &self.pages)
            .field("received", &self.received)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

/// The default limit of items in a list: far more than any documented list, and still quickly read.
pub const MAX_LIST_ITEMS: u64 = 100_000;

/// The maximum number of pages of a list.
pub const MAX_LIST_PAGES: u64 = 10_000;

/// The maximum size of all pages of a list on the wire: 256 MiB.
pub const MAX_LIST_BYTES: u64 = 256 << 20;

/// How many consecutive pages may contain nothing new, beyond what insertions explain; a page of one item repeats with each insertion.
pub(super) const MAX_REPEATS: u32 = 2;
const MAX_REPEATS_OF_ONE: u32 = 8;
const MAX_EXPLAINED_REPEATS: u32 = 100;

/// How many consecutive empty pages are read if the server reports that more follow.
const MAX_EMPTY_PAGES: u32 = 3;

/// How often a page is read again because of a falling total.
const MAX_REREADS: u32 = 100;
