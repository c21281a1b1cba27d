//! The caller: its own access rules, and its own password.

use auth_core::{Result, Secret};
use futures_core::Stream;

use super::Admin;
use super::access_rules::AccessRule;
use super::call::required;
use super::generated::access_rules::AccessRule as WireRule;
use super::generated::me as wire;
use super::generated::operations;
use super::made::Making;
use super::paging::{MAX_PAGE, pages};
use super::wire::{ACCESS_RULES, List};

/// The calls about the authenticated caller; the API has none that says who that is.
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
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API refuses, and as [`Client::call`](crate::Client::call).
    pub fn access_rules(&self) -> impl Stream<Item = Result<AccessRule>> + Send + Unpin + 'static {
        let admin = self.admin.clone();
        pages(MAX_PAGE, read, AccessRule::key, move |start| {
            let admin = admin.clone();
            async move { CurrentUser::new(&admin).page(start.offset).await }
        })
    }

    /// Returns how many access rules the caller has: control plane 2.21 and newer.
    ///
    /// # Errors
    /// As [`CurrentUser::access_rules`].
    pub async fn count_access_rules(&self) -> Result<u64> {
        let operation = &operations::COUNT_ME_ACCESS_RULES;
        let call = operation.call();
        let answer: wire::CountMeAccessRulesResponse = self.admin.read(operation, call).await?;
        required(
            answer.count.and_then(|count| count.try_into().ok()),
            "count",
        )
    }

    /// Changes the caller's own password; tokens that were issued before go on until they expire.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the current password is another, or the new one is too weak. Never retryable.
    pub async fn change_password(&self, current: &Secret, new: &Secret) -> Result<()> {
        let operation = &operations::CHANGE_USER_PASSWORD;
        let body = wire::UserChangePasswordRequest {
            current_password: current.clone(),
            new_password: new.clone(),
        };
        // The answer repeats both passwords, and nobody needs to read them.
        let call = operation.call().json(&body).secret(current).secret(new);
        let making = Making {
            kind: "new password of the caller",
            name: "",
            advice: "sign in with the new one, and if that fails with the current one",
        };
        self.admin.change(operation, call, making).await
    }

    async fn page(&self, offset: u64) -> Result<(List<wire::MeAccessRule>, usize)> {
        let operation = &operations::GET_ME_ACCESS_RULES;
        let call = operation
            .call()
            .query("offset", offset)
            .query("limit", MAX_PAGE);
        self.admin.list(operation, call, ACCESS_RULES).await
    }
}

/// The caller's own rules come with fewer members than everybody's.
fn read(wire: wire::MeAccessRule) -> AccessRule {
    AccessRule::read(WireRule {
        cluster_id: wire.cluster_id,
        created_at: None,
        created_by: None,
        deleted_at: None,
        id: wire.id,
        role_id: wire.role_id,
        role_name: wire.role_name,
        scope_id: wire.scope_id,
        scope_name: wire.scope_name,
        scope_type: wire.scope_type,
        status: None,
        subject_id: wire.subject_id,
        subject_type: wire.subject_type,
        tenant_id: wire.tenant_id,
        updated_at: None,
    })
}
