//! The accounts that a control plane has for programs: service accounts, or applications where there are none.

use auth_core::{Error, Result, Secret, display_list};

use super::Account;
use crate::admin::Admin;
use crate::admin::applications::Application;
use crate::admin::call::{is_absent, named};
use crate::admin::model::{ClientWithSecret, Subject, SubjectType};
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
            Err(error) if is_absent(&error) => match admin.applications().list().await {
                // With neither, what the first one said is what to look at.
                Err(second) if is_absent(&second) => return Err(error),
                all => Listed::Applications(all?),
            },
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

    /// Finds the one account of a name, and says whether it may sign in.
    pub(super) fn find(&self, name: &str) -> Result<Option<(Account, bool)>> {
        let all: Vec<_> = match &self.listed {
            Listed::ServiceAccounts(all) => {
                let same = all.iter().filter(|one| one.name == name);
                same.map(|one| (&one.id, &one.client_id, one.enabled))
                    .collect()
            }
            Listed::Applications(all) => {
                let same = all.iter().filter(|one| one.name == name);
                same.map(|one| (&one.id, &one.client_id, one.enabled))
                    .collect()
            }
        };
        let kind = self.kind();
        match all[..] {
            [] => Ok(None),
            [(id, client_id, is_enabled)] => {
                let account = Account {
                    subject: Subject::new(kind, name),
                    id: id.clone(),
                    client_id: client_id.clone(),
                };
                Ok(Some((account, is_enabled)))
            }
            _ => {
                let ids = display_list(all.iter().map(|(id, ..)| id.as_str()));
                Err(named(Error::config(format!(
                    "name is that of {} accounts of type {kind}: choose another name, or delete all but one of them: {ids}",
                    all.len()
                ))))
            }
        }
    }

    pub(super) async fn create(&self, name: &str) -> Result<ClientWithSecret> {
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
