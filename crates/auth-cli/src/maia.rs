//! `vauth maia`: commands for Maia's own API.

use futures_util::TryStreamExt as _;
use maia_auth::Project;
use serde::Serialize;

use crate::arguments::{MaiaCommand, ProjectsArguments};
use crate::failure::Failure;
use crate::output::{Listed, print_list};
use crate::progress::counted;
use crate::settings::Settings;

pub(crate) async fn run(command: MaiaCommand, settings: &Settings) -> Result<(), Failure> {
    match command {
        MaiaCommand::Projects(arguments) => projects(&arguments, settings).await,
    }
}

async fn projects(arguments: &ProjectsArguments, settings: &Settings) -> Result<(), Failure> {
    let projects = settings.maia()?.projects();
    let projects = projects.page_size(arguments.page_size).stream();
    let projects = counted(projects.map_ok(Printed::from)).await?;
    print_list(&projects, &arguments.list)
}

/// A project as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct Printed {
    id: String,
    name: String,
    description: Option<String>,
}

impl From<Project> for Printed {
    fn from(project: Project) -> Self {
        Self {
            id: project.id().to_owned(),
            name: project.name().to_owned(),
            description: project.description().map(str::to_owned),
        }
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] = &["id", "name", "description"];

    fn cells(&self) -> Vec<String> {
        let description = self.description.clone().unwrap_or_default();
        vec![self.id.clone(), self.name.clone(), description]
    }
}
