//! What a scenario calls a kind of error: the suite is older than some of our names.

use auth_core::ErrorKind;

/// Returns the name of a kind in scenario files.
pub(crate) fn scenario_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidCredentials => "rejected",
        ErrorKind::TokenRequestRefused => "request",
        ErrorKind::InvalidResponse => "response",
        kind => kind.as_str(),
    }
}
