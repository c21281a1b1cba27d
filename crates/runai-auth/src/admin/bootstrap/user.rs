//! Creates the local user of a bootstrap.

use auth_core::{Error, Result};

use super::teller::{self, Teller};
use super::{BootstrapEvent, BootstrapFuture};
use crate::admin::Admin;
use crate::admin::ensure::{Ensured, create_unless_there};
use crate::admin::users::{NewUser, User};

/// Creates a user unless there is one; returns the server's name for it, and whether it was created.
pub(super) async fn make_user<F>(
    admin: &Admin,
    user: &NewUser,
    known: Option<User>,
    teller: &mut Teller<F>,
) -> Result<(String, bool)>
where
    F: for<'a> FnMut(BootstrapEvent<'a>) -> BootstrapFuture<'a> + Send,
{
    let ensured = match known {
        Some(known) => Ensured::Found(known),
        None => {
            // It may be there under a spelling that the filter did not find.
            let (users, name) = (admin.users(), user.email());
            let again = users.find_in_all(name);
            create_unless_there(users.create(user.clone()), Error::is_conflict, again).await?
        }
    };
    let created = match ensured {
        Ensured::Found(User { username, .. }) => {
            teller.tell(BootstrapEvent::FoundUser(&username)).await?;
            return Ok((username, false));
        }
        Ensured::Created(created) => created,
    };
    let told = teller
        .tell(BootstrapEvent::CreatedUser(&created.username))
        .await;
    if let Some(password) = &created.temporary_password {
        teller.keep_password(&created, password).await?;
    }
    told.map_err(|error| error.with_side_effect(teller::user_side_effect(&created)))?;
    Ok((created.username, true))
}
