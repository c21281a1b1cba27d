//! The calls that only Depot has, as methods of its client.

use auth_core::vendor::{ApiClient, ListPage, Pager};
use auth_core::{ApiRequest, Result};
use http::Method;
use serde::Deserialize;

use crate::wire::{Envelope, PARCELS_PATH};

/// The calls that only Depot has, as methods of a [`Client`](crate::Client).
#[derive(Debug, Clone)]
pub struct Calls {
    api: ApiClient,
    site: Option<String>,
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Parcel {
    /// The number on its label.
    pub label: String,
}

#[derive(Deserialize)]
struct Parcels {
    items: Vec<Parcel>,
    total: Option<u64>,
}

impl Calls {
    pub(crate) fn new(api: ApiClient, site: Option<String>) -> Self {
        Self { api, site }
    }

    /// Lists the site's parcels.
    ///
    /// # Errors
    /// As [`Client::execute_json`](auth_core::vendor::Client::execute_json) and [`Pager::all`].
    pub async fn parcels(&self) -> Result<Vec<Parcel>> {
        let calls = self.clone();
        let pager = Pager::by_offset(PAGE_SIZE, label_of, move |start| {
            let request = ApiRequest::new(Method::GET, PARCELS_PATH)
                .maybe_query("site", calls.site.as_ref())
                .query("offset", start.offset)
                .query("limit", start.size);
            let api = calls.api.clone();
            async move {
                let body: Envelope<Parcels> = api.execute_json(&request).await?;
                Ok(match body.data {
                    Some(Parcels { items, total }) => ListPage::new(items).with_total(total),
                    None => ListPage::new(Vec::new()),
                })
            }
        });
        pager.vendor(self.api.vendor()).all().await
    }
}

fn label_of(parcel: &Parcel) -> Option<String> {
    Some(parcel.label.clone())
}

const PAGE_SIZE: u32 = 50;
