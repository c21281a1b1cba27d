//! Users: local ones, who have a password here, and those of an identity provider.

use std::fmt;

use auth_core::{Result, Secret};
use futures_core::Stream;

use super::Admin;
use super::call::required;
use super::filter::{Direction, Operator, Selection};
use super::generated::operations;
use super::generated::users as wire;
use super::paging::{MAX_PAGE, Page, check_page_size, pages};

/// The calls about users. There is none that changes one.
#[derive(Debug, Clone, Copy)]
pub struct Users<'a> {
    admin: &'a Admin,
}

/// A user. Times are RFC 3339 text as the server wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// The id, for further calls.
    pub id: String,
    /// The name to sign in with, which for a local user is an e-mail address.
    pub username: String,
    /// Whether the user has a password here; `None` if the server does not know.
    pub is_local: Option<bool>,
    /// The groups of the identity provider.
    pub groups: Vec<String>,
    /// Who made the user.
    pub created_by: Option<String>,
    /// When the user was made.
    pub created_at: Option<String>,
    /// When the user was last changed.
    pub updated_at: Option<String>,
    /// When the user last signed in.
    pub last_login: Option<String>,
}

/// A user to be made.
#[derive(Debug, Clone)]
#[must_use]
pub struct NewUser {
    email: String,
    reset_password: Option<bool>,
    notify: Option<bool>,
}

/// A new user, with the password that is shown this once.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CreatedUser {
    /// The id, for further calls.
    pub id: String,
    /// The name to sign in with, as far as the server repeats it.
    pub username: String,
    /// The password for the first time, if the server shows it.
    pub temporary_password: Option<Secret>,
}

impl NewUser {
    /// Starts with the e-mail address, which becomes the user name.
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

    /// Sets whether the user has to choose another password at the first sign-in.
    pub fn reset_password(mut self, reset_password: bool) -> Self {
        self.reset_password = Some(reset_password);
        self
    }

    /// Sets whether the user is told by e-mail.
    pub fn notify(mut self, notify: bool) -> Self {
        self.notify = Some(notify);
        self
    }
}

impl<'a> Users<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Starts a list of users.
    pub fn list(&self) -> UserQuery {
        UserQuery {
            admin: self.admin.clone(),
            selection: Selection::default(),
            page_size: MAX_PAGE,
        }
    }

    /// Makes a local user and returns the password for the first time, which is shown this once.
    ///
    /// # Errors
    /// [`Error::is_conflict`](auth_core::Error::is_conflict) if there is such a user; never retryable: see [`Error::may_have_been_sent`](auth_core::Error::may_have_been_sent).
    pub async fn create(&self, user: NewUser) -> Result<CreatedUser> {
        let operation = &operations::CREATE_USER;
        let body = wire::UserCreationRequest1 {
            email: user.email,
            reset_password: user.reset_password,
            notify: user.notify,
        };
        let created: wire::UserPostResponse = self
            .admin
            .read(operation, operation.call().json(&body))
            .await?;
        Ok(CreatedUser {
            id: required(created.id, "id")?,
            // One page of the vendor's shows an answer with `email` and without a password.
            username: created.username.unwrap_or(body.email),
            temporary_password: created.temp_password,
        })
    }

    /// Returns one user.
    ///
    /// # Errors
    /// [`ErrorKind::Api`](auth_core::ErrorKind::Api) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<User> {
        let operation = &operations::GET_USER_BY_ID;
        let call = operation.call().parameter("userId", id);
        let one: wire::User2 = self.admin.read(operation, call).await?;
        User::read(one)
    }

    /// Removes a user.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn delete(&self, id: &str) -> Result<()> {
        let operation = &operations::DELETE_USER_BY_ID;
        let call = operation.call().parameter("userId", id);
        self.admin.done(operation, call).await
    }

    /// Gives a local user a new password for the next sign-in, which is shown this once.
    ///
    /// # Errors
    /// As [`Users::get`]; never retryable, since the answer that was lost may have held the only copy.
    pub async fn reset_password(&self, id: &str) -> Result<Secret> {
        let operation = &operations::RESET_USER_PASSWORD;
        let call = operation.call().parameter("userId", id);
        let answer: wire::ResetUserPasswordResponse = self.admin.read(operation, call).await?;
        required(answer.temp_password, "tempPassword")
    }

    /// Ends a user's sessions.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn logout(&self, id: &str) -> Result<()> {
        let operation = &operations::LOGOUT_USER;
        let call = operation.call().parameter("userId", id);
        self.admin.done(operation, call).await
    }
}

/// A list of users: narrowed, ordered, and then streamed, counted, or read by the page.
#[derive(Debug, Clone)]
#[must_use]
pub struct UserQuery {
    admin: Admin,
    selection: Selection,
    page_size: u32,
}

impl UserQuery {
    /// Keeps users whose field compares so: `username`, `createdBy`, `lastLogin`, `creationTime`, `lastUpdated` or `isLocal`.
    pub fn filter(mut self, field: &str, operator: Operator, value: impl fmt::Display) -> Self {
        self.selection.filter(field, operator, &value);
        self
    }

    /// Keeps users that hold this text somewhere.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.selection.search(text.into());
        self
    }

    /// Orders by `username`, `createdBy`, `lastLogin`, `creationTime`, `lastUpdated` or `type`.
    pub fn sort_by(mut self, field: impl Into<String>, direction: Direction) -> Self {
        self.selection.sort(field.into(), direction);
        self
    }

    /// Sets how many are asked for at a time, 1 to 500; 500 by default.
    pub fn page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }

    /// Streams all of them; an error is the last item.
    ///
    /// # Errors
    /// As [`UserQuery::page`], and [`ErrorKind::Response`](auth_core::ErrorKind::Response) if the API repeats a page.
    pub fn stream(self) -> impl Stream<Item = Result<User>> + Send + Unpin + 'static {
        let size = self.page_size;
        pages(
            size,
            |user: &User| user.id.clone(),
            move |offset| {
                let query = self.clone();
                async move { query.page(offset).await }
            },
        )
    }

    /// Returns one page that starts at an offset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) for a page size or a filter that cannot be sent; else as [`Users::get`].
    pub async fn page(&self, offset: u64) -> Result<Page<User>> {
        let operation = &operations::GET_USERS;
        let call = self.selection.narrow(operation.call())?;
        let call = self
            .selection
            .order(call)
            .query("offset", offset)
            .query("limit", check_page_size(self.page_size)?);
        let all: Vec<wire::User2> = self.admin.read(operation, call).await?;
        let items = all.into_iter().map(User::read).collect::<Result<_>>()?;
        Ok(Page { items, total: None })
    }

    /// Returns how many there are.
    ///
    /// # Errors
    /// As [`UserQuery::page`].
    pub async fn count(&self) -> Result<u64> {
        let operation = &operations::COUNT_USERS;
        let call = self.selection.narrow(operation.call())?;
        let answer: wire::CountUsersResponse = self.admin.read(operation, call).await?;
        required(
            answer.count.and_then(|count| count.try_into().ok()),
            "count",
        )
    }
}

impl User {
    fn read(wire: wire::User2) -> Result<Self> {
        Ok(Self {
            id: required(wire.id, "id")?,
            username: wire.username.unwrap_or_default(),
            is_local: wire.is_local,
            groups: wire.groups.unwrap_or_default(),
            created_by: wire.created_by,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
            last_login: wire.last_login,
        })
    }
}
