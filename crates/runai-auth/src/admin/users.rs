//! Users: local ones, with a password, and those of an identity provider.

mod address;
mod find;

pub(super) use address::check_address;

use auth_core::{Result, Secret};

use super::Admin;
use super::call::{counted, identified};
use super::generated::users as wire;
use super::made::{Making, lacking_of};
use super::paging::page;
use super::query::{Listing, Query};

/// The calls about users. The API has none to change a user.
#[derive(Debug, Clone, Copy)]
pub struct Users<'a> {
    admin: &'a Admin,
}

/// A user. Times are the server's RFC 3339 text, unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// The id, for further calls; empty in a list if the server omits it.
    pub id: String,
    /// The user name, which for a local user is an e-mail address.
    pub username: String,
    /// Whether the user is local, with a password; `None` if the server does not report it.
    pub is_local: Option<bool>,
    /// The groups of the identity provider.
    pub groups: Vec<String>,
    /// The creator of the user.
    pub created_by: Option<String>,
    /// When the user was created.
    pub created_at: Option<String>,
    /// When the user was last changed.
    pub updated_at: Option<String>,
    /// When the user last signed in.
    pub last_login: Option<String>,
}

/// A user to create.
///
/// # Examples
/// ```no_run
/// use runai_auth::admin::{Admin, NewUser};
/// use runai_auth::auth_core::Secret;
///
/// # async fn example(admin: &Admin) -> runai_auth::auth_core::Result<()> {
/// let user = NewUser::new("a@example.com").reset_password(true);
/// let created = admin.users().create(user).await?;
/// // It is shown only once.
/// let password: Option<Secret> = created.temporary_password;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct NewUser {
    email: String,
    reset_password: Option<bool>,
    notify: Option<bool>,
}

/// A new user, with the password, which is shown only once.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CreatedUser {
    /// The id, for further calls; empty if the response lacked it.
    pub id: String,
    /// The user name, if the server returns it.
    pub username: String,
    /// The initial password, if the server returns it. Never empty.
    pub temporary_password: Option<Secret>,
    incomplete: Vec<&'static str>,
}

impl CreatedUser {
    /// Returns the members that the response lacked, by their API names: `id`, `tempPassword`.
    ///
    /// The user exists. Without `tempPassword`, use [`Users::reset_password`] to create a new password.
    pub fn incomplete(&self) -> &[&'static str] {
        &self.incomplete
    }
}

impl NewUser {
    /// Creates it from the e-mail address, which becomes the user name.
    pub fn new(email: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            reset_password: None,
            notify: None,
        }
    }

    pub(super) fn email(&self) -> &str {
        &self.email
    }

    /// Sets whether the user must choose a new password at the first sign-in.
    pub fn reset_password(mut self, reset_password: bool) -> Self {
        self.reset_password = Some(reset_password);
        self
    }

    /// Sets whether the user is notified by e-mail.
    pub fn notify(mut self, notify: bool) -> Self {
        self.notify = Some(notify);
        self
    }
}

impl<'a> Users<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns a query of users.
    ///
    /// Fields to filter by: `username`, `createdBy`, `lastLogin`, `creationTime`, `lastUpdated` and `isLocal`; to sort by: the same, with `type`
    /// in place of `isLocal`.
    pub fn list(&self) -> Query<User> {
        Query::new(self.admin, &LISTING)
    }

    /// Creates a local user and returns the initial password, which is shown only once.
    ///
    /// # Errors
    /// [`Error::is_conflict`](auth_core::Error::is_conflict) if there is such a user; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse)
    /// if the response contains nothing about the user. Never retryable: [`Error::side_effect`](auth_core::Error::side_effect) tells what exists despite the failure.
    pub async fn create(&self, user: NewUser) -> Result<CreatedUser> {
        let body = wire::UserCreationRequest1 {
            email: user.email,
            reset_password: user.reset_password,
            notify: user.notify,
        };
        let making = Making {
            kind: "user",
            name: &body.email,
            advice: "look for it by name, and if it is there make a new password with reset_password",
        };
        let mut made = self.admin.make(wire::create_user(&body), making).await?;
        let members = made.members();
        let is_password_odd = members.has_odd_password();
        let temporary_password = members.temporary_password();
        let id = members.id();
        if temporary_password.is_none() && (id.is_none() || !members.is_whole || is_password_odd) {
            return Err(made.lacks("a password that can be read"));
        }
        // One page of the vendor's shows an answer with `email` and without a password.
        let username = members.username();
        let lacking = [
            ("id", id.is_none()),
            ("tempPassword", temporary_password.is_none()),
        ];
        Ok(CreatedUser {
            id: id.unwrap_or_default(),
            username: username.unwrap_or_else(|| body.email.clone()),
            temporary_password,
            incomplete: lacking_of(lacking),
        })
    }

    /// Returns one user.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<User> {
        let one = self.admin.read(wire::get_user_by_id(id)).await?;
        identified(User::read(one), |one| !one.id.is_empty())
    }

    /// Deletes a user.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn delete(&self, id: &str) -> Result<()> {
        self.admin.done(wire::delete_user_by_id(id)).await
    }

    /// Sets a new password of a local user for the next sign-in, which is shown only once.
    ///
    /// # Errors
    /// As [`Users::get`]; never retryable, since the lost response may have contained the only copy.
    pub async fn reset_password(&self, id: &str) -> Result<Secret> {
        let making = Making {
            kind: "new password of user",
            name: id,
            advice: "the old one no longer works if it does, so make another with reset_password",
        };
        let request = wire::reset_user_password(id);
        let made = self.admin.make(request, making).await?;
        made.into_temporary_password()
    }

    /// Ends a user's sessions.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn logout(&self, id: &str) -> Result<()> {
        self.admin.done(wire::logout_user(id)).await
    }
}

impl Query<User> {
    /// Filters by text that the user contains.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.selection.search(text.into());
        self
    }
}

impl User {
    fn read(wire: wire::User2) -> Self {
        Self {
            id: wire.id.unwrap_or_default(),
            username: wire.username.unwrap_or_default(),
            is_local: wire.is_local,
            groups: wire.groups.unwrap_or_default(),
            created_by: wire.created_by,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
            last_login: wire.last_login,
        }
    }
}

static LISTING: Listing<User> = Listing {
    page: |admin, span| {
        Box::pin(async move {
            let query = wire::GetUsersQuery {
                filter_by: span.filter_by,
                search: span.selection.text(),
                sort_by: span.selection.sort_by(),
                sort_order: span.selection.sort_order(),
                offset: span.offset,
                limit: span.limit,
                ..wire::GetUsersQuery::default()
            };
            Ok(page(admin.list(wire::get_users(&query)).await?, User::read))
        })
    },
    count: |admin, span| {
        Box::pin(async move {
            let query = wire::CountUsersQuery {
                filter_by: span.filter_by,
                search: span.selection.text(),
            };
            counted(admin.read(wire::count_users(&query)).await?.count)
        })
    },
    key: |user| user.id.clone(),
};
