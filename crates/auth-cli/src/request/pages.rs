//! All pages of a list, one after the other or as one JSON array.

use std::collections::HashSet;

use auth_core::vendor::MAX_LIST_PAGES;
use auth_core::{ApiRequest, ApiResponse, BaseUrl, Error};
use bytes::Bytes;
use http::{Method, Version};
use serde::de::IgnoredAny;
use url::Url;

use super::exchange::Exchange;
use super::head;
use super::next_page::next_page;
use super::sink::Sink;
use crate::failure::Failure;

/// Writes every page as soon as it arrives.
pub(super) async fn run(exchange: &Exchange, mut sink: Sink, slurp: bool) -> Result<(), Failure> {
    let mut url = first(exchange)?;
    let mut seen = HashSet::new();
    let mut previous = Bytes::new();
    for number in 0..MAX_LIST_PAGES {
        seen.insert(url.clone());
        let response = exchange.client.execute(&request(exchange, &url)).await?;
        if head::is_failure(response.status()) {
            let mut sink = sink.into_stdout();
            // The status is more important than whether the body was printed.
            let printed = write_head(exchange, &response, &mut sink);
            let printed = printed.and_then(|()| sink.write(response.body()));
            let _ = printed.and_then(|()| sink.finish());
            return Err(Failure::Api(response.status()));
        }
        let next = next_page(exchange.vendor, &url, &response)?;
        if next.is_some() && number > 0 && *response.body() == previous {
            return Err(repeated());
        }
        previous = response.body().clone();
        match slurp {
            true => write_element(&response, number == 0, &mut sink)?,
            false => {
                write_head(exchange, &response, &mut sink)?;
                write_line(response.body(), &mut sink)?;
            }
        }
        match next {
            Some(next) if seen.contains(&next) => return Err(repeated()),
            Some(next) => url = next,
            None => {
                if slurp {
                    sink.write(b"]\n")?;
                }
                return sink.finish();
            }
        }
    }
    Err(Error::invalid_response(format!("the list has more than {MAX_LIST_PAGES} pages")).into())
}

/// Applies the rules for paths that the client has.
fn first(exchange: &Exchange) -> Result<Url, Failure> {
    let base = BaseUrl::parse_allowing_http(exchange.client.base_url())?;
    let url = base.join(&exchange.path.to_string())?;
    Url::parse(&url.to_string()).map_err(|_| {
        Failure::Usage("PATH and the base URL do not form a URL: check both".to_owned())
    })
}

fn request(exchange: &Exchange, url: &Url) -> ApiRequest {
    let mut request = ApiRequest::to_url(Method::GET, url.as_str());
    for (name, value) in &exchange.headers {
        request = request.header(name, value.as_bytes());
    }
    // A page is in memory, so the client's own limit on its size applies.
    request.options(exchange.options.clone().with_max_body(MAX_PAGE))
}

fn write_head(exchange: &Exchange, response: &ApiResponse, sink: &mut Sink) -> Result<(), Failure> {
    if !exchange.include {
        return Ok(());
    }
    let head = head::render(Version::HTTP_11, response.status(), response.headers());
    sink.write(&head)
}

fn write_line(body: &Bytes, sink: &mut Sink) -> Result<(), Failure> {
    sink.write(body)?;
    match body.last() {
        None | Some(b'\n') => Ok(()),
        Some(_) => sink.write(b"\n"),
    }
}

/// Writes a page as an element of an array, which it must not break.
fn write_element(response: &ApiResponse, is_first: bool, sink: &mut Sink) -> Result<(), Failure> {
    if response.parse::<IgnoredAny>().is_none() {
        let what = "a page that is not JSON, which --slurp needs";
        return Err(response.invalid(what).into());
    }
    let body = response.body();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    sink.write(if is_first { b"[" } else { b"," })?;
    sink.write(body.trim_ascii())
}

fn repeated() -> Failure {
    Error::invalid_response("the list does not end: the API returns the same page repeatedly")
        .into()
}

/// The same as the client's default limit.
const MAX_PAGE: usize = 32 * 1024 * 1024;
