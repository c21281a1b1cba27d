//! The arguments of `vauth request`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::environment::environment;
use super::settings::SettingArguments;
use super::shared::seconds;
use crate::vendor::Vendor;

#[derive(Debug, Args)]
#[command(
    after_help = environment(),
    override_usage = "vauth request [OPTIONS] <VENDOR> [METHOD] <PATH>"
)]
pub(crate) struct RequestArguments {
    /// Vendor to sign in to.
    pub(crate) vendor: Vendor,
    /// Path below the API's base URL, optionally with a query; an HTTP method can precede it.
    // More than two are rejected later, since clap would repeat the text, which may be a secret.
    #[arg(value_name = "[METHOD] PATH", required = true, num_args = 1..)]
    pub(crate) target: Vec<String>,
    /// Set the HTTP method, in any case; by default GET, or POST if there is a body.
    #[arg(short = 'X', long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// Send a header, 'Name: value'; '@FILE' reads headers from a file, one on each line; can be repeated.
    #[arg(
        short = 'H',
        long = "header",
        value_name = "HEADER",
        allow_hyphen_values = true
    )]
    pub(crate) headers: Vec<String>,
    /// Send a body, JSON unless a content-type header is set; '@FILE' reads it from a file, '-' from standard input.
    #[arg(
        short = 'd',
        long = "data",
        value_name = "BODY",
        allow_hyphen_values = true,
        group = "body"
    )]
    pub(crate) data: Option<String>,
    /// Send a body as written, even if it starts with '@' or is '-'.
    #[arg(long, value_name = "BODY", allow_hyphen_values = true, group = "body")]
    pub(crate) data_raw: Option<String>,
    /// Send a field of a multipart form; 'NAME=@FILE' uploads a file, optionally with ';type=' and ';filename='; can be repeated.
    #[arg(
        short = 'F',
        long = "form",
        value_name = "NAME=VALUE",
        conflicts_with = "body"
    )]
    pub(crate) form: Vec<String>,
    /// Send a field of a multipart form as written, even if its value starts with '@'; can be repeated.
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "body")]
    pub(crate) form_string: Vec<String>,
    /// Write a successful response to a file, replacing it; '-' writes to standard output.
    #[arg(short = 'o', long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print the response's status and headers before its body.
    #[arg(short = 'i', long)]
    pub(crate) include: bool,
    /// Request all pages of a list, and print them one after the other.
    #[arg(long, conflicts_with_all = ["body", "form", "form_string"])]
    pub(crate) paginate: bool,
    /// Print the pages as one JSON array.
    #[arg(long, requires = "paginate", conflicts_with = "include")]
    pub(crate) slurp: bool,
    /// Retry a failed request up to this many times, if its method is idempotent or it has an Idempotency-Key header.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) retry: u32,
    /// Wait at most this long for the response of each attempt, and between two parts of a body; 60 by default.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}
