//! Reports each step to the caller, and what exists if the caller cannot continue.

use std::io;

use auth_core::{Error, ErrorKind, Result, Secret, Sent, SideEffect};

use super::{Account, BootstrapEvent, BootstrapFuture};
use crate::admin::call::named;
use crate::admin::users::CreatedUser;

/// The callback.
pub(super) struct Teller<F>(pub(super) F);

impl<F> Teller<F>
where
    F: for<'a> FnMut(BootstrapEvent<'a>) -> BootstrapFuture<'a> + Send,
{
    pub(super) async fn tell(&mut self, step: BootstrapEvent<'_>) -> Result<()> {
        self.0(step).await.map_err(|error| {
            failed(
                "the callback that receives the steps ended the bootstrap",
                error,
            )
        })
    }

    pub(super) async fn keep(&mut self, account: &Account, secret: &Secret) -> Result<()> {
        let step = BootstrapEvent::NewSecret { account, secret };
        self.0(step).await.map_err(|error| {
            failed(
                "the account has a new secret that could not be stored: fix the cause and run this again with regenerate_secret",
                error,
            )
            .with_side_effect(account.side_effect().with_secret(secret.expose_secret()))
        })
    }

    pub(super) async fn keep_password(
        &mut self,
        user: &CreatedUser,
        password: &Secret,
    ) -> Result<()> {
        let step = BootstrapEvent::NewPassword {
            username: &user.username,
            password,
        };
        self.0(step).await.map_err(|error| {
            failed(
                "the user was made and the password could not be stored: reset it with Users::reset_password",
                error,
            )
            .with_side_effect(user_side_effect(user).with_secret(password.expose_secret()))
        })
    }
}

pub(super) fn user_side_effect(user: &CreatedUser) -> SideEffect {
    let id = Some(user.id.clone()).filter(|id| !id.is_empty());
    SideEffect::new(
        "user",
        &user.username,
        "make a new password with reset_password",
    )
    .certain()
    .with_id(id)
}

fn failed(message: &'static str, error: io::Error) -> Error {
    named(
        Error::new(ErrorKind::Config, message)
            .with_sent(Sent::Maybe)
            .with_source(error),
    )
}
