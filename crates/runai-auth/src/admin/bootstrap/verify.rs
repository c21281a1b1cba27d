//! Verifies that the account can sign in.

use std::time::Duration;

use auth_core::{Credentials, Error, ErrorKind, Grant, Result, Secret, display_text};

use super::{Account, Bootstrap};
use crate::admin::call::is_absent;
use crate::admin::model::SubjectType;
use crate::names::{Client, Config};
use crate::wire::APP_TOKEN;

impl Bootstrap {
    /// Signs in as the account, and requests its access rules if the control plane supports that.
    ///
    /// A control plane may need some seconds to propagate a new secret.
    pub(super) async fn verify(
        &self,
        account: &Account,
        secret: &Secret,
        is_new: bool,
    ) -> Result<()> {
        let clock = self.administrator.clock();
        let mut waits = SPREADING.iter().filter(|_| is_new);
        loop {
            let Err(error) = self.sign_in(account, secret).await else {
                return Ok(());
            };
            match waits.next() {
                Some(wait) if error.kind() != ErrorKind::Config => clock.sleep(*wait).await,
                _ => return Err(account.rejected(error, is_new)),
            }
        }
    }

    async fn sign_in(&self, account: &Account, secret: &Secret) -> Result<()> {
        let credentials = Credentials::new(account.client_id.clone(), secret.clone())?;
        // A store could return a token that another secret obtained, or the failure of an earlier attempt.
        let config = self.administrator.clone().without_token_store();
        let config = config.with_credentials(credentials);
        let outcome = try_out(config.clone()).await;
        // Control planes before 2.20 do not have the client credentials grant, which they say like any other refusal.
        match outcome {
            Err(error) if is_old_grant_possible(account, &error) => {
                let old = try_out(config.with_grant(Grant::Extension(APP_TOKEN))).await;
                old.map_err(|_| error)
            }
            outcome => outcome,
        }
    }
}

impl Account {
    /// Says whose credentials were rejected: the administrator's are good.
    fn rejected(&self, error: Error, is_new: bool) -> Error {
        if error.kind() != ErrorKind::InvalidCredentials {
            return error;
        }
        let advice = match is_new {
            true => "with its new secret",
            false => {
                "with the known secret: set its present one, or replace it with regenerate_secret"
            }
        };
        let name = display_text(&self.subject.id);
        error.with_context(format!(
            "{} \"{name}\" cannot sign in {advice}",
            self.kind()
        ))
    }
}

/// Signs in once, with a new client each time, since a rejected one has a cool-down.
async fn try_out(config: Config) -> Result<()> {
    let admin = Client::new(config)?.admin();
    match admin.me().count_access_rules().await {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}

fn is_old_grant_possible(account: &Account, error: &Error) -> bool {
    let is_refusal = matches!(
        error.kind(),
        ErrorKind::InvalidCredentials | ErrorKind::TokenRequestRefused
    );
    account.subject.subject_type == SubjectType::App && is_refusal
}

/// How long to wait for a new secret: control planes need about a second to propagate one.
const SPREADING: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];
