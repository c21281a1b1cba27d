//! Measures `vauth proxy` against bare forwarders of the same hyper and reqwest, in alternating rounds, since a machine's noise is larger than what is measured.

#[path = "../../../../tests/benches/common/report.rs"]
mod report;
mod load;
mod servers;

use std::error::Error;
use std::time::Duration;

use report::Figure;
use servers::{Role, Server};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    if let Some(role) = Role::of_process() {
        return servers::run(role);
    }
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    report::print(&measure(if is_quick { 2 } else { ROUNDS })?)?;
    Ok(())
}

fn measure(rounds: usize) -> Outcome<Vec<Figure>> {
    let api = Server::start(&Role::Api)?;
    let cases = [
        Server::vauth(api.address())?,
        Server::start(&Role::Hyper(api.address().to_owned()))?,
        Server::start(&Role::Reqwest(api.address().to_owned()))?,
    ];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    let mut loads = Vec::new();
    for case in &cases {
        loads.push(runtime.block_on(load::Load::open(case.address(), CONNECTIONS))?);
    }
    let mut walls = [Vec::new(), Vec::new(), Vec::new()];
    let mut cpu = [Duration::ZERO; 3];
    for round in 0..=rounds {
        for turn in 0..cases.len() {
            // No case always comes first.
            let number = (turn + round) % cases.len();
            let before = cases[number].cpu()?;
            let wall = runtime.block_on(loads[number].round(REQUESTS))?;
            // The first round opens the connections to the API.
            if round > 0 {
                walls[number].push(wall.as_secs_f64() * 1e6 / (CONNECTIONS * REQUESTS) as f64);
                cpu[number] += cases[number].cpu()? - before;
            }
        }
    }
    let total = (rounds * CONNECTIONS * REQUESTS) as f64;
    let walls = walls.map(median);
    let cpu = cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / total);
    let mut figures = Vec::new();
    for (what, [ours, hyper, reqwest]) in [
        ("a request by the wall", walls),
        ("a request in processor time of the forwarder", cpu),
    ] {
        for (peer, reference, limit) in [("hyper", hyper, Some(LIMIT)), ("reqwest", reqwest, None)]
        {
            figures.push(Figure {
                group: "forward",
                what: format!(
                    "`vauth proxy`, {CONNECTIONS} connections, against bare {peer}, {what}"
                ),
                unit: "µs",
                measured: ours,
                reference: Some(reference),
                limit,
            });
        }
    }
    Ok(figures)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

const CONNECTIONS: usize = 64;

/// Of each connection in a round, which then takes some hundred milliseconds: processor time comes in steps of ten.
const REQUESTS: usize = 64;

const ROUNDS: usize = 41;

const LIMIT: f64 = 1.2;
