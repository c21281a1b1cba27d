//! What a case came to, and what must hold of it whatever else the machine does meanwhile.

use std::time::Duration;

use auth_testkit::Emulator;

use super::case::Fleet;
use super::processes::Outcome;

/// The figures of one case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    pub(crate) calls: u64,
    pub(crate) errors: u64,
    pub(crate) expired: u64,
    /// Token requests that arrived.
    pub(crate) requests: u64,
    pub(crate) most_at_once: u64,
    /// The longest of the processes' first calls, which wait for the first token.
    pub(crate) first_wait: Duration,
    /// The longest of all later calls.
    pub(crate) later_wait: Duration,
    pub(crate) killed: u64,
    /// Processes for which the store was down at least once.
    pub(crate) disturbed: u64,
    /// Token requests of the others, and of those that were killed.
    pub(crate) undisturbed_requests: u64,
    /// From the start of the first process to the end of the last.
    pub(crate) took: Duration,
}

impl Figures {
    pub(crate) fn of(
        outcomes: &[Outcome],
        killed: u64,
        took: Duration,
        emulator: &Emulator,
    ) -> Self {
        let mut figures = Self {
            requests: emulator.token_requests(),
            most_at_once: emulator.max_concurrency(),
            killed,
            took,
            ..Self::default()
        };
        for Outcome { requests, report } in outcomes {
            let Some(report) = report else {
                figures.undisturbed_requests += requests;
                continue;
            };
            figures.calls += report.calls;
            figures.errors += report.errors;
            figures.expired += report.expired;
            figures.first_wait = figures.first_wait.max(report.first_wait);
            figures.later_wait = figures.later_wait.max(report.longest_wait);
            if report.store_changes > 0 {
                figures.disturbed += 1;
            } else {
                figures.undisturbed_requests += requests;
            }
        }
        figures
    }

    /// Checks that no call failed, that none returned an expired token, and that none waited much longer than without a store.
    ///
    /// `alone` is a fleet of the same size without a store, at the same time on the same machine.
    pub(crate) fn check_calls(&self, alone: &Self) {
        assert!(self.calls > 0, "{self:?}");
        assert_eq!((self.errors, self.expired), (0, 0), "{self:?}");
        assert_eq!((alone.errors, alone.expired), (0, 0), "{alone:?}");
        let longest = self.first_wait.max(self.later_wait);
        let limit = alone.first_wait.max(alone.later_wait) + SLACK;
        assert!(longest <= limit, "{self:?}, alone {alone:?}");
    }

    /// Checks that the fleet sent one token request per lifetime, and one more for each process that was killed during its own.
    ///
    /// A process for which the store was too slow, on a busy machine, requests its own tokens and is not counted; most must be.
    pub(crate) fn check_requests(&self, fleet: Fleet) {
        assert!(self.disturbed * 2 < fleet.processes as u64, "{self:?}");
        let most = self.most_lifetimes(fleet) + self.killed;
        assert!(
            self.undisturbed_requests <= most,
            "{self:?}, at most {most}"
        );
        // The tokens were replaced meanwhile.
        assert!(self.requests >= u64::from(fleet.lives), "{self:?}");
        // A request counts until its response, even if nobody waits for that any more.
        if self.disturbed + self.killed == 0 {
            assert_eq!(self.most_at_once, 1, "{self:?}");
        }
    }

    /// Checks that an outage cost no more than each process's own token requests.
    pub(crate) fn check_outage(&self, fleet: Fleet) {
        let most = self.most_lifetimes(fleet) * fleet.processes as u64;
        assert!(self.requests <= most, "{self:?}, at most {most}");
        assert!(self.disturbed > 0, "the store was never down: {self:?}");
    }

    /// A token is replaced at the earliest when 55 hundredths of its life have passed: the margin, the window and the jitter before its end.
    fn most_lifetimes(&self, fleet: Fleet) -> u64 {
        let shortest = fleet.life.mul_f64(0.55);
        (self.took.as_millis() / shortest.as_millis()) as u64 + 1
    }
}

/// Wide, since processes on a busy machine wait for each other; the dead holder of a lease delays others by two seconds.
const SLACK: Duration = Duration::from_secs(4);
