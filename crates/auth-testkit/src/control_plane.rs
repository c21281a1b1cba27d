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
    /// Only token API v1, without client credentials, and without a lifetime in its response; applications, users, access rules, roles,
    /// clusters, departments, projects.
    V2_18,
    /// Adds the client credentials grant, user applications and counting users.
    V2_20,
    /// Adds one's own access rules, deleting and creating rules in batches, and the exchange of an external token.
    V2_22,
    /// Adds token API v2, `expiresIn` in version 1, service accounts, access keys, the roles of version 2,
    /// and node pools.
    #[default]
    V2_24,
    /// The same: it deprecates token API v1, which is not visible in its responses.
    V2_25,
    /// Lacks applications, user applications, the roles of version 1, and the grant `app_token`.
    V3_0,
}

impl ControlPlane {
    /// Returns the version as the vendor writes it, such as `2.24`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2_18 => "2.18",
            Self::V2_20 => "2.20",
            Self::V2_22 => "2.22",
            Self::V2_24 => "2.24",
            Self::V2_25 => "2.25",
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
            "2.18" => Ok(Self::V2_18),
            "2.20" => Ok(Self::V2_20),
            "2.22" => Ok(Self::V2_22),
            "2.24" => Ok(Self::V2_24),
            "2.25" => Ok(Self::V2_25),
            "3.0" => Ok(Self::V3_0),
            _ => Err(Error::config(
                "unknown control plane version: use 2.18, 2.20, 2.22, 2.24, 2.25 or 3.0",
            )),
        }
    }
}
