//! Node pools, which are only listed.

use auth_core::Result;
use futures_util::TryStreamExt as _;
use runai_auth::admin::{Admin, NodePool};
use serde::Serialize;

use super::organization::{self, Place, find, selected};
use crate::arguments::runai::NodePoolsCommand;
use crate::failure::Failure;
use crate::output::{Listed, print_count, print_one};

pub(super) async fn run(
    admin: &Admin,
    command: NodePoolsCommand,
) -> std::result::Result<(), Failure> {
    let pools = admin.node_pools();
    match command {
        NodePoolsCommand::List(arguments) => {
            let query = selected(admin, pools.list(), &arguments.filter).await?;
            organization::list::<_, Printed>(query, &arguments.sort, &arguments.list).await
        }
        NodePoolsCommand::Count(arguments) => {
            let query = selected(admin, pools.list(), &arguments.filter).await?;
            print_count(query.count().await?, &arguments.list)
        }
        NodePoolsCommand::Get(arguments) => {
            let found = find(admin, "node pool", &arguments.place, places(admin)).await?;
            let pool = pools.get(&found.id).await?;
            print_one(Printed::from(pool), &arguments.list)
        }
    }
}

async fn places(admin: &Admin) -> Result<Vec<Place>> {
    let all = admin.node_pools().list().stream().map_ok(|one| Place {
        id: one.id,
        name: one.name,
        cluster_id: one.cluster_id,
    });
    all.try_collect().await
}

/// A node pool as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct Printed {
    id: String,
    name: String,
    cluster_id: String,
    cluster_name: Option<String>,
    phase: Option<String>,
    phase_message: Option<String>,
    is_default: Option<bool>,
    label_key: Option<String>,
    label_value: Option<String>,
    created_by: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

impl From<NodePool> for Printed {
    fn from(pool: NodePool) -> Self {
        Self {
            id: pool.id,
            name: pool.name,
            cluster_id: pool.cluster_id,
            cluster_name: pool.cluster_name,
            phase: pool.phase.map(|phase| phase.to_string()),
            phase_message: pool.phase_message,
            is_default: pool.is_default,
            label_key: pool.label_key,
            label_value: pool.label_value,
            created_by: pool.created_by,
            created_at: pool.created_at,
            updated_at: pool.updated_at,
        }
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] = &["id", "name", "cluster", "phase", "label"];

    fn cells(&self) -> Vec<String> {
        let label = [&self.label_key, &self.label_value];
        let label: Vec<_> = label.into_iter().flatten().map(String::as_str).collect();
        vec![
            self.id.clone(),
            self.name.clone(),
            self.cluster_name
                .clone()
                .unwrap_or_else(|| self.cluster_id.clone()),
            self.phase.clone().unwrap_or_default(),
            label.join("="),
        ]
    }
}
