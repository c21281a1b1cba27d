//! The figures of the guides that show when a token is refreshed, and what happens in an outage, from the default policy.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;

use auth_core::RefreshPolicy;
use auth_core::vendor::Vendor;

use super::compare::Files;
use super::marked;

/// The documents that contain a figure, each with its text as it is now.
pub(super) fn documents(root: &Path) -> Result<Files, Box<dyn Error>> {
    let mut files = Files::new();
    for (path, ..) in figures() {
        let text = fs::read_to_string(root.join(&path))
            .map_err(|error| format!("cannot read {path}: {error}"))?;
        files.insert(path, text);
    }
    Ok(files)
}

/// The same documents with their figures as they would be written.
pub(super) fn written(there: &Files) -> Result<Files, Box<dyn Error>> {
    let mut files = there.clone();
    for (path, name, figure) in figures() {
        let text = files.get(&path).map_or("", String::as_str);
        let figure = format!("```text\n{figure}```\n");
        let text = marked::replaced(text, name, &figure).ok_or_else(|| {
            format!(
                "{path} lacks the lines `{}` and its end",
                marked::begin(name)
            )
        })?;
        files.insert(path, text);
    }
    Ok(files)
}

/// Where each figure is, its name, and its lines.
fn figures() -> Vec<(String, &'static str, String)> {
    let policy = RefreshPolicy::default();
    let guide = |package: &str, lifetime: Option<Duration>| {
        let life = Life::of(&policy, lifetime.unwrap_or(HOUR));
        (
            format!("crates/{package}/docs/guide.md"),
            REFRESH,
            life.refresh(),
        )
    };
    let hour = Life::of(&policy, HOUR);
    vec![
        (TOKEN_LIFE.to_owned(), REFRESH, hour.refresh()),
        (TOKEN_LIFE.to_owned(), OUTAGE, hour.outage(&policy)),
        guide(
            "datasaur-auth",
            datasaur_auth::Datasaur::INFO.default_lifetime(),
        ),
        guide("maia-auth", maia_auth::Maia::INFO.default_lifetime()),
        guide("runai-auth", runai_auth::Runai::INFO.default_lifetime()),
    ]
}

/// The ages of a token, in seconds, at which what callers see changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Life {
    lifetime: u64,
    /// The earliest and the latest age at which the refresh is due.
    due: (u64, u64),
    expires: u64,
}

impl Life {
    fn of(policy: &RefreshPolicy, lifetime: Duration) -> Self {
        let tenth = lifetime / 10;
        let latest = lifetime
            - policy.refresh_margin().min(tenth)
            - policy.refresh_window().min(lifetime / 4);
        let earliest = latest - policy.refresh_jitter().min(tenth);
        Self {
            lifetime: lifetime.as_secs(),
            due: (earliest.as_secs(), latest.as_secs()),
            expires: (lifetime - policy.expiry_margin().min(tenth)).as_secs(),
        }
    }

    /// A line to scale, with the ages above it.
    fn refresh(self) -> String {
        let column = |age: u64| usize::try_from(age * WIDTH / self.lifetime).unwrap_or_default();
        let stops = [0, self.due.0, self.due.1, self.expires];
        let (mut ages, mut line) = (String::new(), String::new());
        for (stop, name) in stops.into_iter().zip(["fresh", "due", "stale", ""]) {
            let width = column(stop);
            ages = format!("{ages:<width$}{}", clock(stop));
            line = format!("{line}|{name}");
            let next = stops.into_iter().find(|&next| next > stop);
            let fill = if name == "due" { '~' } else { '-' };
            while next.is_some_and(|next| line.len() < column(next)) {
                line.push(fill);
            }
        }
        format!("{ages}\n{line} expired\n")
    }

    /// The refreshes that fail, one after the other, until the token is gone, and what follows then.
    fn outage(self, policy: &RefreshPolicy) -> String {
        let mut rows = Vec::new();
        let mut age = self.due.1;
        let mut cool_down = policy.cool_down_with_token();
        while age < self.expires {
            let left = Duration::from_secs(self.expires - age);
            let capped = cool_down.min((left / 4).max(policy.cool_down_without_token()));
            rows.push(format!(
                "{:<12}{:<24}{}",
                clock(age),
                "get the token",
                seconds(capped)
            ));
            // The next call after the cool-down; fractions of a second are not shown.
            age += capped.as_secs_f64().ceil() as u64;
            cool_down = (cool_down * 2).min(policy.max_cool_down());
        }
        let mut cool_downs = Vec::new();
        let mut cool_down = policy.cool_down_without_token();
        while cool_down < policy.max_cool_down() {
            cool_downs.push(cool_down.as_secs().to_string());
            cool_down *= 2;
        }
        let cool_downs = cool_downs.join(", ");
        let last = rows.len() - SHOWN;
        let left_out = format!("{:<12}{} more failed refreshes\n", "...", last - SHOWN);
        let rows: Vec<_> = rows[..SHOWN]
            .iter()
            .map(|row| format!("{row}\n"))
            .chain([left_out])
            .chain(rows[last..].iter().map(|row| format!("{row}\n")))
            .collect();
        format!(
            "{:<12}{:<24}{}\n{}{:<12}{:<24}{cool_downs}, then {} each\n",
            "refresh at",
            "callers",
            "cool-down",
            rows.concat(),
            clock(self.expires),
            "get the last error",
            seconds(policy.max_cool_down()),
        )
    }
}

/// Minutes and seconds.
fn clock(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// How many of the first and of the last failures are shown.
const SHOWN: usize = 6;

/// In characters, so that it fits a page.
const WIDTH: u64 = 72;

const HOUR: Duration = Duration::from_secs(60 * 60);
const TOKEN_LIFE: &str = "crates/auth-core/docs/token-life.md";
const REFRESH: &str = "refresh";
const OUTAGE: &str = "outage";

#[cfg(test)]
mod tests;
