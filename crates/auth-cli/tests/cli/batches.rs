//! Tests of access rules whose creation a response leaves open: standard error says how to look for them.

use std::path::Path;

use crate::hostile::{Answer, Hostile};
use crate::makers::without_secrets;
use crate::support::{Run, command};

fn run(server: &Hostile, arguments: &[&str]) -> Run {
    let output = command(arguments, &server.environment()).output();
    output.unwrap().into()
}

#[test]
fn a_success_that_cannot_be_read_says_how_to_look_for_the_rules() {
    let makers = without_secrets(Path::new("fake"), Path::new("fake"));
    for maker in makers.iter().filter(|maker| !maker.replaces) {
        for body in ["7", "{"] {
            let server = maker.serve(Answer::Text(body.to_owned()));
            let run = run(&server, &maker.arguments);
            assert_eq!(run.code, Some(5), "{body}: {run:?}");
            for named in &maker.named {
                assert!(run.stderr.contains(named), "{named}: {body}: {run:?}");
            }
        }
    }
}
