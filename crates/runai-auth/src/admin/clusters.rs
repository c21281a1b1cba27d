//! Clusters, in which departments, projects and node pools are.

use auth_core::{Error, Result, display_list};

use super::Admin;
use super::call::{identified, named};
use super::generated::clusters as wire;
use super::lookup::{Named, by_name_or_id, one};
use super::model::ClusterState;

/// The calls about clusters, which this crate only reads.
#[derive(Debug, Clone, Copy)]
pub struct Clusters<'a> {
    admin: &'a Admin,
}

/// A cluster. Times are the server's RFC 3339 text, unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cluster {
    /// The id, for further calls, projects and access rules; empty in a list if the server omits it.
    pub id: String,
    /// The name.
    pub name: String,
    /// The host name under which the cluster is reached.
    pub domain: Option<String>,
    /// The version of Run:ai in the cluster.
    pub version: Option<String>,
    /// The version of Kubernetes.
    pub kubernetes_version: Option<String>,
    /// Whether the control plane reaches it.
    pub state: Option<ClusterState>,
    /// The tenant that it belongs to.
    pub tenant_id: Option<String>,
    /// When it was created.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
    /// When the control plane last heard of it.
    pub last_seen_at: Option<String>,
    /// When its deletion was requested.
    pub delete_requested_at: Option<String>,
}

impl<'a> Clusters<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns all clusters; the API does not page them.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API returns an error, and as [`Client::execute_json`](crate::Client::execute_json).
    pub async fn list(&self) -> Result<Vec<Cluster>> {
        let request = wire::get_clusters(&wire::GetClustersQuery::default());
        let all = self.admin.list(request).await?.items;
        Ok(all.into_iter().map(Cluster::read).collect())
    }

    /// Returns one cluster.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: &str) -> Result<Cluster> {
        let query = wire::GetClusterByUuidQuery::default();
        let request = wire::get_cluster_by_uuid(id, &query);
        let one = self.admin.read(request).await?;
        identified(Cluster::read(one), |one| !one.id.is_empty())
    }

    /// Returns the cluster with exactly this name, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing their ids; else as [`Clusters::list`].
    pub async fn find(&self, name: &str) -> Result<Option<Cluster>> {
        one(self.list().await?, name, None)
    }

    /// Returns the cluster with this name, or the one with this id if none has the name.
    ///
    /// # Errors
    /// As [`Clusters::find`], and [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there is none, listing the available names.
    pub async fn by_name_or_id(&self, name_or_id: &str) -> Result<Cluster> {
        by_name_or_id(self.list().await?, name_or_id, None)
    }

    /// Returns the only cluster of the control plane.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing their names, or none; else as [`Clusters::list`].
    pub async fn only(&self) -> Result<Cluster> {
        let all = self.list().await?.into_iter();
        let mut all: Vec<_> = all.filter(|one| !one.is_leaving()).collect();
        match all.pop() {
            None => Err(named(Error::config(
                "the control plane has no cluster: install one first",
            ))),
            Some(only) if all.is_empty() => Ok(only),
            Some(last) => {
                all.push(last);
                let names = display_list(all.iter().map(Cluster::name));
                Err(named(Error::config(format!(
                    "the control plane has {} clusters: choose one of {names}",
                    all.len()
                ))))
            }
        }
    }
}

impl Cluster {
    /// Absent or unreadable members are empty.
    fn read(wire: wire::DisplayedCluster) -> Self {
        let status = wire.status.unwrap_or_default();
        Self {
            id: wire.uuid.unwrap_or_default(),
            name: wire.name.unwrap_or_default(),
            domain: wire.domain,
            version: wire.version,
            kubernetes_version: status.platform.and_then(|platform| platform.kube_version),
            state: status.state.map(|state| ClusterState::from(state.as_str())),
            tenant_id: wire.tenant_id,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
            last_seen_at: wire.last_liveness,
            delete_requested_at: wire.delete_requested_at,
        }
    }
}

impl Named for Cluster {
    const NOUN: &'static str = "cluster";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn cluster(&self) -> Option<&str> {
        None
    }

    fn is_leaving(&self) -> bool {
        self.delete_requested_at.is_some()
    }
}
