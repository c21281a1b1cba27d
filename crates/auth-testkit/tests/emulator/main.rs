//! The emulators over real HTTP: every answer a client can meet, and every lever a test can pull.
#![allow(missing_docs, reason = "a test's name is its documentation")]

mod client_handles;
mod clock_and_tokens;
mod datasaur;
mod datasaur_graphql;
mod datasaur_projects;
mod described_faults;
mod described_json;
mod described_oauth;
mod faults;
mod hostile;
mod foreign;
mod maia;
mod maia_runs;
mod received;
mod routes;
mod runai_access_keys;
mod runai_api;
mod runai_clients;
mod runai_control_planes;
mod runai_organization;
mod runai_people;
mod runai_roles;
mod runai_rules;
mod runai_statuses;
mod runai_support;
mod runai_tokens;
mod runai_users;
mod server;
mod support;
mod surface;
