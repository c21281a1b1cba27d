//! Finds users by name, in upper or lower case, with a local comparison, because a server may ignore filters.

use auth_core::{Error, Result, display_list};
use futures_util::TryStreamExt as _;

use super::address::check_address;
use super::{CreatedUser, NewUser, User, Users};
use crate::admin::call::named;
use crate::admin::ensure::{Ensured, ensure, only};
use crate::admin::filter::FilterOperator;

impl Users<'_> {
    /// Returns the user with this name, if there is one; without an exact match, the one whose name differs only in case.
    ///
    /// Requests the name as given, then in lower case, which is how control planes store it.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing them; else as [`Query::page`](crate::admin::Query::page).
    pub async fn find(&self, username: &str) -> Result<Option<User>> {
        // The API has no way to quote a comma in a filter.
        if username.contains(',') {
            return self.find_in_all(username).await;
        }
        let lower = username.to_lowercase();
        let found = self.find_filtered(username, username).await?;
        if found.is_some() || lower == username {
            return Ok(found);
        }
        self.find_filtered(&lower, username).await
    }

    /// Returns the user with this name, or creates it; a second call finds the user that the first one created.
    ///
    /// A user that exists is not changed, and is returned without a password: [`Users::reset_password`] creates a new one.
    /// At most one create is sent. If the API says that the name is taken, all users are searched for it.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if the name is not an e-mail address; else as [`Users::find`] and [`Users::create`]:
    /// if the response to the create was lost, [`Error::side_effect`](auth_core::Error::side_effect) says what may exist.
    pub async fn ensure(&self, user: NewUser) -> Result<Ensured<User, CreatedUser>> {
        check_address(user.email())?;
        let name = user.email().to_owned();
        let again = self.find_in_all(&name);
        ensure(self.find(&name), self.create(user), again).await
    }

    /// As [`Users::find`], without a filter.
    pub(in crate::admin) async fn find_in_all(&self, username: &str) -> Result<Option<User>> {
        one(self.list().stream().try_collect().await?, username)
    }

    async fn find_filtered(&self, filter: &str, username: &str) -> Result<Option<User>> {
        if filter.is_empty() {
            return Ok(None);
        }
        let all = self.list();
        let all = all.filter("username", FilterOperator::Equals, filter);
        one(all.stream().try_collect().await?, username)
    }
}

fn one(users: Vec<User>, name: &str) -> Result<Option<User>> {
    let lower = name.to_lowercase();
    let same = users.into_iter();
    let same = same.filter(|user| user.username.to_lowercase() == lower);
    let (exact, others): (Vec<_>, Vec<_>) = same.partition(|user| user.username == name);
    if exact.is_empty() && others.len() > 1 {
        let names = display_list(others.iter().map(|user| user.username.as_str()));
        return Err(named(Error::config(format!(
            "the user's name is that of several users but for its case: give it as one of them is spelled: {names}"
        ))));
    }
    let all = if exact.is_empty() { others } else { exact };
    let subject = format!("the user's name is that of {} users", all.len());
    only(all, &subject, "delete all but one of them", |user| {
        user.id.clone()
    })
}
