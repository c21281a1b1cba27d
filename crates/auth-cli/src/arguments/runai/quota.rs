//! The quotas of node pools as options: `--gpus` and `--quota`.

use clap::Args;
use runai_auth::admin::{MemoryUnits, Quota};

/// Quotas of a department or a project.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct QuotaArguments {
    /// Guarantee this many GPUs, in the default node pool.
    #[arg(long, value_name = "N", value_parser = amount)]
    pub(crate) gpus: Option<f64>,
    /// Guarantee this many GPUs in a node pool, by its id or name, such as 'a100=2' or 'a100=2,limit=8,weight=1,cpus=4,memory=64GB'; can be repeated.
    #[arg(long = "quota", value_name = "POOL=GPUS", value_parser = pool_quota)]
    pub(crate) quotas: Vec<PoolQuota>,
}

/// The amounts in one node pool that the user wrote; the others are not changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct PoolQuota {
    /// None for the default node pool.
    pub(crate) pool: Option<String>,
    gpus: f64,
    limit: Option<f64>,
    weight: Option<f64>,
    cpus: Option<f64>,
    memory: Option<(f64, MemoryUnits)>,
}

impl QuotaArguments {
    /// Returns all of them, that of the default node pool first.
    pub(crate) fn all(&self) -> Vec<PoolQuota> {
        let of_default = self.gpus.map(|gpus| PoolQuota {
            gpus,
            ..PoolQuota::default()
        });
        of_default
            .into_iter()
            .chain(self.quotas.iter().cloned())
            .collect()
    }
}

impl PoolQuota {
    /// Returns a new quota, whose node pool may be a name.
    pub(crate) fn quota(&self) -> Quota {
        self.applied_to(match &self.pool {
            Some(pool) => Quota::in_node_pool(pool),
            None => Quota::new(),
        })
    }

    /// Changes what the user wrote, and nothing else.
    pub(crate) fn applied_to(&self, quota: Quota) -> Quota {
        let mut quota = quota.gpus(self.gpus);
        if let Some(limit) = self.limit {
            quota = quota.gpu_limit(limit);
        }
        if let Some(weight) = self.weight {
            quota = quota.over_quota_weight(weight);
        }
        if let Some(cpus) = self.cpus {
            quota = quota.cpus(cpus);
        }
        if let Some((memory, units)) = &self.memory {
            quota = quota.memory(*memory, units.clone());
        }
        quota
    }
}

/// Writes it as the user may have done.
impl std::fmt::Display for PoolQuota {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(pool) = &self.pool {
            write!(f, "{pool}=")?;
        }
        write!(f, "{}", self.gpus)?;
        let amounts = [
            ("limit", self.limit),
            ("weight", self.weight),
            ("cpus", self.cpus),
        ];
        for (name, amount) in amounts {
            if let Some(amount) = amount {
                write!(f, ",{name}={amount}")?;
            }
        }
        if let Some((memory, units)) = &self.memory {
            write!(f, ",memory={memory}{units}")?;
        }
        Ok(())
    }
}

pub(super) fn pool_quota(text: &str) -> Result<PoolQuota, String> {
    let mut parts = text.split(',');
    let first = parts.next().unwrap_or_default();
    let (pool, gpus) = first
        .rsplit_once('=')
        .filter(|(pool, _)| !pool.trim().is_empty())
        .ok_or("expected a node pool, an equals sign and a number of GPUs, such as 'a100=2'")?;
    // Most messages show names without it.
    if pool.trim() != pool {
        return Err(format!("the node pool {pool:?} has white space at an end"));
    }
    let mut quota = PoolQuota {
        pool: Some(pool.to_owned()),
        gpus: amount(gpus)?,
        ..PoolQuota::default()
    };
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name {
            "limit" => quota.limit = Some(amount(value)?),
            "weight" => quota.weight = Some(amount(value)?),
            "cpus" => quota.cpus = Some(amount(value)?),
            "memory" => quota.memory = Some(memory(value)?),
            _ => {
                return Err(format!(
                    "{name:?} is not known: use limit, weight, cpus or memory"
                ));
            }
        }
    }
    Ok(quota)
}

pub(super) fn amount(text: &str) -> Result<f64, String> {
    let number = text.parse().ok();
    number
        .filter(|number: &f64| number.is_finite() && *number >= 0.0)
        .ok_or_else(|| format!("{text:?} is not a number of 0 or more, such as 2 or 0.5"))
}

fn memory(text: &str) -> Result<(f64, MemoryUnits), String> {
    let end = text.find(|letter: char| letter.is_ascii_alphabetic());
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let units = match unit.to_ascii_lowercase().as_str() {
        "mib" => MemoryUnits::Mib,
        "mb" => MemoryUnits::Megabytes,
        "gb" => MemoryUnits::Gigabytes,
        _ => return Err("the memory needs a unit, MiB, MB or GB, such as '64GB'".to_owned()),
    };
    Ok((amount(number)?, units))
}

#[cfg(test)]
mod tests;
