//! Projects and their quotas.

use auth_core::Result;
use futures_util::TryStreamExt as _;
use runai_auth::admin::{Admin, FilterOperator, NewProject, Project, ProjectPhase, Query};
use serde::Serialize;

use super::departments;
use super::organization::{Place, entry, find, print_deletion, selected, sorted};
use super::quotas::{self, PrintedQuota, cell};
use crate::arguments::runai::{
    PlaceDeleteArguments, ProjectCreateArguments, ProjectFilterArguments, ProjectsCommand,
    SetQuotaArguments,
};
use crate::confirm;
use crate::failure::Failure;
use crate::lookup::{self, Kind, Names};
use crate::output::{Listed, print_count, print_list, print_one, render_one};
use crate::progress::counted;
use crate::secrets::{Words, Work, printed, quoted};

pub(super) async fn run(
    admin: &Admin,
    command: ProjectsCommand,
) -> std::result::Result<(), Failure> {
    match command {
        ProjectsCommand::List(arguments) => {
            let query = narrowed(admin, &arguments.filter).await?;
            let query = sorted(query, &arguments.sort);
            let all = counted(query.stream().map_ok(Printed::from)).await?;
            print_list(&all, &arguments.list)
        }
        ProjectsCommand::Count(arguments) => {
            let query = narrowed(admin, &arguments.filter).await?;
            print_count(query.count().await?, &arguments.list)
        }
        ProjectsCommand::Get(arguments) => {
            let found = find(admin, NOUN, &arguments.place, places(admin)).await?;
            let project = admin.projects().get(&found.id).await?;
            print_one(Printed::from(project), &arguments.list)
        }
        ProjectsCommand::Create(arguments) => create(admin, &arguments).await,
        ProjectsCommand::SetQuota(arguments) => set_quota(admin, &arguments).await,
        ProjectsCommand::Delete(arguments) => delete(admin, &arguments).await,
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
        let kind = Kind::of_control_plane("department");
        let list = async {
            let all = departments::places(admin).await?.into_iter();
            Ok(all.map(entry).collect())
        };
        let found = lookup::find(kind, text, Names::Exact, list).await?;
        query = query.filter("parentId", FilterOperator::Equals, found.id);
    }
    Ok(match &arguments.search {
        Some(text) => query.search(text),
        None => query,
    })
}

async fn create(
    admin: &Admin,
    arguments: &ProjectCreateArguments,
) -> std::result::Result<(), Failure> {
    let maybe = format!(
        "project {} may have been created: look for it with `vauth runai projects list`",
        arguments.name
    );
    let mut work = Work::start(Words::plain("nothing was created", maybe))?;
    let projects = admin.projects();
    let mut project = NewProject::new(&arguments.name, &arguments.cluster);
    if let Some(department) = &arguments.department {
        project = project.department(department);
    }
    if let Some(namespace) = &arguments.namespace {
        project = project.namespace(namespace);
    }
    if let Some(description) = &arguments.description {
        project = project.description(description);
    }
    for quota in arguments.quota.all() {
        project = project.quota(quota.quota());
    }
    let project = work.prepare(projects.resolve(project)).await?;
    let project = work.during(projects.create(&project)).await?;
    let state = format!(
        "project {} exists now with the id {}",
        project.name, project.id
    );
    let bytes = render_one(&Printed::from(project), &arguments.list)?;
    printed(work.print(bytes).await, state)
}

async fn set_quota(
    admin: &Admin,
    arguments: &SetQuotaArguments,
) -> std::result::Result<(), Failure> {
    let maybe = format!(
        "the quota of the project may have been changed: see it with `vauth runai projects get {}`",
        quoted(&arguments.place.id)
    );
    let mut work = Work::start(Words::plain("nothing was changed", maybe))?;
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
    print_one(Printed::from(project), &arguments.list)
}

async fn delete(
    admin: &Admin,
    arguments: &PlaceDeleteArguments,
) -> std::result::Result<(), Failure> {
    let about = |text: &str| format!("delete project {text}");
    confirm::check(&about(&arguments.place.id), &arguments.confirm)?;
    let found = find(admin, NOUN, &arguments.place, places(admin)).await?;
    confirm::confirm(&about(&found.label), &arguments.confirm)?;
    let deletion = admin.projects().delete(&found.id).await?;
    print_deletion(deletion, &found, &arguments.list)
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

const NOUN: &str = "project";
