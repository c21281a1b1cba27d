//! Replaces names that a program knows with the ids that the API expects.

use auth_core::Result;

use super::Admin;
use super::call::is_absent;
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

/// Replaces the node pools of the quotas.
pub(super) async fn node_pools(
    admin: &Admin,
    mut settings: UnitSettings,
    cluster_id: &str,
) -> Result<UnitSettings> {
    for quota in &mut settings.quotas {
        let Some(pool) = &mut quota.node_pool_id else {
            continue;
        };
        let pools = admin.node_pools();
        match pools.by_name_or_id(pool, Some(cluster_id)).await {
            // Control planes that do not list node pools have them all the same, and check the id.
            Err(error) if is_absent(&error) => {}
            found => *pool = found?.id,
        }
    }
    Ok(settings)
}
