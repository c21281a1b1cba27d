//! The calls that only Roster has, as methods of its client.

use std::sync::{Arc, Mutex, PoisonError};

use auth_core::vendor::{ApiClient, ListPage, Pager};
use auth_core::{ApiRequest, Result};
use http::Method;
use serde::Deserialize;

use crate::wire::{USER_PATH, USERS_PATH, next_cursor};

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
    /// As [`Client::execute_json`](auth_core::vendor::Client::execute_json) and [`Pager::all`].
    pub async fn users(&self) -> Result<Vec<User>> {
        let (api, cursor) = (self.api.clone(), Arc::new(Mutex::new(None::<String>)));
        let id = |user: &User| Some(user.id.clone());
        let pager = Pager::by_offset(PAGE_SIZE, id, move |_| {
            let (api, cursor) = (api.clone(), Arc::clone(&cursor));
            async move {
                let after = cursor.lock().unwrap_or_else(PoisonError::into_inner).take();
                let request = ApiRequest::new(Method::GET, USERS_PATH)
                    .query("limit", PAGE_SIZE)
                    .maybe_query("after", after);
                let response = api.execute(&request).await?;
                let next = next_cursor(&response);
                let has_more = next.is_some();
                *cursor.lock().unwrap_or_else(PoisonError::into_inner) = next;
                Ok(ListPage::new(response.list_json()?).with_more(Some(has_more)))
            }
        });
        pager.vendor(self.api.vendor()).all().await
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
