//! Finds the link to the next page of a list in `Link` headers (RFC 8288), and resolves links.

use http::header::LINK;
use http::{HeaderMap, Uri};
use url::Url;

/// Returns the target of the first link with the relation `next`, unresolved; an error if a header is malformed.
///
/// A link with an `anchor` describes another resource and is skipped.
pub(super) fn next(headers: &HeaderMap) -> Result<Option<String>, Unreadable> {
    for value in headers.get_all(LINK) {
        let text = value.to_str().map_err(|_| Unreadable)?;
        if let Some(target) = next_in(text)? {
            return Ok(Some(target));
        }
    }
    Ok(None)
}

/// Resolves a link against the URL of the request that returned it, without its fragment.
pub(crate) fn resolve(base: &Uri, link: &str) -> Option<String> {
    let mut url = match Url::parse(&base.to_string()) {
        Ok(base) => base.join(link).ok()?,
        Err(_) => Url::parse(link).ok()?,
    };
    url.set_fragment(None);
    Some(url.into())
}

/// A malformed header; treating it as one without a next page would truncate a list silently.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

fn next_in(mut rest: &str) -> Result<Option<String>, Unreadable> {
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Ok(None);
        }
        let (target, after) = rest
            .strip_prefix('<')
            .and_then(|inner| inner.split_once('>'))
            .ok_or(Unreadable)?;
        let mut parameters = Parameters(after);
        let (mut rel, mut has_anchor) = (None, false);
        while let Some((name, value)) = parameters.take()? {
            // Only the first of a link's relations counts (section 3.3).
            if name.eq_ignore_ascii_case("rel") && rel.is_none() {
                rel = Some(value);
            } else if name.eq_ignore_ascii_case("anchor") {
                has_anchor = true;
            }
        }
        let rel = rel.unwrap_or_default();
        let mut relations = rel.split_ascii_whitespace();
        if !has_anchor && relations.any(|relation| relation.eq_ignore_ascii_case("next")) {
            return Ok(Some(target.trim().to_owned()));
        }
        rest = parameters.0;
    }
}

/// The parameters after a target, up to the comma before the next link.
struct Parameters<'a>(&'a str);

impl Parameters<'_> {
    fn take(&mut self) -> Result<Option<(String, String)>, Unreadable> {
        loop {
            self.0 = self.0.trim_start_matches([' ', '\t']);
            let Some(after) = self.0.strip_prefix(';') else {
                return match self.0.is_empty() || self.0.starts_with(',') {
                    true => Ok(None),
                    false => Err(Unreadable),
                };
            };
            let after = after.trim_start_matches([' ', '\t']);
            let end = after.find(['=', ';', ',']).unwrap_or(after.len());
            let (name, rest) = after.split_at(end);
            let name = name.trim_end().to_owned();
            self.0 = rest;
            let Some(value) = rest.strip_prefix('=') else {
                // A parameter without a value, or a semicolon too many.
                if name.is_empty() {
                    continue;
                }
                return Ok(Some((name, String::new())));
            };
            let value = value.trim_start_matches([' ', '\t']);
            return match value.strip_prefix('"') {
                Some(quoted) => self.quoted(name, quoted).map(Some),
                None => {
                    let end = value.find([';', ',']).unwrap_or(value.len());
                    self.0 = &value[end..];
                    Ok(Some((name, value[..end].trim_end().to_owned())))
                }
            };
        }
    }
}

impl<'a> Parameters<'a> {
    fn quoted(&mut self, name: String, text: &'a str) -> Result<(String, String), Unreadable> {
        let mut value = String::new();
        let mut letters = text.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.0 = &text[at + 1..];
                    return Ok((name, value));
                }
                '\\' => value.push(letters.next().ok_or(Unreadable)?.1),
                _ => value.push(letter),
            }
        }
        Err(Unreadable)
    }
}

#[cfg(test)]
mod tests;
