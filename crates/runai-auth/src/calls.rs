//! Run:ai's own calls, as methods of its client.

use auth_core::vendor::ApiClient;

#[cfg(feature = "admin")]
use crate::admin::Admin;

/// Run:ai's own calls, as methods of a [`Client`](crate::Client).
#[derive(Debug, Clone)]
pub struct Calls {
    #[cfg_attr(
        not(feature = "admin"),
        expect(dead_code, reason = "all calls there are belong to that feature")
    )]
    pub(crate) api: ApiClient,
}

impl Calls {
    /// Returns the admin API, which requires the permissions of an administrator.
    #[cfg(feature = "admin")]
    pub fn admin(&self) -> Admin {
        Admin::new(self.api.clone())
    }
}
