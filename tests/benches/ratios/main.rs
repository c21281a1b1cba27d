//! Measures the cache against plain references, in alternating rounds, since a machine's noise is larger than what is measured.
//!
//! A ready-made harness measures one case after the other, and whatever else the machine does meanwhile falls on one of them only.

#[path = "../common/arguments.rs"]
mod arguments;
#[path = "../common/fixture.rs"]
mod fixture;
#[path = "../common/report.rs"]
mod report;
mod rounds;
mod hot_path;
mod stampede;
mod waits;
mod steady;
mod keyed;
mod candidates;
mod keyed_map;
mod tenants;
mod server;
mod send;

use arguments::Arguments;
use fixture::Outcome;
use report::Figure;

fn main() -> Outcome<()> {
    if std::env::args().any(|argument| argument == server::SERVE) {
        return server::serve();
    }
    let arguments = Arguments::read();
    for (name, measure) in GROUPS {
        if arguments.wants(name) {
            report::print(&measure(arguments.quick)?)?;
        }
    }
    Ok(())
}

type Group = fn(quick: bool) -> Outcome<Vec<Figure>>;

const GROUPS: [(&str, Group); 7] = [
    ("hot_path", hot_path::measure),
    ("stampede", stampede::measure),
    ("steady", steady::measure),
    ("keyed", keyed::measure),
    ("keyed_map", keyed_map::measure),
    ("tenants", tenants::measure),
    ("send", send::measure),
];
