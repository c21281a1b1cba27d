//! The verdict of gRPC on a token: its status is in the headers of a response without a message, otherwise in the trailers.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::client::challenge;
use crate::source::Verdict;

/// Returns true for `application/grpc` and its variants, such as `application/grpc+proto`.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| {
        let value = value.as_bytes();
        value.len() >= GRPC.len() && value[..GRPC.len()].eq_ignore_ascii_case(GRPC)
    })
}

/// Returns true if these headers or trailers contain the call's status.
pub(super) fn has_status(headers: &HeaderMap) -> bool {
    headers.contains_key(STATUS)
}

/// Returns what a call's status says about its token, or `None` if it says nothing.
///
/// `PERMISSION_DENIED` is about permissions, and every other failure may come from a proxy that never checked the token.
pub(super) fn verdict(headers: &HeaderMap) -> Option<Verdict> {
    match headers.get(STATUS)?.as_bytes() {
        b"0" => Some(Verdict::Accepted),
        // Some servers add an HTTP challenge, which is more specific.
        UNAUTHENTICATED => challenge::verdict(headers),
        _ => None,
    }
}

const GRPC: &[u8] = b"application/grpc";

const STATUS: &str = "grpc-status";

/// The gRPC code for missing, invalid and expired credentials.
const UNAUTHENTICATED: &[u8] = b"16";
