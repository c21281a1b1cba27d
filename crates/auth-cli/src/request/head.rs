//! The status and the headers of a response as text.

use http::{HeaderMap, StatusCode, Version};

/// Writes them in HTTP/1.1 syntax, with line feeds as line ends.
pub(super) fn render(version: Version, status: StatusCode, headers: &HeaderMap) -> Vec<u8> {
    let mut output = Vec::new();
    let reason = status.canonical_reason().unwrap_or_default();
    let line = format!("{version:?} {} {reason}", status.as_u16());
    output.extend_from_slice(line.trim_end().as_bytes());
    output.push(b'\n');
    for (name, value) in headers {
        output.extend_from_slice(name.as_str().as_bytes());
        output.extend_from_slice(b": ");
        output.extend_from_slice(value.as_bytes());
        output.push(b'\n');
    }
    output.push(b'\n');
    output
}

/// Returns true for 400 and above, and for a redirect, which is not followed, so that the request had no effect.
pub(super) fn is_failure(status: StatusCode) -> bool {
    status.as_u16() >= 400 || matches!(status.as_u16(), 300..=303 | 307 | 308)
}
