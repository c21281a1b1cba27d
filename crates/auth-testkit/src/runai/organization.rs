//! What a tenant's organization consists of: clusters with node pools, departments and projects.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::jwt;
use crate::timestamp::rfc3339;

/// Holds the organization; ids sort as the things were created.
#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) node_pools: Vec<NodePool>,
    pub(crate) departments: Vec<Unit>,
    pub(crate) projects: Vec<Unit>,
    next_id: u32,
}

/// A cluster that is connected.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created_at: Duration,
}

/// A node pool of a cluster; the first one is its default.
#[derive(Debug)]
pub(crate) struct NodePool {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) cluster_id: String,
    pub(crate) is_default: bool,
    pub(crate) created_at: Duration,
}

/// A department or a project.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) cluster_id: String,
    /// The department of a project.
    pub(crate) parent_id: Option<String>,
    pub(crate) requested_namespace: Option<String>,
    /// The members that are returned as they were sent.
    pub(crate) settings: Map<String, Value>,
    /// The quotas, one for each node pool.
    pub(crate) resources: Vec<Value>,
    pub(crate) created_by: String,
    pub(crate) created_at: Duration,
    pub(crate) updated_at: Duration,
    /// When the deletion was accepted that is not complete.
    pub(crate) deleted_at: Option<Duration>,
}

impl Organization {
    /// Creates the clusters, each with a default node pool and department, and with these node pools.
    pub(crate) fn new(clusters: &[String], node_pools: &[String], now: Duration) -> Self {
        let mut organization = Self {
            clusters: Vec::new(),
            node_pools: Vec::new(),
            departments: Vec::new(),
            projects: Vec::new(),
            next_id: FIRST_ID,
        };
        for name in clusters {
            let cluster_id = jwt::uuid();
            organization.clusters.push(Cluster {
                id: cluster_id.clone(),
                name: name.clone(),
                created_at: now,
            });
            let pools = std::iter::once(DEFAULT).chain(node_pools.iter().map(String::as_str));
            for pool in pools {
                let id = organization.next_id();
                organization.node_pools.push(NodePool {
                    id,
                    name: pool.to_owned(),
                    cluster_id: cluster_id.clone(),
                    is_default: pool == DEFAULT,
                    created_at: now,
                });
            }
            let id = organization.next_id();
            organization.departments.push(Unit {
                id,
                name: DEFAULT.to_owned(),
                cluster_id,
                parent_id: None,
                requested_namespace: None,
                settings: Map::new(),
                resources: Vec::new(),
                created_by: "system".to_owned(),
                created_at: now,
                updated_at: now,
                deleted_at: None,
            });
        }
        organization
    }

    pub(crate) fn next_id(&mut self) -> String {
        self.next_id += 1;
        self.next_id.to_string()
    }

    /// Completes the deletions that were accepted a while ago.
    pub(crate) fn settle(&mut self, now: Duration) {
        let is_over = |at: Duration| now.saturating_sub(at) >= DELETION;
        self.projects
            .retain(|project| !project.deleted_at.is_some_and(is_over));
    }

    pub(crate) fn cluster(&self, id: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.id == id)
    }

    pub(crate) fn node_pool(&self, id: &str, cluster_id: &str) -> Option<&NodePool> {
        let mut pools = self.node_pools.iter();
        pools.find(|pool| pool.id == id && pool.cluster_id == cluster_id)
    }

    /// Returns the node pool of quotas that name none.
    pub(crate) fn default_node_pool(&self, cluster_id: &str) -> Option<&NodePool> {
        let mut pools = self.node_pools.iter();
        pools.find(|pool| pool.is_default && pool.cluster_id == cluster_id)
    }

    pub(crate) fn department(&self, id: &str) -> Option<&Unit> {
        self.departments.iter().find(|one| one.id == id)
    }

    pub(crate) fn project(&self, id: &str) -> Option<&Unit> {
        self.projects.iter().find(|one| one.id == id)
    }

    /// Returns the name of what a rule can be about; `None` for what does not exist or is being deleted.
    pub(crate) fn scope_name(&self, scope_type: &str, id: &str) -> Option<&str> {
        let unit = match scope_type {
            "cluster" => return self.cluster(id).map(|cluster| cluster.name.as_str()),
            "department" => self.department(id),
            "project" => self.project(id),
            _ => None,
        };
        unit.filter(|unit| unit.deleted_at.is_none())
            .map(|unit| unit.name.as_str())
    }
}

impl Unit {
    /// Returns the members that departments and projects share.
    pub(crate) fn describe(&self) -> Value {
        let mut body = json!({
            "id": self.id,
            "name": self.name,
            "clusterId": self.cluster_id,
            "description": "",
            "schedulingRules": null,
            "defaultNodePools": null,
            "nodeTypes": {},
            "createdAt": rfc3339(self.created_at),
            "updatedAt": rfc3339(self.updated_at),
            "createdBy": self.created_by,
            "updatedBy": self.created_by,
            "resources": self.resources,
            "totalResources": {
                "gpuQuota": self.total("/gpu/deserved"),
                "cpuQuota": self.total("/cpu/deserved"),
                "memoryQuota": self.total("/memory/deserved"),
            },
        });
        for (name, value) in &self.settings {
            body[name] = value.clone();
        }
        body
    }

    fn total(&self, pointer: &str) -> f64 {
        let amounts = self.resources.iter();
        let amounts = amounts.filter_map(|one| one.pointer(pointer)?.as_f64());
        // The sum of nothing is a negative zero.
        amounts.sum::<f64>() + 0.0
    }
}

/// The name of the node pool and of the department that every cluster has.
pub(crate) const DEFAULT: &str = "default";

/// The ids of an organization that has been in use for a while do not begin at 1.
const FIRST_ID: u32 = 4_500_000;

/// How long the deletion of a project takes once it is accepted.
const DELETION: Duration = Duration::from_secs(2);
