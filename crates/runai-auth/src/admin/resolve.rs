//! Replaces names that a program knows with the ids that the API expects.

use auth_core::{Error, Result, display_text};

use super::Admin;
use super::call::{is_absent, named};
use super::quota::{Quota, check_node_pools, twice};
use super::unit::UnitSettings;

/// Returns the id of a cluster; an empty name means the only one.
pub(super) async fn cluster(admin: &Admin, name_or_id: &str) -> Result<String> {
    let clusters = admin.clusters();
    let found = match name_or_id {
        "" => clusters.only().await?,
        _ => clusters.by_name_or_id(name_or_id).await?,
    };
    Ok(found.id)
}

/// Replaces the node pools of the quotas; two quotas for one of them are an error, by whatever names.
pub(super) async fn node_pools(
    admin: &Admin,
    mut settings: UnitSettings,
    cluster_id: &str,
) -> Result<UnitSettings> {
    let is_unnamed = |quota: &Quota| quota.node_pool_id.is_none();
    let has_unnamed = settings.quotas.iter().any(is_unnamed);
    let mut seen: Vec<String> = Vec::new();
    for quota in &mut settings.quotas {
        let Some(pool) = &mut quota.node_pool_id else {
            continue;
        };
        let pools = admin.node_pools();
        match pools.by_name_or_id(pool, Some(cluster_id)).await {
            // Control planes that do not list node pools have them all the same, and check the id.
            Err(error) if is_absent(&error) && is_id(pool) => {}
            Err(error) if is_absent(&error) => {
                return Err(named(Error::config(format!(
                    "node pool \"{}\" cannot be looked up by its name before control plane 2.24: use its id, or no node pool for the default one",
                    display_text(pool)
                )).with_source(error)));
            }
            found => {
                let found = found?;
                let text = display_text(&found.name);
                if found.is_default == Some(true) && has_unnamed {
                    return Err(twice(&text, ", one of which names no node pool"));
                }
                if seen.contains(&found.id) {
                    return Err(twice(&text, ""));
                }
                seen.push(found.id.clone());
                *pool = found.id;
            }
        }
    }
    check_node_pools(&settings.quotas)?;
    Ok(settings)
}

/// Returns true for a number or a UUID.
fn is_id(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number || text.len() == 36 && text.bytes().all(is_part)
}
