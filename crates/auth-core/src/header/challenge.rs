//! Reads `WWW-Authenticate` (RFC 9110 section 11.6.1) for the one question whether the token is to blame.

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;
use http_auth::{ChallengeRef, parse_challenges};

/// Returns true unless the challenges of a 401 name another reason than the token.
pub(super) fn blames_token(headers: &HeaderMap) -> bool {
    let mut challenged = false;
    for value in headers.get_all(WWW_AUTHENTICATE) {
        // What cannot be read says nothing; resending once does no harm.
        let Ok(text) = value.to_str() else { continue };
        let Ok(challenges) = parse_challenges(text) else {
            continue;
        };
        challenged |= !challenges.is_empty();
        if let Some(bearer) = challenges.iter().find(|challenge| is_bearer(challenge)) {
            return error_of(bearer).is_none_or(|error| error == "invalid_token");
        }
    }
    !challenged
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
