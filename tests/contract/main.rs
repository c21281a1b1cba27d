//! What every vendor crate must do, over loopback HTTP and a table of vendors: a new vendor is one row.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test that calls them"
)]

mod vendors;
mod listener;
mod endless;
mod raw_server;
mod fixtures;
mod script;
mod sign_in;
mod refusals;
mod network;
mod hostile;
mod wire;
mod api;
mod api_network;
mod kept_connections;
mod forwarding;
mod graphql;
mod jobs;
mod uploads;
mod grpc;
mod requests;
mod streams;
mod projects;
mod project_lists;
mod executions;
mod odd_executions;
mod outages;
mod runai;
mod runai_external;
mod redaction;
mod certificates;
mod clocks;
mod foreign;
