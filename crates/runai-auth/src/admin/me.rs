//! The caller: its own access rules, and its own password.

use auth_core::{Result, Secret};
use futures_core::Stream;

use super::Admin;
use super::access_rules::AccessRule;
use super::call::counted;
use super::generated::me as wire;
use super::made::Making;
use super::paging::{MAX_PAGE, pages};
use super::wire::List;

/// The calls about the authenticated caller; the API has no call that identifies the caller.
#[derive(Debug, Clone, Copy)]
pub struct CurrentUser<'a> {
    admin: &'a Admin,
}

impl<'a> CurrentUser<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Streams the caller's own access rules: control plane 2.21 and newer.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API returns an error, and as [`Client::execute_json`](crate::Client::execute_json).
    pub fn access_rules(&self) -> impl Stream<Item = Result<AccessRule>> + Send + Unpin + 'static {
        let admin = self.admin.clone();
        pages(MAX_PAGE, AccessRule::read, AccessRule::key, move |start| {
            let admin = admin.clone();
            async move { CurrentUser::new(&admin).page(start.offset).await }
        })
    }

    /// Returns how many access rules the caller has: control plane 2.21 and newer.
    ///
    /// # Errors
    /// As [`CurrentUser::access_rules`].
    pub async fn count_access_rules(&self) -> Result<u64> {
        let query = wire::CountMeAccessRulesQuery::default();
        let request = wire::count_me_access_rules(&query);
        counted(self.admin.read(request).await?.count)
    }

    /// Changes the caller's own password; existing tokens stay valid until they expire.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the current password is wrong, or the new one is too weak. Never retryable.
    pub async fn change_password(&self, current: &Secret, new: &Secret) -> Result<()> {
        let body = wire::UserChangePasswordRequest {
            current_password: current.clone(),
            new_password: new.clone(),
        };
        // The answer repeats both passwords, and nobody needs to read them.
        let request = wire::change_user_password(&body);
        let making = Making {
            kind: "new password of the caller",
            name: "",
            advice: "sign in with the new one, and if that fails with the current one",
        };
        self.admin.change(request, making).await
    }

    async fn page(&self, offset: u64) -> Result<List<wire::AccessRule>> {
        let query = wire::GetMeAccessRulesQuery {
            offset: Some(offset),
            limit: Some(MAX_PAGE.into()),
            search: None,
        };
        self.admin.list(wire::get_me_access_rules(&query)).await
    }
}
