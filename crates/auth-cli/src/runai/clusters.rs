//! Clusters, which are only listed.

use runai_auth::admin::{Admin, Cluster};
use serde::Serialize;

use super::organization;
use crate::arguments::runai::ClustersCommand;
use crate::failure::Failure;
use crate::output::{Listed, print_list, print_one};

pub(super) async fn run(admin: &Admin, command: ClustersCommand) -> Result<(), Failure> {
    match command {
        ClustersCommand::List(arguments) => {
            let all = admin.clusters().list().await?;
            let all: Vec<_> = all.into_iter().map(Printed::from).collect();
            print_list(&all, &arguments)
        }
        ClustersCommand::Get(arguments) => {
            let found = organization::cluster(admin, &arguments.id).await?;
            let cluster = admin.clusters().get(&found.id).await?;
            print_one(Printed::from(cluster), &arguments.list)
        }
    }
}

/// A cluster as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct Printed {
    id: String,
    name: String,
    state: Option<String>,
    domain: Option<String>,
    version: Option<String>,
    kubernetes_version: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    last_seen_at: Option<String>,
}

impl From<Cluster> for Printed {
    fn from(cluster: Cluster) -> Self {
        Self {
            id: cluster.id,
            name: cluster.name,
            state: cluster.state.map(|state| state.to_string()),
            domain: cluster.domain,
            version: cluster.version,
            kubernetes_version: cluster.kubernetes_version,
            created_at: cluster.created_at,
            updated_at: cluster.updated_at,
            last_seen_at: cluster.last_seen_at,
        }
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] = &["id", "name", "state", "version", "kubernetes"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.name.clone(),
            self.state.clone().unwrap_or_default(),
            self.version.clone().unwrap_or_default(),
            self.kubernetes_version.clone().unwrap_or_default(),
        ]
    }
}
