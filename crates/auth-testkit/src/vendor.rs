//! The names of the vendors that can be emulated.

use std::fmt;
use std::str::FromStr;

use auth_core::Error;

use crate::builder::EmulatorBuilder;
use crate::datasaur::Datasaur;
use crate::maia::Maia;
use crate::runai::Runai;

/// Names a vendor whose [`Emulator`](crate::Emulator) is known.
///
/// # Examples
/// ```
/// use auth_testkit::{EmulatedVendor, Emulator};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let vendor: EmulatedVendor = "maia".parse()?;
/// let emulator = Emulator::start(vendor).await?;
/// assert_eq!(emulator.name(), "maia");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EmulatedVendor {
    /// Datasaur: opaque tokens from `POST /api/oauth/token`, GraphQL and a little REST behind them.
    Datasaur,
    /// Maia by Matillion: Keycloak's JWTs from `POST /oauth/dpc/token`, projects behind them.
    Maia,
    /// NVIDIA Run:ai: its token APIs, and behind them clients, users, access rules and roles of one tenant.
    Runai,
}

impl EmulatedVendor {
    /// Returns the name in lower case: `datasaur`, `maia` or `runai`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Datasaur => "datasaur",
            Self::Maia => "maia",
            Self::Runai => "runai",
        }
    }
}

impl From<EmulatedVendor> for EmulatorBuilder {
    fn from(vendor: EmulatedVendor) -> Self {
        match vendor {
            EmulatedVendor::Datasaur => Datasaur::new().into(),
            EmulatedVendor::Maia => Maia::new().into(),
            EmulatedVendor::Runai => Runai::new().into(),
        }
    }
}

impl fmt::Display for EmulatedVendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for EmulatedVendor {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "datasaur" => Ok(Self::Datasaur),
            "maia" => Ok(Self::Maia),
            "runai" => Ok(Self::Runai),
            _ => Err(Error::config("unknown vendor: use datasaur, maia or runai")),
        }
    }
}
