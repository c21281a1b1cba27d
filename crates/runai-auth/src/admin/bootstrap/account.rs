//! A control plane's accounts for programs: service accounts, or applications if it has none.

use auth_core::{Result, Secret, SideEffect};

use super::Account;
use crate::admin::Admin;
use crate::admin::accounts::Accounts;
use crate::admin::call::is_absent;
use crate::admin::generated::shared;
use crate::admin::model::{ClientWithSecret, Subject, SubjectType};

/// All accounts of the kind that the control plane has.
pub(super) struct ProgramAccounts<'a> {
    calls: Accounts<'a>,
    subject_type: SubjectType,
    listed: Vec<shared::Account>,
}

impl<'a> ProgramAccounts<'a> {
    pub(super) async fn of(admin: &'a Admin) -> Result<Self> {
        let calls = admin.service_accounts().calls();
        match calls.list().await {
            Err(error) if is_absent(&error) => {
                let calls = admin.applications().calls();
                let listed = match calls.list().await {
                    // With neither, what the first one said is what to look at.
                    Err(second) if is_absent(&second) => return Err(error),
                    all => all?,
                };
                Ok(Self {
                    calls,
                    subject_type: SubjectType::App,
                    listed,
                })
            }
            all => Ok(Self {
                calls,
                subject_type: SubjectType::ServiceAccount,
                listed: all?,
            }),
        }
    }

    pub(super) fn subject(&self, name: &str) -> Subject {
        Subject::new(self.subject_type.clone(), name)
    }

    /// Returns the account with this name, and whether it is enabled.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<(Account, bool)>> {
        let listed = std::mem::take(&mut self.listed);
        let found = self.calls.find_in(listed, name)?;
        Ok(found.map(|found| {
            let is_enabled = found.is_enabled();
            let account = Account {
                subject: self.subject(name),
                id: found.id.unwrap_or_default(),
                client_id: found.client_id.unwrap_or_default(),
            };
            (account, is_enabled)
        }))
    }

    pub(super) async fn create(&self, name: &str) -> Result<ClientWithSecret> {
        self.calls.create(name).await
    }

    pub(super) async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
        self.calls.regenerate_secret(id).await
    }
}

impl Account {
    pub(super) fn kind(&self) -> &'static str {
        match self.subject.subject_type {
            SubjectType::ServiceAccount => "service account",
            _ => "application",
        }
    }

    /// What exists of an account whose run failed.
    pub(super) fn side_effect(&self) -> SideEffect {
        let kind = self.kind();
        let id = Some(self.id.clone()).filter(|id| !id.is_empty());
        let advice =
            "fix the cause and run this again, with regenerate_secret if its secret was not kept";
        SideEffect::new(kind, &self.subject.id, advice)
            .certain()
            .with_id(id)
    }
}
