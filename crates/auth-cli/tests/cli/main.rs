//! Runs the real `vauth` against emulated vendors, in an environment that holds only what the test puts there.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test that calls them"
)]

mod support;
mod shell;
mod nobody;
mod hostile;
mod wire;
#[cfg(unix)]
mod makers;
#[cfg(unix)]
mod mishaps;
#[cfg(unix)]
mod batches;
#[cfg(unix)]
mod interrupts;
#[cfg(unix)]
mod unread_output;
#[cfg(unix)]
mod odd_answers;
#[cfg(unix)]
mod bootstrap_secrets;
#[cfg(unix)]
mod secret_files;
#[cfg(unix)]
mod progress;
#[cfg(unix)]
mod config_files;
#[cfg(unix)]
mod prompts;
mod home;
mod profiles;
mod profile_edits;
mod sources;
#[cfg(unix)]
mod secret_commands;
mod logging;
#[cfg(unix)]
mod lost_logs;
mod colours;
mod typos;
mod doctor_limits;
mod display;
mod proxy_variables;
mod servers;
mod token;
mod request;
mod request_body;
mod request_output;
#[cfg(target_os = "linux")]
mod request_destination;
mod request_pages;
#[cfg(target_os = "linux")]
mod request_size;
mod token_formats;
mod names;
mod empty_lists;
mod empty_values;
mod bootstrap_formats;
mod schema;
mod runai;
mod bootstrap;
mod tls;
mod certificates;
mod organization;
mod quotas;
mod bootstrap_places;
mod bootstrap_again;
mod datasaur;
mod datasaur_files;
mod maia;
mod maia_runs;
mod outages;
#[cfg(unix)]
mod maia_interrupts;
mod doctor;
mod exit_codes;
mod usage;
mod emulate;
mod completions;
#[cfg(unix)]
mod shells;
mod manual;
mod demo;
#[cfg(unix)]
mod cache_folder;
#[cfg(unix)]
mod stored_tokens;
#[cfg(unix)]
mod stored_token_faults;
#[cfg(unix)]
mod store_settings;
#[cfg(all(unix, feature = "redis"))]
#[path = "../../../../tests/common/redis_server.rs"]
mod redis_server;
#[cfg(all(unix, feature = "redis"))]
mod store_redis;
#[cfg(unix)]
mod cache;
#[cfg(target_os = "linux")]
mod closed_output;
#[cfg(target_os = "linux")]
mod named_files;
#[cfg(all(unix, feature = "redis"))]
mod store_health;
#[cfg(target_os = "linux")]
mod exec;
