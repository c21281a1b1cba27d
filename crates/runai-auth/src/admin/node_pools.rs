//! Node pools, for each of which departments and projects have a quota.

use auth_core::Result;

use super::Admin;
use super::call::{counted, identified};
use super::generated::node_pools as wire;
use super::lookup::{self, Named};
use super::model::NodePoolPhase;
use super::paging::page;
use super::query::{Listing, Query};

/// The calls about node pools, which this crate only reads.
#[derive(Debug, Clone, Copy)]
pub struct NodePools<'a> {
    admin: &'a Admin,
}

/// A node pool: the nodes of a cluster that have a label. Times are the server's RFC 3339 text, unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodePool {
    /// The id, for further calls and for quotas; empty in a list if the server omits it.
    pub id: String,
    /// The name, unique in the cluster.
    pub name: String,
    /// The cluster's id.
    pub cluster_id: String,
    /// The cluster's name.
    pub cluster_name: Option<String>,
    /// The label's key.
    pub label_key: Option<String>,
    /// The label's value.
    pub label_value: Option<String>,
    /// Whether it is the one with all nodes that are in no other.
    pub is_default: Option<bool>,
    /// The phase.
    pub phase: Option<NodePoolPhase>,
    /// An explanation of the phase.
    pub phase_message: Option<String>,
    /// The tenant that it belongs to.
    pub tenant_id: Option<String>,
    /// The creator.
    pub created_by: Option<String>,
    /// When it was created.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
}

impl<'a> NodePools<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns a query of node pools.
    ///
    /// Fields to filter and to sort by: `name`, `clusterId`, `phase`, `createdAt`, `updatedAt`, `networkTopologyName`,
    /// `gpuNetworkAccelerationDetection`, `gpuNetworkAccelerationDetected`, `gpuNetworkAccelerationLabelKey`, `swapEnabled` and
    /// `nodeLevelSchedulerEnabled`.
    pub fn list(&self) -> Query<NodePool> {
        Query::new(self.admin, &LISTING)
    }

    /// Returns one node pool.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<NodePool> {
        let one = self.admin.read(wire::get_nodepool(id)).await?;
        identified(NodePool::read(one), |one| !one.id.is_empty())
    }

    /// Returns the node pool with exactly this name in a cluster, or in any cluster without one, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing their ids and clusters; else as [`Query::page`].
    pub async fn find(&self, name: &str, cluster_id: Option<&str>) -> Result<Option<NodePool>> {
        lookup::find(self.list(), name, cluster_id).await
    }

    /// Returns the node pool with this name, or the one with this id if none has the name.
    ///
    /// # Errors
    /// As [`NodePools::find`], and [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there is none, listing the available names.
    pub async fn by_name_or_id(
        &self,
        name_or_id: &str,
        cluster_id: Option<&str>,
    ) -> Result<NodePool> {
        lookup::find_or_id(self.list(), name_or_id, cluster_id).await
    }
}

impl NodePool {
    /// Absent or unreadable members are empty.
    fn read(wire: wire::Nodepool) -> Self {
        let phase = wire.phase.as_ref();
        Self {
            id: wire.id.unwrap_or_default(),
            name: wire.name.unwrap_or_default(),
            cluster_id: wire.cluster_id.unwrap_or_default(),
            cluster_name: wire.cluster_name,
            label_key: wire.label_key,
            label_value: wire.label_value,
            is_default: wire.is_default,
            phase: phase.map(|phase| NodePoolPhase::from(phase.as_str())),
            phase_message: wire.phase_message,
            tenant_id: wire.tenant_id,
            created_by: wire.created_by,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
        }
    }
}

impl Named for NodePool {
    const NOUN: &'static str = "node pool";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn cluster(&self) -> Option<&str> {
        Some(&self.cluster_id)
    }

    fn is_leaving(&self) -> bool {
        let phase = self.phase.as_ref();
        phase.is_some_and(|phase| matches!(phase, NodePoolPhase::Deleting | NodePoolPhase::Deleted))
    }
}

static LISTING: Listing<NodePool> = Listing {
    page: |admin, span| {
        Box::pin(async move {
            let query = wire::GetNodepoolsQuery {
                filter_by: span.filter_by,
                sort_by: span.selection.sort_by(),
                sort_order: span.selection.sort_order(),
                offset: span.offset,
                limit: span.limit,
            };
            let list = admin.list(wire::get_nodepools(&query)).await?;
            Ok(page(list, NodePool::read))
        })
    },
    count: |admin, span| {
        Box::pin(async move {
            let query = wire::CountNodepoolsQuery {
                filter_by: span.filter_by,
            };
            counted(admin.read(wire::count_nodepools(&query)).await?.count)
        })
    },
    key: |pool| pool.id.clone(),
};
