//! Where the next page of a list is: the API's link, or the vendor's page parameters.

use auth_core::{ApiResponse, Error};
use serde_json::Value;
use url::Url;

use crate::failure::Failure;
use crate::vendor::Vendor;

/// Returns the URL of the next page, or none after the last one.
pub(super) fn next_page(
    vendor: Vendor,
    url: &Url,
    response: &ApiResponse,
) -> Result<Option<Url>, Failure> {
    if let Some(link) = response.next_link()? {
        let next = Url::parse(&link);
        return next.map(Some).map_err(|_| unreadable());
    }
    let Some(body) = response.parse::<Value>() else {
        return Ok(None);
    };
    match vendor {
        Vendor::Runai => by_offset(url, &body),
        Vendor::Maia => by_number(url, &body),
        Vendor::Datasaur => Ok(None),
    }
}

/// Run:ai's lists start at `offset`, and say with `totalRecords` or `next` whether there is more.
fn by_offset(url: &Url, body: &Value) -> Result<Option<Url>, Failure> {
    let Some(length) = length(body) else {
        return Ok(None);
    };
    let end = number_in(url, "offset").unwrap_or(0) + length;
    let has_more = match (count(body, "totalRecords"), more(body), length) {
        (Some(total), _, 0) if total > end && !is_filtered(url) => {
            return Err(incomplete(total, end));
        }
        (_, _, 0) => false,
        (Some(total), _, _) => total > end,
        (None, Some(more), _) => more,
        // Without information, only a page as long as requested can have a successor.
        (None, None, _) => number_in(url, "limit").is_some_and(|limit| length >= limit),
    };
    Ok(has_more.then(|| with_query(url, "offset", &end.to_string())))
}

/// Maia's lists have pages from 0, with a `total`, or a token for the next page.
fn by_number(url: &Url, body: &Value) -> Result<Option<Url>, Failure> {
    let token = TOKENS.iter().find_map(|name| body.get(name)?.as_str());
    if let Some(token) = token.filter(|token| !token.is_empty()) {
        return Ok(Some(with_query(url, TOKENS[0], token)));
    }
    let Some(length) = length(body) else {
        return Ok(None);
    };
    let page = number_in(url, "page").or_else(|| count(body, "page"));
    let size = count(body, "size").or_else(|| number_in(url, "size"));
    let number = page.unwrap_or(0);
    let end = number.saturating_mul(size.unwrap_or(length)) + length;
    let has_more = match (count(body, "total"), size, length) {
        (Some(total), _, 0) if total > end => return Err(incomplete(total, end)),
        (_, _, 0) => false,
        (Some(total), _, _) => total > end,
        (None, Some(size), _) => page.is_some() && length >= size,
        (None, None, _) => false,
    };
    let next = number.saturating_add(1).to_string();
    Ok(has_more.then(|| with_query(url, "page", &next)))
}

/// Returns how many entries a page has: the list is the body itself, or the longest list in it.
fn length(body: &Value) -> Option<u64> {
    let lists: Vec<_> = match body {
        Value::Array(items) => vec![items],
        Value::Object(members) => members.values().filter_map(Value::as_array).collect(),
        _ => Vec::new(),
    };
    lists.iter().map(|items| items.len() as u64).max()
}

/// Reads a count, which may be text.
fn count(body: &Value, member: &str) -> Option<u64> {
    match body.get(member)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn more(body: &Value) -> Option<bool> {
    Some(match body.get("next")? {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    })
}

/// The total may count entries that a filter leaves out.
fn is_filtered(url: &Url) -> bool {
    let mut pairs = url.query_pairs();
    pairs.any(|(name, _)| FILTERS.contains(&name.as_ref()))
}

fn number_in(url: &Url, name: &str) -> Option<u64> {
    let mut pairs = url.query_pairs();
    pairs.find(|(own, _)| own == name)?.1.parse().ok()
}

/// Replaces one parameter, and leaves the others as they were written.
fn with_query(url: &Url, name: &str, value: &str) -> Url {
    let mut next = url.clone();
    let others = url.query().unwrap_or_default().split('&').filter(|pair| {
        let own = pair.split('=').next().unwrap_or_default();
        !own.is_empty() && own != name
    });
    let others = others.collect::<Vec<_>>().join("&");
    next.set_query(
        Some(&others)
            .filter(|others| !others.is_empty())
            .map(|it| it.as_str()),
    );
    next.query_pairs_mut().append_pair(name, value);
    next
}

fn incomplete(total: u64, end: u64) -> Failure {
    let message =
        format!("the list is incomplete: the API reports {total} items and returned {end}");
    Error::invalid_response(message).into()
}

fn unreadable() -> Failure {
    Error::invalid_response("the API returned a malformed link to the next page").into()
}

/// The names of the token for the next page; the first is also the query's.
const TOKENS: [&str; 2] = ["paginationToken", "nextPaginationToken"];

const FILTERS: [&str; 2] = ["filterBy", "search"];

#[cfg(test)]
mod tests;
