//! Departments and their quotas.

use auth_core::Result;
use futures_util::TryStreamExt as _;
use runai_auth::admin::{Admin, Department, NewDepartment};
use serde::Serialize;

use super::organization::{self, Place, find, selected};
use super::quotas::{PrintedQuota, cell};
use crate::arguments::runai::{DepartmentsCommand, UnitArguments};
use crate::failure::Failure;
use crate::output::{Listed, print_count, print_one};

pub(super) async fn run(
    admin: &Admin,
    command: DepartmentsCommand,
) -> std::result::Result<(), Failure> {
    let departments = admin.departments();
    match command {
        DepartmentsCommand::List(arguments) => {
            let query = selected(admin, departments.list(), &arguments.filter).await?;
            organization::list::<_, Printed>(query, &arguments.sort, &arguments.list).await
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
        DepartmentsCommand::Create(arguments) => {
            let resolve = departments.resolve(new(&arguments));
            organization::create(NOUN, &arguments, resolve, async |new| {
                departments.create(&new).await.map(Printed::from)
            })
            .await
        }
        DepartmentsCommand::Delete(arguments) => {
            organization::delete(admin, NOUN, &arguments, places(admin), async |id| {
                departments.delete(id).await
            })
            .await
        }
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

fn new(arguments: &UnitArguments) -> NewDepartment {
    let mut department = NewDepartment::new(&arguments.name, arguments.cluster_or_only());
    if let Some(description) = &arguments.description {
        department = department.description(description);
    }
    for quota in arguments.quota.all() {
        department = department.quota(quota.quota());
    }
    department
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

pub(super) const NOUN: &str = "department";
