//! How much processor time the programs took that this one has started and waited for.

use std::fs;
use std::io;
use std::time::Duration;

/// Returns the time, the children's own children included; Linux only.
pub(crate) fn of_children() -> io::Result<Duration> {
    let line = fs::read_to_string("/proc/self/stat")?;
    parse(&line).ok_or_else(|| io::Error::other("cannot read the times in /proc/self/stat"))
}

fn parse(line: &str) -> Option<Duration> {
    // The program's name stands in parentheses and may hold anything; the fields are counted from behind it.
    let (_, fields) = line.rsplit_once(')')?;
    let mut ticks = fields
        .split_whitespace()
        .skip(USER_OF_CHILDREN)
        .map(str::parse);
    let user: u64 = ticks.next()?.ok()?;
    let system: u64 = ticks.next()?.ok()?;
    Some(Duration::from_millis((user + system) * MILLISECONDS_A_TICK))
}

/// `cutime` is field 16 of proc(5), and 13 stand between the name and it; `cstime` follows.
const USER_OF_CHILDREN: usize = 13;

/// What Linux reports in, whatever the kernel counts in.
const MILLISECONDS_A_TICK: u64 = 10;

#[cfg(test)]
mod tests;
