//! What to do about a token store that failed, where the failure's own message does not say it.

use auth_core::{Error, ErrorKind, ErrorReason};

use super::Store;

impl Store {
    /// Returns advice; none if the message itself contains it.
    pub(crate) fn advice(&self, error: &Error) -> Option<&'static str> {
        let location = self.location().unwrap_or_default();
        let scheme = location.split_once(":").map_or("", |(scheme, _)| scheme);
        // Its message contains advice.
        let has_advice = error.reason() == Some(ErrorReason::OtherProtocol);
        match error.kind() {
            _ if self.kind() != "redis" || has_advice => None,
            ErrorKind::Transport | ErrorKind::Timeout => Some(match scheme {
                "unix" | "redis+unix" => "check the path of the socket, and that the server runs",
                "rediss" | "valkeys" => {
                    "check the host, the port and the certificate authorities, and that the server runs and offers TLS there"
                }
                _ => "check the host and the port, and that the server runs",
            }),
            ErrorKind::Unavailable => Some("check the server's log and its configuration"),
            _ => None,
        }
    }
}
