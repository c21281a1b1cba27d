//! The calls that only Depot has, as methods of its client.

use auth_core::vendor::{ApiClient, Page, Pager};
use auth_core::{ApiRequest, Result};
use http::Method;
use serde::Deserialize;

use crate::wire::{Envelope, PARCELS_PATH};

/// The calls that only Depot has, as methods of a [`Client`](crate::Client).
#[derive(Debug, Clone)]
pub struct Calls {
    pub(crate) api: ApiClient,
    pub(crate) site: Option<String>,
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
    /// Lists the site's parcels.
    ///
    /// # Errors
    /// As [`Client::execute_json`](auth_core::vendor::Client::execute_json) and [`Pager::all`].
    pub async fn parcels(&self) -> Result<Vec<Parcel>> {
        let calls = self.clone();
        let label = |parcel: &Parcel| Some(parcel.label.clone());
        let pager = Pager::by_offset(PAGE_SIZE, label, move |start| {
            let request = ApiRequest::new(Method::GET, PARCELS_PATH)
                .maybe_query("site", calls.site.as_ref())
                .query("offset", start.offset)
                .query("limit", start.size);
            let api = calls.api.clone();
            async move {
                let body: Envelope<Parcels> = api.execute_json(&request).await?;
                Ok(Page::new(body.data.items).with_total(body.data.total))
            }
        });
        pager.vendor(self.api.vendor()).all().await
    }
}

const PAGE_SIZE: u32 = 50;
