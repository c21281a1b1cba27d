//! The end of a list whose pages link to the next one, and when it is implausible.

use std::collections::HashSet;

use super::walk::{Key, MAX_REPEATS, Walk};
use super::{Page, PageStart};
use crate::error::Result;

impl Walk {
    pub(super) fn linked() -> Self {
        let mut walk = Self::new(0, false);
        walk.links = Some(HashSet::new());
        walk
    }

    pub(super) fn is_linked(&self) -> bool {
        self.links.is_some()
    }

    /// Adds a page; returns which of its items are new, and a position if its link is to be followed.
    pub(super) fn take_linked<T>(
        &mut self,
        keys: &[Key],
        page: &Page<T>,
    ) -> Result<(Vec<bool>, Option<PageStart>)> {
        self.pages += 1;
        self.bytes = self.bytes.saturating_add(page.bytes);
        let (is_new, news) = self.note(keys);
        self.note_total(page.total);
        self.check_bounds()?;
        let Some(link) = &page.next else {
            self.check_whole(page.has_more)?;
            return Ok((is_new, None));
        };
        let hash = self.hash(link.as_str());
        if !self.links.get_or_insert_default().insert(hash) {
            return Err(self.fail(
                "the list is incomplete: the API names a page that was read before as the next one"
                    .to_owned(),
            ));
        }
        // An empty page may have a link if the API filters its items.
        self.repeats = match news == 0 && !keys.is_empty() {
            true => self.repeats + 1,
            false => 0,
        };
        if self.repeats > MAX_REPEATS {
            return Err(self.fail(
                "the list is incomplete: the API returns the same items repeatedly".to_owned(),
            ));
        }
        Ok((is_new, Some(self.start())))
    }

    /// Checks the end against the API's other information.
    fn check_whole(&self, has_more: Option<bool>) -> Result<()> {
        if has_more == Some(true) {
            return Err(self.fail(
                "the list is incomplete: the API reports more items but no next page".to_owned(),
            ));
        }
        match self.total {
            Some(total) if !self.is_filtered && self.missing(total, self.received) > 0 => Err(self
                .fail(format!(
                    "the list is incomplete: the API reports {total} items and returned {}",
                    self.received
                ))),
            _ => Ok(()),
        }
    }
}
