//! The bytes of a tenant's whole client: its requests, its cache, its source and its credentials.

use stats_alloc::Region;

use crate::fixture::{Outcome, clients, runtime};
use crate::report::Figure;
use crate::{ALLOCATOR, bytes_of_tokens, held};

/// Returns what a warm tenant's client takes beyond its token, its key and its place in the map included.
pub(crate) fn bytes_per_client(tenants: usize) -> Outcome<Figure> {
    let of_tokens = bytes_of_tokens(tenants)?;
    let clients = clients(tenants)?;
    let runtime = runtime()?;
    // The runtime's own tables grow with the first tasks, and what all tenants share comes with the first tenant.
    runtime.block_on(async { clients.client(&tenants).await?.warm_up().await })?;
    let region = Region::new(ALLOCATOR);
    runtime.block_on(async {
        for number in 0..tenants {
            clients.client(&number).await?.warm_up().await?;
        }
        Ok::<_, auth_core::Error>(())
    })?;
    // Tasks that have ended are gone with it.
    drop(runtime);
    let of_clients = held(&region);
    if clients.len() != tenants + 1 {
        return Err("a tenant was forgotten".into());
    }
    Ok(Figure {
        group: "tenant clients",
        what: format!("per tenant beyond its token, {tenants} tenants"),
        unit: "bytes",
        measured: (of_clients - of_tokens) / tenants as f64,
        reference: None,
        limit: Some(BYTES),
    })
}

/// A hundred thousand tenants in 100 MB, tokens aside.
const BYTES: f64 = 1024.0;
