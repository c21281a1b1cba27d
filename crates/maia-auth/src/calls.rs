//! Maia's own calls, as methods of a client.

use auth_core::vendor::ApiClient;

use crate::executions::Executions;
use crate::lists::{Environment, List, Pipeline, Project};

/// Maia's own calls, as methods of a [`Client`](crate::Client).
#[derive(Debug, Clone)]
pub struct Calls {
    pub(crate) api: ApiClient,
}

impl Calls {
    /// Returns a request for the list of projects; nothing is sent yet.
    pub fn projects(&self) -> List<Project> {
        Project::list(&self.api)
    }

    /// Returns a request for the list of a project's environments; nothing is sent yet.
    pub fn environments(&self, project: &str) -> List<Environment> {
        Environment::list(&self.api, project)
    }

    /// Returns a request for the list of a project's published pipelines; nothing is sent yet.
    pub fn pipelines(&self, project: &str) -> List<Pipeline> {
        Pipeline::list(&self.api, project)
    }

    /// Returns the pipeline executions.
    pub fn executions(&self) -> Executions {
        Executions {
            api: self.api.clone(),
        }
    }
}
