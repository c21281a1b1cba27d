//! Tests of `vauth request --paginate`: every page, by links and by page parameters, or an error.

use auth_testkit::{ControlPlane, EmulatedVendor};
use serde_json::Value;

use crate::shell::Shell;
use crate::support::{Run, environment, start, vauth};
use crate::wire::{Received, Wire, json, response};

fn paginate(wire: &Wire, arguments: &[&str]) -> Run {
    let start = ["request", "runai", "--paginate"];
    vauth(&[&start[..], arguments].concat(), &wire.environment())
}

fn query<'a>(request: &'a Received, name: &str) -> &'a str {
    let query = request.line.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(own, _)| *own == name)
        .map_or("", |(_, value)| value)
}

#[tokio::test]
async fn every_page_of_maias_projects_is_printed() {
    let emulator = start(EmulatedVendor::Maia).await;
    let arguments = ["request", "maia", "/dpc/v1/projects?size=25", "--paginate"];
    let text = vauth(&arguments, &environment(&emulator)).stdout();
    let pages: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let count = |page: &Value| page["results"].as_array().unwrap().len();
    let total = pages[0]["total"].as_u64().unwrap();
    assert!(pages.len() > 1);
    assert_eq!(pages.iter().map(count).sum::<usize>() as u64, total);
    let slurped = vauth(
        &[&arguments[..], &["--slurp"]].concat(),
        &environment(&emulator),
    )
    .stdout();
    let slurped: Vec<Value> = serde_json::from_str(&slurped).unwrap();
    assert_eq!(slurped, pages);
}

#[tokio::test]
async fn every_page_of_runais_lists_is_printed() {
    let shell = Shell::start(ControlPlane::V2_24).await;
    let arguments = [
        "request",
        "runai",
        "/api/v2/authorization/roles?limit=2",
        "--paginate",
    ];
    let text = vauth(&arguments, &shell.environment).stdout();
    let listed = shell.json(&["roles", "list"]);
    let listed = listed.as_array().unwrap();
    for role in listed {
        assert!(text.contains(&role["name"].to_string()), "{text}");
    }
    assert_eq!(text.lines().count(), listed.len().div_ceil(2));
    // A list without pages.
    let arguments = ["request", "runai", "/api/v1/service-accounts", "--paginate"];
    let text = vauth(&arguments, &shell.environment).stdout();
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn links_are_followed_with_the_same_headers_to_the_same_host_only() {
    let wire = Wire::start(|request| match query(request, "page") {
        "" => response("200 OK\r\nlink: </x?page=2>; rel=\"next\"", "[1]"),
        "2" => response("200 OK\r\nlink: </x?page=3>; rel=\"next\"", "[2]\n"),
        _ => json("[3]"),
    });
    let text = paginate(&wire, &["/x", "-H", "x-key: k", "-i"]).stdout();
    assert_eq!(text.matches("HTTP/1.1 200").count(), 3, "{text}");
    assert!(wire.received().iter().all(|one| one.header("x-key") == "k"));
    assert_eq!(paginate(&wire, &["/x"]).stdout(), "[1]\n[2]\n[3]\n");
    assert_eq!(
        paginate(&wire, &["/x", "--slurp"]).stdout(),
        "[[1],[2],[3]]\n"
    );
    let wire =
        Wire::start(|_| response("200 OK\r\nlink: <https://evil.example/x>; rel=next", "[]"));
    let run = paginate(&wire, &["/x"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("origin"), "{run:?}");
}

#[test]
fn an_endless_list_a_short_one_and_a_failing_page_are_errors() {
    let wire = Wire::start(|_| response("200 OK\r\nlink: </x>; rel=next", "[1]"));
    let run = paginate(&wire, &["/x"]);
    assert_eq!((run.code, wire.received().len()), (Some(5), 1), "{run:?}");
    let wire = Wire::start(|_| json(r#"{"users":[1],"next":1}"#));
    let run = paginate(&wire, &["/x"]);
    assert_eq!((run.code, wire.received().len()), (Some(5), 2), "{run:?}");
    let wire = Wire::start(|request| match query(request, "offset") {
        "" => json(r#"{"users":[1,2],"totalRecords":5}"#),
        _ => json(r#"{"users":[],"totalRecords":5}"#),
    });
    let run = paginate(&wire, &["/x"]);
    assert!(
        run.stderr.contains("reports 5 items and returned 2"),
        "{run:?}"
    );
    let wire = Wire::start(|request| match query(request, "offset") {
        "" => json(r#"{"users":[1,2],"totalRecords":5}"#),
        _ => response("403 x", r#"{"message":"no"}"#),
    });
    let run = paginate(&wire, &["/x"]);
    assert!(run.stdout.ends_with("{\"message\":\"no\"}"), "{run:?}");
    run.failure(22);
    let wire = Wire::start(|_| response("200 OK", "<html>"));
    assert_eq!(paginate(&wire, &["/x", "--slurp"]).code, Some(5));
}

#[test]
fn only_lists_can_be_paginated() {
    let wire = Wire::start(|_| json("[]"));
    for arguments in [
        &["-X", "POST", "/x"][..],
        &["/x", "-d", "{}"],
        &["HEAD", "/x"],
    ] {
        assert_eq!(paginate(&wire, arguments).code, Some(2), "{arguments:?}");
    }
    let run = vauth(&["request", "runai", "/x", "--slurp"], &wire.environment());
    assert_eq!(run.code, Some(2));
    paginate(&wire, &["//evil.example/x"]).failure(2);
    assert!(wire.received().is_empty());
}
