//! The versions of Run:ai's control plane that can be emulated.

use std::fmt;
use std::str::FromStr;

use auth_core::Error;

/// Names a version of Run:ai's control plane, which decides what operations exist and what a token response contains.
///
/// An operation that a version lacks returns the same as every unknown path: 200 with the web interface's HTML.
///
/// # Examples
/// ```
/// use auth_testkit::{ControlPlane, Emulator, Runai};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::builder(Runai::new().control_plane(ControlPlane::V3_0)).start().await?;
/// # drop(emulator);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum ControlPlane {
    /// Only token API v1, without a lifetime in its response; applications, user applications, users, access rules, roles.
    V2_20,
    /// Adds one's own access rules, deleting and creating rules in batches, and the exchange of an external token.
    V2_22,
    /// Adds token API v2, `expiresIn` in version 1, service accounts, access keys, and the roles of version 2.
    #[default]
    V2_24,
    /// Lacks applications, user applications, the roles of version 1, and the grant `app_token`.
    V3_0,
}

impl ControlPlane {
    /// Returns the version as the vendor writes it, such as `2.24`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2_20 => "2.20",
            Self::V2_22 => "2.22",
            Self::V2_24 => "2.24",
            Self::V3_0 => "3.0",
        }
    }
}

impl fmt::Display for ControlPlane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ControlPlane {
    type Err = Error;

    fn from_str(version: &str) -> Result<Self, Error> {
        match version {
            "2.20" => Ok(Self::V2_20),
            "2.22" => Ok(Self::V2_22),
            "2.24" => Ok(Self::V2_24),
            "3.0" => Ok(Self::V3_0),
            _ => Err(Error::config(
                "unknown control plane version: use 2.20, 2.22, 2.24 or 3.0",
            )),
        }
    }
}
