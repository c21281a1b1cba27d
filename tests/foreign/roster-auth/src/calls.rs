//! The calls that only Roster has, as methods of its client.

use auth_core::vendor::{ApiClient, Page};
use auth_core::{ApiRequest, ApiResponse, Result};
use http::Method;
use serde::Deserialize;

use crate::wire::{USER_PATH, USERS_PATH};

/// The calls that only Roster has, as methods of a [`Client`](crate::Client).
#[derive(Debug, Clone)]
pub struct Calls {
    pub(crate) api: ApiClient,
}

/// A user of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The id.
    pub id: String,
    /// The login name.
    pub login: String,
}

impl Calls {
    /// Lists the users.
    ///
    /// # Errors
    /// As [`Client::execute_json`](auth_core::vendor::Client::execute_json) and [`Pager::all`](auth_core::vendor::Pager::all).
    pub async fn users(&self) -> Result<Vec<User>> {
        let first = ApiRequest::new(Method::GET, USERS_PATH).query("limit", PAGE_SIZE);
        let id = |user: &User| Some(user.id.clone());
        let read = |response: ApiResponse| Ok(Page::new(response.list_json()?));
        self.api.linked_pages(first, id, read).all().await
    }

    /// Returns one user.
    ///
    /// # Errors
    /// As [`Client::execute_json`](auth_core::vendor::Client::execute_json).
    pub async fn user(&self, id: &str) -> Result<User> {
        let request = ApiRequest::new(Method::GET, USER_PATH).parameter("userId", id);
        self.api.execute_json(&request).await
    }
}

const PAGE_SIZE: u32 = 200;
