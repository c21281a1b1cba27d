//! Determines from `WWW-Authenticate` (RFC 9110 section 11.6.1) whether the token was rejected.

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;
use http_auth::{ChallengeRef, parse_challenges};

use crate::source::Verdict;

/// Returns the verdict of a 401's challenges on the token, or `None` if they name another reason.
pub(super) fn verdict(headers: &HeaderMap) -> Option<Verdict> {
    let mut challenged = false;
    for value in headers.get_all(WWW_AUTHENTICATE) {
        // An unreadable challenge says nothing; resending once is harmless.
        let Ok(text) = value.to_str() else { continue };
        let Ok(challenges) = parse_challenges(text) else {
            continue;
        };
        challenged |= !challenges.is_empty();
        if let Some(bearer) = challenges.iter().find(|challenge| is_bearer(challenge)) {
            return match error_of(bearer).as_deref() {
                None => Some(Verdict::Unauthorized),
                Some("invalid_token") => Some(Verdict::InvalidToken),
                Some(_) => None,
            };
        }
    }
    (!challenged).then_some(Verdict::Unauthorized)
}

fn is_bearer(challenge: &ChallengeRef<'_>) -> bool {
    challenge.scheme.eq_ignore_ascii_case("bearer")
}

fn error_of(challenge: &ChallengeRef<'_>) -> Option<String> {
    let (_, value) = challenge
        .params
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("error"))?;
    Some(value.to_unescaped())
}
