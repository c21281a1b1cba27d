//! Projects and their quotas.

use auth_core::Result;
use futures_util::TryStreamExt as _;
use runai_auth::admin::{Admin, FilterOperator, NewProject, Project, ProjectPhase, Query};
use serde::Serialize;

use super::departments;
use super::organization::{self, Place, find, find_in_any, selected};
use super::quotas::{self, PrintedQuota, cell};
use crate::arguments::runai::{
    ProjectCreateArguments, ProjectFilterArguments, ProjectsCommand, SetQuotaArguments,
};
use crate::failure::Failure;
use crate::output::{Listed, print_count, print_one, render_one};
use crate::quoting::quoted;
use crate::work::{Work, printed};

pub(super) async fn run(
    admin: &Admin,
    command: ProjectsCommand,
) -> std::result::Result<(), Failure> {
    let projects = admin.projects();
    match command {
        ProjectsCommand::List(arguments) => {
            let query = narrowed(admin, &arguments.filter).await?;
            organization::list::<_, Printed>(query, &arguments.sort, &arguments.list).await
        }
        ProjectsCommand::Count(arguments) => {
            let query = narrowed(admin, &arguments.filter).await?;
            print_count(query.count().await?, &arguments.list)
        }
        ProjectsCommand::Get(arguments) => {
            let found = find(admin, NOUN, &arguments.place, places(admin)).await?;
            let project = projects.get(&found.id).await?;
            print_one(Printed::from(project), &arguments.list)
        }
        ProjectsCommand::Create(arguments) => {
            let resolve = projects.resolve(new(&arguments));
            organization::create(NOUN, &arguments.unit, resolve, async |new| {
                projects.create(&new).await.map(Printed::from)
            })
            .await
        }
        ProjectsCommand::SetQuota(arguments) => set_quota(admin, &arguments).await,
        ProjectsCommand::Delete(arguments) => {
            organization::delete(admin, NOUN, &arguments, places(admin), async |id| {
                projects.delete(id).await
            })
            .await
        }
    }
}

/// Lists the projects for a lookup, without those that are being deleted, whose names will be free.
pub(super) async fn places(admin: &Admin) -> Result<Vec<Place>> {
    let mut all = admin.projects().list().stream();
    let mut places = Vec::new();
    while let Some(project) = all.try_next().await? {
        let is_leaving = matches!(
            project.phase,
            Some(ProjectPhase::Deleting | ProjectPhase::Deleted)
        );
        if !is_leaving {
            places.push(Place {
                id: project.id,
                name: project.name,
                cluster_id: project.cluster_id,
            });
        }
    }
    Ok(places)
}

async fn narrowed(admin: &Admin, arguments: &ProjectFilterArguments) -> Result<Query<Project>> {
    let query = admin.projects().list();
    let mut query = selected(admin, query, &arguments.filter).await?;
    if let Some(text) = &arguments.department {
        let list = departments::places(admin);
        let found = find_in_any(departments::NOUN, text, list).await?;
        query = query.filter("parentId", FilterOperator::Equals, found.id);
    }
    Ok(match &arguments.search {
        Some(text) => query.search(text),
        None => query,
    })
}

fn new(arguments: &ProjectCreateArguments) -> NewProject {
    let unit = &arguments.unit;
    let mut project = NewProject::new(&unit.name, unit.cluster_or_only());
    if let Some(department) = &arguments.department {
        project = project.department(department);
    }
    if let Some(namespace) = &arguments.namespace {
        project = project.namespace(namespace);
    }
    if let Some(description) = &unit.description {
        project = project.description(description);
    }
    for quota in unit.quota.all() {
        project = project.quota(quota.quota());
    }
    project
}

async fn set_quota(
    admin: &Admin,
    arguments: &SetQuotaArguments,
) -> std::result::Result<(), Failure> {
    let maybe = format!(
        "the quota of the project may have been changed: see it with `vauth runai projects get {}`",
        quoted(&arguments.place.id)
    );
    let mut work = Work::start("nothing was changed", maybe)?;
    let projects = admin.projects();
    let found = find(admin, NOUN, &arguments.place, places(admin));
    let found = work.prepare(found).await?;
    let mut project = work.prepare(projects.get(&found.id)).await?;
    let wanted = arguments.quota.all();
    let changed = quotas::changed(admin, &project, &wanted);
    let changed = work.prepare(changed).await?;
    project.quotas = work
        .during(projects.set_quotas(&found.id, &changed))
        .await?;
    let gpus = project.quotas.iter();
    let gpus = gpus.filter_map(|quota| quota.gpu.deserved);
    // The sum of nothing is a negative zero.
    project.total_gpus = Some(gpus.sum::<f64>() + 0.0);
    let state = format!("the quota of project {} was changed", project.name);
    let bytes = render_one(&Printed::from(project), &arguments.list)?;
    printed(work.print(bytes).await, state)
}

/// A project as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct Printed {
    id: String,
    name: String,
    cluster_id: String,
    department_id: String,
    department_name: Option<String>,
    namespace: Option<String>,
    phase: Option<String>,
    phase_message: Option<String>,
    description: Option<String>,
    total_gpus: Option<f64>,
    quotas: Vec<PrintedQuota>,
    created_by: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

impl From<Project> for Printed {
    fn from(project: Project) -> Self {
        let quotas = project.quotas.into_iter();
        Self {
            id: project.id,
            name: project.name,
            cluster_id: project.cluster_id,
            department_id: project.department_id,
            department_name: project.department_name,
            namespace: project.namespace,
            phase: project.phase.map(|phase| phase.to_string()),
            phase_message: project.phase_message,
            description: project.description,
            total_gpus: project.total_gpus,
            quotas: quotas.map(PrintedQuota::from).collect(),
            created_by: project.created_by,
            created_at: project.created_at,
            updated_at: project.updated_at,
        }
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] =
        &["id", "name", "department", "phase", "gpus", "quotas"];

    fn cells(&self) -> Vec<String> {
        let department = self.department_name.as_ref();
        vec![
            self.id.clone(),
            self.name.clone(),
            department.unwrap_or(&self.department_id).clone(),
            self.phase.clone().unwrap_or_default(),
            self.total_gpus
                .map_or_else(String::new, |gpus| gpus.to_string()),
            cell(&self.quotas),
        ]
    }
}

pub(super) const NOUN: &str = "project";
