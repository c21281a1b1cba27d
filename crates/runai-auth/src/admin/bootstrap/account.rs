//! The accounts that a control plane has for programs: service accounts, or applications where there are none.

use auth_core::{Result, Secret};

use super::Account;
use crate::admin::Admin;
use crate::admin::applications::Application;
use crate::admin::call::is_missing;
use crate::admin::model::{CreatedAccount, Subject, SubjectType};
use crate::admin::service_accounts::ServiceAccount;

/// All accounts of the kind that the control plane has.
pub(super) struct Accounts<'a> {
    admin: &'a Admin,
    listed: Listed,
}

enum Listed {
    ServiceAccounts(Vec<ServiceAccount>),
    Applications(Vec<Application>),
}

impl<'a> Accounts<'a> {
    pub(super) async fn of(admin: &'a Admin) -> Result<Self> {
        let listed = match admin.service_accounts().list().await {
            Err(error) if is_missing(&error) => {
                Listed::Applications(admin.applications().list().await?)
            }
            all => Listed::ServiceAccounts(all?),
        };
        Ok(Self { admin, listed })
    }

    pub(super) fn kind(&self) -> SubjectType {
        match self.listed {
            Listed::ServiceAccounts(_) => SubjectType::ServiceAccount,
            Listed::Applications(_) => SubjectType::App,
        }
    }

    /// Finds an account by name, and says whether it may sign in.
    pub(super) fn find(&self, name: &str) -> Option<(Account, bool)> {
        let (id, client_id, is_enabled) = match &self.listed {
            Listed::ServiceAccounts(all) => {
                let one = all.iter().find(|one| one.name == name)?;
                (&one.id, &one.client_id, one.enabled)
            }
            Listed::Applications(all) => {
                let one = all.iter().find(|one| one.name == name)?;
                (&one.id, &one.client_id, one.enabled)
            }
        };
        let account = Account {
            subject: Subject::new(self.kind(), name),
            id: id.clone(),
            client_id: client_id.clone(),
        };
        Some((account, is_enabled))
    }

    pub(super) async fn create(&self, name: &str) -> Result<CreatedAccount> {
        match self.listed {
            Listed::ServiceAccounts(_) => self.admin.service_accounts().create(name).await,
            Listed::Applications(_) => self.admin.applications().create(name).await,
        }
    }

    pub(super) async fn regenerate_secret(&self, id: &str) -> Result<Secret> {
        match self.listed {
            Listed::ServiceAccounts(_) => self.admin.service_accounts().regenerate_secret(id).await,
            Listed::Applications(_) => self.admin.applications().regenerate_secret(id).await,
        }
    }
}
