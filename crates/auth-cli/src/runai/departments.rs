//! Departments and their quotas.

use auth_core::Result;
use futures_util::TryStreamExt as _;
use runai_auth::admin::{Admin, Department, NewDepartment};
use serde::Serialize;

use super::organization::{Place, find, print_deletion, selected, sorted};
use super::quotas::{PrintedQuota, cell};
use crate::arguments::runai::{
    DepartmentCreateArguments, DepartmentsCommand, PlaceDeleteArguments,
};
use crate::confirm;
use crate::failure::Failure;
use crate::output::{Listed, print_count, print_list, print_one, render_one};
use crate::progress::counted;
use crate::secrets::{Words, Work, printed};

pub(super) async fn run(
    admin: &Admin,
    command: DepartmentsCommand,
) -> std::result::Result<(), Failure> {
    let departments = admin.departments();
    match command {
        DepartmentsCommand::List(arguments) => {
            let query = selected(admin, departments.list(), &arguments.filter).await?;
            let query = sorted(query, &arguments.sort);
            let all = counted(query.stream().map_ok(Printed::from)).await?;
            print_list(&all, &arguments.list)
        }
        DepartmentsCommand::Count(arguments) => {
            let query = selected(admin, departments.list(), &arguments.filter).await?;
            print_count(query.count().await?, &arguments.list)
        }
        DepartmentsCommand::Get(arguments) => {
            let found = find(admin, NOUN, &arguments.place, places(admin)).await?;
            let department = departments.get(&found.id).await?;
            print_one(Printed::from(department), &arguments.list)
        }
        DepartmentsCommand::Create(arguments) => create(admin, &arguments).await,
        DepartmentsCommand::Delete(arguments) => delete(admin, &arguments).await,
    }
}

/// Lists the departments for a lookup.
pub(super) async fn places(admin: &Admin) -> Result<Vec<Place>> {
    let all = admin.departments().list().stream().map_ok(|one| Place {
        id: one.id,
        name: one.name,
        cluster_id: one.cluster_id,
    });
    all.try_collect().await
}

async fn create(
    admin: &Admin,
    arguments: &DepartmentCreateArguments,
) -> std::result::Result<(), Failure> {
    let maybe = format!(
        "department {} may have been created: look for it with `vauth runai departments list`",
        arguments.name
    );
    let mut work = Work::start(Words::plain("nothing was created", maybe))?;
    let departments = admin.departments();
    let mut department = NewDepartment::new(&arguments.name, &arguments.cluster);
    if let Some(description) = &arguments.description {
        department = department.description(description);
    }
    for quota in arguments.quota.all() {
        department = department.quota(quota.quota());
    }
    let department = work.prepare(departments.resolve(department)).await?;
    let department = work.during(departments.create(&department)).await?;
    let state = format!(
        "department {} exists now with the id {}",
        department.name, department.id
    );
    let bytes = render_one(&Printed::from(department), &arguments.list)?;
    printed(work.print(bytes).await, state)
}

async fn delete(
    admin: &Admin,
    arguments: &PlaceDeleteArguments,
) -> std::result::Result<(), Failure> {
    let about = |text: &str| format!("delete department {text}");
    confirm::check(&about(&arguments.place.id), &arguments.confirm)?;
    let found = find(admin, NOUN, &arguments.place, places(admin)).await?;
    confirm::confirm(&about(&found.label), &arguments.confirm)?;
    let deletion = admin.departments().delete(&found.id).await?;
    print_deletion(deletion, &found, &arguments.list)
}

/// A department as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct Printed {
    id: String,
    name: String,
    cluster_id: String,
    description: Option<String>,
    total_gpus: Option<f64>,
    quotas: Vec<PrintedQuota>,
    created_by: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

impl From<Department> for Printed {
    fn from(department: Department) -> Self {
        let quotas = department.quotas.into_iter();
        Self {
            id: department.id,
            name: department.name,
            cluster_id: department.cluster_id,
            description: department.description,
            total_gpus: department.total_gpus,
            quotas: quotas.map(PrintedQuota::from).collect(),
            created_by: department.created_by,
            created_at: department.created_at,
            updated_at: department.updated_at,
        }
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] = &["id", "name", "cluster", "gpus", "quotas"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.name.clone(),
            self.cluster_id.clone(),
            self.total_gpus
                .map_or_else(String::new, |gpus| gpus.to_string()),
            cell(&self.quotas),
        ]
    }
}

const NOUN: &str = "department";
