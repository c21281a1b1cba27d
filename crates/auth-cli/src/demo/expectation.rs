//! The demo's expectations, and whether they were met.

use std::fmt::Display;

/// All checked expectations, in order.
#[derive(Debug, Default)]
pub(crate) struct Expectations(Vec<Result<(), String>>);

impl Expectations {
    pub(crate) fn equal<T: Display + PartialEq>(&mut self, what: &str, expected: T, seen: T) {
        self.check(
            seen == expected,
            what,
            &format!("expected {expected}, saw {seen}"),
        );
    }

    pub(crate) fn at_least<T: Display + PartialOrd>(&mut self, what: &str, least: T, seen: T) {
        self.check(
            seen >= least,
            what,
            &format!("expected {least} or more, saw {seen}"),
        );
    }

    pub(crate) fn at_most<T: Display + PartialOrd>(&mut self, what: &str, most: T, seen: T) {
        self.check(
            seen <= most,
            what,
            &format!("expected {most} or fewer, saw {seen}"),
        );
    }

    /// Checks that nothing failed; `first` is the first failure.
    pub(crate) fn none(&mut self, what: &str, first: Option<&str>) {
        self.check(
            first.is_none(),
            what,
            &format!("the first: {}", first.unwrap_or_default()),
        );
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn failed(&self) -> usize {
        self.failures().count()
    }

    /// Returns the unmet expectations, each with the actual value.
    pub(crate) fn failures(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter_map(|outcome| outcome.as_ref().err().map(String::as_str))
    }

    fn check(&mut self, held: bool, what: &str, seen: &str) {
        self.0.push(if held {
            Ok(())
        } else {
            Err(format!("{what}: {seen}"))
        });
    }
}

#[cfg(test)]
mod tests;
