//! Quotas: what a department or a project may use of one node pool.

use auth_core::{Error, Result, display_text};

use super::call::named;
use super::generated::shared as wire;
use super::model::MemoryUnits;

/// The quota of a department or a project in one node pool.
///
/// Amounts are in the API's units: GPUs, and for memory those of [`Quota::memory_units`]; the vendor's description does not name the unit of CPU amounts.
///
/// # Examples
/// ```
/// use runai_auth::admin::Quota;
///
/// let quota = Quota::in_node_pool("4").gpus(2.0).gpu_limit(8.0);
/// assert_eq!(quota.gpu.deserved, Some(2.0));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
#[must_use]
pub struct Quota {
    /// The node pool's id; `None` leaves the choice of the node pool to the control plane.
    pub node_pool_id: Option<String>,
    /// The node pool's name, in responses.
    pub node_pool_name: Option<String>,
    /// GPUs.
    pub gpu: Amount,
    /// CPUs, if the control plane limits them.
    pub cpu: Option<Amount>,
    /// CPU memory, if the control plane limits it.
    pub memory: Option<Amount>,
    /// The unit of the memory; [`MemoryUnits::Mib`] unless another is set.
    pub memory_units: Option<MemoryUnits>,
    /// The priority in over-quota scheduling, by its name.
    pub priority: Option<String>,
}

/// An amount of one resource.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct Amount {
    /// The guaranteed amount.
    pub deserved: Option<f64>,
    /// The most that may be used beyond the guarantee.
    pub limit: Option<f64>,
    /// The weight in the distribution of unused resources.
    pub over_quota_weight: Option<f64>,
}

impl Quota {
    /// Creates a quota of nothing in a node pool, by its id; by its name as well where names are resolved, as in
    /// [`Projects::resolve`](super::Projects::resolve).
    pub fn in_node_pool(id: impl Into<String>) -> Self {
        Self {
            node_pool_id: Some(id.into()),
            ..Self::default()
        }
    }

    /// Creates a quota of nothing, whose node pool the control plane chooses.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the guaranteed number of GPUs.
    pub fn gpus(mut self, gpus: f64) -> Self {
        self.gpu.deserved = Some(gpus);
        self
    }

    /// Sets the most GPUs that may be used.
    pub fn gpu_limit(mut self, gpus: f64) -> Self {
        self.gpu.limit = Some(gpus);
        self
    }

    /// Sets the weight in the distribution of unused GPUs.
    pub fn over_quota_weight(mut self, weight: f64) -> Self {
        self.gpu.over_quota_weight = Some(weight);
        self
    }

    /// Sets the guaranteed amount of CPU, in the API's unit.
    pub fn cpus(mut self, cpus: f64) -> Self {
        self.cpu.get_or_insert_default().deserved = Some(cpus);
        self
    }

    /// Sets the guaranteed amount of CPU memory.
    pub fn memory(mut self, memory: f64, units: MemoryUnits) -> Self {
        self.memory.get_or_insert_default().deserved = Some(memory);
        self.memory_units = Some(units);
        self
    }

    /// Sets the priority, by its name.
    pub fn priority(mut self, priority: impl Into<String>) -> Self {
        self.priority = Some(priority.into());
        self
    }

    pub(super) fn read(wire: wire::Resources) -> Self {
        let (node_pool_id, node_pool_name) = match wire.node_pool {
            Some(pool) => (pool.id, pool.name),
            None => (None, None),
        };
        let gpu = wire.gpu.map(|gpu| Amount {
            deserved: gpu.deserved,
            limit: gpu.limit,
            over_quota_weight: gpu.over_quota_weight,
        });
        let cpu = wire.cpu.map(|cpu| Amount {
            deserved: cpu.deserved,
            limit: cpu.limit,
            over_quota_weight: cpu.over_quota_weight,
        });
        let units = wire.memory.as_ref().and_then(|it| it.units.as_ref());
        Self {
            node_pool_id,
            node_pool_name,
            gpu: gpu.unwrap_or_default(),
            cpu,
            memory_units: units.map(|units| MemoryUnits::from(units.as_str())),
            memory: wire.memory.map(|memory| Amount {
                deserved: memory.deserved,
                limit: memory.limit,
                over_quota_weight: memory.over_quota_weight,
            }),
            priority: wire.priority,
        }
    }

    pub(super) fn read_all(wire: Option<Vec<wire::Resources>>) -> Vec<Self> {
        wire.into_iter().flatten().map(Self::read).collect()
    }

    pub(super) fn write(&self) -> wire::ResourcesNullable {
        let units = self.memory_units.as_ref().unwrap_or(&MemoryUnits::Mib);
        let pool = self.node_pool_id.clone();
        wire::ResourcesNullable {
            node_pool: pool.map(|id| wire::NodePoolReference {
                id,
                name: self.node_pool_name.clone(),
            }),
            gpu: Some(wire::GpuResource {
                deserved: self.gpu.deserved,
                limit: self.gpu.limit,
                over_quota_weight: self.gpu.over_quota_weight,
            }),
            cpu: self.cpu.map(|cpu| wire::CpuResource {
                deserved: cpu.deserved,
                limit: cpu.limit,
                over_quota_weight: cpu.over_quota_weight,
            }),
            memory: self.memory.map(|memory| wire::MemoryResource {
                deserved: memory.deserved,
                limit: memory.limit,
                over_quota_weight: memory.over_quota_weight,
                units: units.as_str().to_owned().into(),
            }),
            priority: self.priority.clone(),
        }
    }
}

/// Rejects two quotas for one node pool, of which the API would keep one at most.
pub(super) fn check_node_pools(quotas: &[Quota]) -> Result<()> {
    for (at, quota) in quotas.iter().enumerate() {
        let earlier = quotas.iter().take(at);
        let mut earlier = earlier.map(|other| &other.node_pool_id);
        if earlier.any(|other| *other == quota.node_pool_id) {
            let pool = quota.node_pool_name.as_ref();
            return Err(match pool.or(quota.node_pool_id.as_ref()) {
                Some(pool) => twice(&display_text(pool), ""),
                None => twice("default", ", neither of which names a node pool"),
            });
        }
    }
    Ok(())
}

/// The error for a node pool that has two quotas.
pub(super) fn twice(node_pool: &str, which: &str) -> Error {
    named(Error::config(format!(
        "node pool \"{node_pool}\" has two quotas{which}: keep one of them"
    )))
}
