//! The calls that applications, service accounts, access keys and user applications share: all are clients with a secret.

use auth_core::{Result, Secret};

use super::Admin;
use super::call::{check_name, identified};
use super::ensure::{Ensured, ensure, only};
use super::generated::shared::{Account, AccountCreation, CreatedAccount, NewAccountSecret};
use super::made::{Making, REGENERATE, REGENERATE_AGAIN};
use super::model::ClientWithSecret;
use super::request::Request;
use super::wire::List;

/// A kind of account: its name in messages, and its requests.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) noun: &'static str,
    pub(super) new_secret: &'static str,
    /// Whether the name is the client id where the server returns none.
    pub(super) signs_in_by_name: bool,
    pub(super) list: fn() -> Request<List<Account>>,
    pub(super) create: fn(&AccountCreation) -> Request<CreatedAccount>,
    pub(super) get: fn(&str) -> Request<Account>,
    pub(super) delete: fn(&str) -> Request<()>,
    pub(super) regenerate_secret: fn(&str) -> Request<NewAccountSecret>,
}

/// The calls about the accounts of one kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Accounts<'a> {
    admin: &'a Admin,
    kind: &'static Kind,
}

impl<'a> Accounts<'a> {
    pub(super) fn new(admin: &'a Admin, kind: &'static Kind) -> Self {
        Self { admin, kind }
    }

    pub(super) async fn list(self) -> Result<Vec<Account>> {
        self.read((self.kind.list)()).await
    }

    /// Reads a list of accounts of this kind from the response to any list request.
    pub(super) async fn read(self, request: Request<List<Account>>) -> Result<Vec<Account>> {
        let all = self.admin.list(request).await?.items;
        Ok(all.into_iter().map(|one| self.whole(one)).collect())
    }

    pub(super) async fn find(self, name: &str) -> Result<Option<Account>> {
        self.find_in(self.list().await?, name)
    }

    /// Finds the account with this name.
    pub(super) fn find_in(self, all: Vec<Account>, name: &str) -> Result<Option<Account>> {
        let same = all.into_iter().filter(|one| {
            let own = one.name.as_deref();
            own.is_some_and(|own| !own.is_empty() && own == name)
        });
        let same: Vec<_> = same.collect();
        let subject = format!("name is that of {} {}s", same.len(), self.kind.noun);
        let advice = "choose another name, or delete all but one of them";
        only(same, &subject, advice, |one| {
            one.id.clone().unwrap_or_default()
        })
    }

    pub(super) async fn ensure(self, name: &str) -> Result<Ensured<Account, ClientWithSecret>> {
        check_name(name)?;
        ensure(self.find(name), self.create(name), self.find(name)).await
    }

    pub(super) async fn create(self, name: &str) -> Result<ClientWithSecret> {
        check_name(name)?;
        let body = AccountCreation {
            name: name.to_owned(),
        };
        let making = Making {
            kind: self.kind.noun,
            name,
            advice: REGENERATE,
        };
        let made = self.admin.make((self.kind.create)(&body), making).await?;
        made.into_account(self.kind.signs_in_by_name)
    }

    pub(super) async fn get(self, id: &str) -> Result<Account> {
        let one = self.admin.read((self.kind.get)(id)).await?;
        identified(self.whole(one), |one| {
            one.id.as_ref().is_some_and(|id| !id.is_empty())
        })
    }

    pub(super) async fn delete(self, id: &str) -> Result<()> {
        self.done((self.kind.delete)(id)).await
    }

    pub(super) async fn done(self, request: Request<()>) -> Result<()> {
        self.admin.done(request).await
    }

    pub(super) async fn regenerate_secret(self, id: &str) -> Result<Secret> {
        let making = Making {
            kind: self.kind.new_secret,
            name: id,
            advice: REGENERATE_AGAIN,
        };
        let request = (self.kind.regenerate_secret)(id);
        self.admin.make(request, making).await?.into_client_secret()
    }

    /// Fills in members that follow from the others.
    fn whole(self, mut account: Account) -> Account {
        if self.kind.signs_in_by_name && account.client_id.is_none() {
            account.client_id.clone_from(&account.name);
        }
        account
    }
}

impl Account {
    /// Whether it is enabled; control planes that omit this cannot disable one.
    pub(super) fn is_enabled(&self) -> bool {
        self.enabled.unwrap_or(true)
    }
}
