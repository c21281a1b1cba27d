//! `cargo xtask bench`: measures what the crates promise, and writes it down beside the promise.

mod figure;
mod measure;
mod cpu;
mod program;
mod compile_cost;
mod machine;
mod table;
mod document;
mod plot;

pub(crate) use compile_cost::run as compile_cost;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::flags::BenchOptions;
use crate::workspace;

/// Runs the benches, prints the table and, unless it was quick, writes it to `docs`.
///
/// A target that is missed is no failure: on another machine, or a busy one, it may be met.
pub(crate) fn run(options: BenchOptions) -> Result<ExitCode, Box<dyn Error>> {
    let root = workspace::root()?;
    let mut figures = measure::all(&root, options.quick)?;
    figures.extend(measure::peers(&root, options.quick)?);
    figures.extend(program::count_crates(&root)?);
    if options.build {
        figures.push(program::build(&root)?);
    }
    let mut output = io::stdout().lock();
    writeln!(output, "{}", table::of(&figures))?;
    if !options.quick || options.write {
        let machine = machine::Machine::here()?;
        let document = document::of(&figures, &machine, options);
        fs::write(root.join("docs/benchmarks.md"), document)?;
        fs::write(root.join("docs/benchmarks.svg"), plot::of(&figures)?)?;
        writeln!(
            output,
            "written to docs/benchmarks.md and docs/benchmarks.svg"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
