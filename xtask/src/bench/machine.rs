//! On what, with what and when it was measured.

use std::fs;
use std::io;
use std::process::Command;
use std::thread;
use std::time::SystemTime;

/// What figures depend on besides the code.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) cores: usize,
    pub(crate) model: String,
    pub(crate) rustc: String,
    pub(crate) date: String,
}

impl Machine {
    /// Describes the machine that this runs on.
    pub(crate) fn here() -> io::Result<Self> {
        let rustc = Command::new("rustc").arg("--version").output()?.stdout;
        let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        Ok(Self {
            cores: thread::available_parallelism()?.get(),
            model: fs::read_to_string("/proc/cpuinfo")
                .ok()
                .and_then(|text| model(&text))
                .unwrap_or_else(|| "unknown".to_owned()),
            rustc: String::from_utf8_lossy(&rustc).trim().to_owned(),
            date: now.chars().take("2000-01-01".len()).collect(),
        })
    }
}

fn model(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo
        .lines()
        .find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests;
