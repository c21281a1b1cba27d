//! Steps that pass, fail or are skipped, and their summary.

use std::error::Error;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// What was checked holds; the note may be empty.
    Passed(String),
    /// What was checked does not hold.
    Failed(String),
    /// Nothing was checked, for this reason.
    Skipped(String),
}

/// What a step returns; an error counts as a failure.
pub(crate) type StepResult = Result<Outcome, Box<dyn Error>>;

/// The outcomes so far, in order.
#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: Vec<(&'static str, Outcome, Duration)>,
}

impl Outcome {
    /// Fails with all faults, one per line, or passes if there is none.
    pub(crate) fn of_faults(faults: Vec<String>, note: impl Into<String>) -> Self {
        if faults.is_empty() {
            Self::Passed(note.into())
        } else {
            Self::Failed(faults.join("\n"))
        }
    }

    pub(crate) fn passed() -> Self {
        Self::Passed(String::new())
    }
}

impl Report {
    /// Runs a step, and announces it first, so that its output follows its name.
    pub(crate) fn run(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> StepResult,
    ) -> io::Result<()> {
        writeln!(io::stdout().lock(), "== {name}")?;
        let started = Instant::now();
        let outcome = step().unwrap_or_else(|error| Outcome::Failed(error.to_string()));
        self.steps.push((name, outcome, started.elapsed()));
        Ok(())
    }

    /// Returns true if no step failed and, under `strict`, none was skipped.
    pub(crate) fn is_success(&self, strict: bool) -> bool {
        self.steps.iter().all(|(_, outcome, _)| match outcome {
            Outcome::Passed(_) => true,
            Outcome::Skipped(_) => !strict,
            Outcome::Failed(_) => false,
        })
    }

    /// Returns true if the last step failed.
    pub(crate) fn has_just_failed(&self) -> bool {
        matches!(self.steps.last(), Some((_, Outcome::Failed(_), _)))
    }

    /// Renders one line per step, and the count of each outcome.
    pub(crate) fn summary(&self) -> String {
        let width = self.steps.iter().map(|(name, ..)| name.len()).max();
        let width = width.unwrap_or_default();
        let mut text = String::new();
        let mut counts = [0_usize; 3];
        let mut total = Duration::ZERO;
        for (name, outcome, took) in &self.steps {
            total += *took;
            let (index, word, note) = match outcome {
                Outcome::Passed(note) => (0, "passed", note.clone()),
                Outcome::Failed(note) => (1, "failed", note.clone()),
                Outcome::Skipped(reason) => (2, "skipped", format!("because {reason}")),
            };
            counts[index] += 1;
            let mut lines = note.lines();
            let first = lines.next().unwrap_or_default();
            let line = format!(
                "{name:width$}  {word:7}  {:6.1} s  {first}",
                took.as_secs_f64()
            );
            text.push_str(line.trim_end());
            text.push('\n');
            for line in lines {
                text.push_str(&format!("{:width$}    {line}\n", ""));
            }
        }
        let [passed, failed, skipped] = counts;
        text.push_str(&format!(
            "{passed} passed, {failed} failed, {skipped} skipped in {:.0} s\n",
            total.as_secs_f64()
        ));
        text
    }
}

#[cfg(test)]
mod tests;
