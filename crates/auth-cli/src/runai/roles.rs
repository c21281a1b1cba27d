//! Roles and permissions.

use auth_core::Error;
use runai_auth::admin::{Action, Admin, Permission, PermittedScopes, Role, RoleId, RoleV1};
use serde::Serialize;

use crate::arguments::ListArguments;
use crate::arguments::runai::{PermittedScopesArguments, RolesCommand};
use crate::failure::Failure;
use crate::lookup::{self, Comparison, Entry};
use crate::output::{Listed, print_json, print_list};

pub(super) async fn run(admin: &Admin, command: RolesCommand) -> Result<(), Failure> {
    match command {
        RolesCommand::List(arguments) => {
            let roles = admin.roles().list().await?;
            let roles: Vec<_> = roles.into_iter().map(PrintedRole::from).collect();
            print_list(&roles, &arguments)
        }
        RolesCommand::Get(arguments) => {
            let found = lookup::find(
                role_kind(),
                &arguments.id,
                Comparison::Exact,
                entries(admin),
            )
            .await?;
            let role = admin.roles().get_details(found.id).await?;
            print_json(&PrintedDetails::from(role))
        }
    }
}

/// Finds a role by its id or its name; what is not in the list is an error, since a rule would be created with it.
pub(super) async fn find(admin: &Admin, text: &str) -> Result<RoleId, Error> {
    let found = lookup::choose(role_kind(), text, Comparison::Exact, &entries(admin).await?)?;
    Ok(RoleId::from(found.id))
}

fn role_kind() -> lookup::Collection<'static> {
    lookup::Collection::of_control_plane("role")
}

async fn entries(admin: &Admin) -> Result<Vec<Entry>, Error> {
    let all = admin.roles().list().await?.into_iter();
    let entries = all.map(|role| Entry::new(role.id.to_string(), role.name));
    Ok(entries.collect())
}

/// Lists the available permissions.
pub(super) async fn permissions(admin: &Admin, arguments: &ListArguments) -> Result<(), Failure> {
    let all = admin.permissions().list().await?;
    let all: Vec<_> = all.into_iter().map(PrintedPermission::from).collect();
    print_list(&all, arguments)
}

/// Prints the caller's permissions for a resource type, and their scopes.
pub(super) async fn permitted_scopes(
    admin: &Admin,
    arguments: &PermittedScopesArguments,
) -> Result<(), Failure> {
    let action = arguments.action.as_deref().map(Action::from);
    let permissions = admin.permissions();
    let permitted = permissions
        .permitted_scopes(&arguments.resource_type, action.as_ref())
        .await?;
    print_json(&PrintedActions {
        create: permitted.create.into(),
        read: permitted.read.into(),
        update: permitted.update.into(),
        delete: permitted.delete.into(),
    })
}

/// The scopes of each action.
#[derive(Serialize)]
struct PrintedActions {
    create: PrintedScopes,
    read: PrintedScopes,
    update: PrintedScopes,
    delete: PrintedScopes,
}

/// The scopes of one action.
#[derive(Serialize)]
struct PrintedScopes {
    system: bool,
    tenants: Vec<String>,
    clusters: Vec<String>,
    departments: Vec<String>,
    projects: Vec<String>,
}

impl From<PermittedScopes> for PrintedScopes {
    fn from(scopes: PermittedScopes) -> Self {
        Self {
            system: scopes.system,
            tenants: scopes.tenants,
            clusters: scopes.clusters,
            departments: scopes.departments,
            projects: scopes.projects,
        }
    }
}

/// A role as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct PrintedRole {
    id: String,
    name: String,
}

/// A role with its permissions.
#[derive(Serialize)]
struct PrintedDetails {
    id: String,
    name: String,
    description: Option<String>,
    custom: Option<bool>,
    enabled: Option<bool>,
    permissions: Vec<PrintedPermission>,
}

/// The permitted actions on one resource type.
#[derive(Serialize)]
struct PrintedPermission {
    resource_type: String,
    group: Option<String>,
    actions: Vec<String>,
}

impl From<Role> for PrintedRole {
    fn from(role: Role) -> Self {
        Self {
            id: role.id.to_string(),
            name: role.name,
        }
    }
}

impl From<RoleV1> for PrintedDetails {
    fn from(role: RoleV1) -> Self {
        let permissions = role.permissions.into_iter();
        Self {
            id: role.id.to_string(),
            name: role.name,
            description: role.description,
            custom: role.custom,
            enabled: role.enabled,
            permissions: permissions.map(PrintedPermission::from).collect(),
        }
    }
}

impl From<Permission> for PrintedPermission {
    fn from(permission: Permission) -> Self {
        let actions = permission.actions.iter();
        Self {
            resource_type: permission.resource_type,
            group: permission.group_id,
            actions: actions.map(ToString::to_string).collect(),
        }
    }
}

impl Listed for PrintedRole {
    const COLUMNS: &'static [&'static str] = &["id", "name"];

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone(), self.name.clone()]
    }
}

impl Listed for PrintedPermission {
    const COLUMNS: &'static [&'static str] = &["resource", "group", "actions"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.resource_type.clone(),
            self.group.clone().unwrap_or_default(),
            self.actions.join(" "),
        ]
    }
}
