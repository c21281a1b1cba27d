//! Where the account gets its role: a department and a project that exist or are created, and the scope.

use auth_core::{Error, Result, SideEffect, display_text};

use super::teller::Teller;
use super::{BootstrapEvent, BootstrapFuture};
use crate::admin::Admin;
use crate::admin::call::named;
use crate::admin::departments::{Department, NewDepartment};
use crate::admin::ensure::{Ensured, create_unless_there};
use crate::admin::model::{AccessScope, ScopeType};
use crate::admin::projects::{NewProject, Project};
use crate::admin::scope::ScopeName;

/// What a program asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Wish {
    pub(super) department: Option<NewDepartment>,
    pub(super) project: Option<NewProject>,
    pub(super) scope: Option<ScopeWish>,
}

/// A scope by its id, or by a name that is looked up.
#[derive(Debug, Clone)]
pub(super) enum ScopeWish {
    Id(AccessScope),
    Name(ScopeName),
}

/// What exists of it, and what is to be created.
pub(super) struct Place {
    department: Option<(NewDepartment, Option<Department>)>,
    project: Option<(NewProject, Option<Project>)>,
    scope: Scope,
}

enum Scope {
    Known(AccessScope),
    /// That of the department or the project that is to be created.
    Department,
    Project,
}

/// What exists in the end.
pub(super) struct Made {
    pub(super) scope: AccessScope,
    pub(super) department: Option<Department>,
    pub(super) project: Option<Project>,
    created: Vec<SideEffect>,
}

impl Place {
    /// Looks everything up and changes nothing.
    pub(super) async fn find(admin: &Admin, wish: &Wish) -> Result<Self> {
        let department = match &wish.department {
            Some(department) => {
                let department = admin.departments().resolve(department.clone()).await?;
                let cluster = Some(department.cluster.as_str());
                let found = admin.departments().find(&department.name, cluster).await?;
                Some((department, found))
            }
            None => None,
        };
        let project = match &wish.project {
            Some(project) => {
                let department = department.as_ref();
                Some(find_project(admin, project.clone(), department).await?)
            }
            None => None,
        };
        let scope = match &wish.scope {
            Some(ScopeWish::Id(scope)) => Scope::Known(scope.clone()),
            Some(ScopeWish::Name(name)) => {
                let own = match &name.scope_type {
                    ScopeType::Project => project
                        .as_ref()
                        .map(|(new, _)| (new.name.as_str(), new.cluster.as_str(), Scope::Project)),
                    ScopeType::Department => department.as_ref().map(|(new, _)| {
                        (new.name.as_str(), new.cluster.as_str(), Scope::Department)
                    }),
                    _ => None,
                };
                match own {
                    Some((own, cluster, scope)) if name.means(admin, own, cluster).await? => scope,
                    _ => Scope::Known(AccessScope::named(admin, name).await?),
                }
            }
            None if project.is_some() => Scope::Project,
            None if department.is_some() => Scope::Department,
            None => Scope::Known(AccessScope::tenant(admin.tenant_id().await?)),
        };
        Ok(Self {
            department,
            project,
            scope,
        })
    }

    /// Returns the scope, unless it is yet to be created.
    pub(super) fn scope(&self) -> Option<AccessScope> {
        match &self.scope {
            Scope::Known(scope) => Some(scope.clone()),
            Scope::Department => {
                let (_, found) = self.department.as_ref()?;
                found.as_ref().map(Department::scope)
            }
            Scope::Project => {
                let (_, found) = self.project.as_ref()?;
                found.as_ref().map(Project::scope)
            }
        }
    }

    /// Creates what is missing.
    pub(super) async fn make<F>(self, admin: &Admin, teller: &mut Teller<F>) -> Result<Made>
    where
        F: for<'a> FnMut(BootstrapEvent<'a>) -> BootstrapFuture<'a> + Send,
    {
        let mut created = Vec::new();
        let department = match self.department {
            Some((new, found)) => {
                let department = department(admin, &new, found).await?;
                if department.is_created() {
                    created.push(exists("department", &new.name));
                }
                let department = match department {
                    Ensured::Found(found) => {
                        let told = teller.tell(BootstrapEvent::FoundDepartment(&found)).await;
                        told.map(|()| found)
                    }
                    Ensured::Created(created) => {
                        let step = BootstrapEvent::CreatedDepartment(&created);
                        teller.tell(step).await.map(|()| created)
                    }
                };
                Some(department.map_err(|error| with_others(error, &created))?)
            }
            None => None,
        };
        let project = match self.project {
            Some((mut new, found)) => {
                if new.department.is_none() {
                    new.department = department.as_ref().map(|department| department.id.clone());
                }
                let project = project(admin, &new, found).await;
                let project = project.map_err(|error| with_others(error, &created))?;
                if project.is_created() {
                    created.push(exists("project", &new.name));
                }
                let project = match project {
                    Ensured::Found(found) => {
                        let told = teller.tell(BootstrapEvent::FoundProject(&found)).await;
                        told.map(|()| found)
                    }
                    Ensured::Created(created) => {
                        let step = BootstrapEvent::CreatedProject(&created);
                        teller.tell(step).await.map(|()| created)
                    }
                };
                Some(project.map_err(|error| with_others(error, &created))?)
            }
            None => None,
        };
        let scope = match self.scope {
            Scope::Known(scope) => Some(scope),
            Scope::Department => department.as_ref().map(Department::scope),
            Scope::Project => project.as_ref().map(Project::scope),
        };
        let scope =
            scope.ok_or_else(|| named(Error::config("the access rule has no scope: set one")))?;
        Ok(Made {
            scope,
            department,
            project,
            created,
        })
    }
}

impl Made {
    /// Returns true if a department or a project was created.
    pub(super) fn is_changed(&self) -> bool {
        !self.created.is_empty()
    }

    /// Adds to the error of a later step what was created here.
    pub(super) fn explain(&self, error: Error) -> Error {
        with_others(error, &self.created)
    }
}

impl Department {
    fn scope(&self) -> AccessScope {
        AccessScope::department(&self.id)
    }
}

impl Project {
    fn scope(&self) -> AccessScope {
        AccessScope::project(&self.id)
    }
}

/// Resolves a project, whose department may be one that is yet to be created.
async fn find_project(
    admin: &Admin,
    mut project: NewProject,
    department: Option<&(NewDepartment, Option<Department>)>,
) -> Result<(NewProject, Option<Project>)> {
    let is_own = |(new, _): &&(NewDepartment, Option<Department>)| {
        let wanted = project.department.as_ref();
        wanted.is_none_or(|wanted| *wanted == new.name)
    };
    let department = department.filter(is_own);
    if department.is_some() {
        project.department = None;
    }
    let mut project = admin.projects().resolve(project).await?;
    let mut is_missing = false;
    if let Some((new, found)) = department {
        if new.cluster != project.cluster {
            return Err(named(Error::config(format!(
                "project \"{}\" and department \"{}\" are in different clusters: use the same for both",
                display_text(&project.name),
                display_text(&new.name)
            ))));
        }
        is_missing = found.is_none();
        project.department = found.as_ref().map(|found| found.id.clone());
    }
    let cluster = Some(project.cluster.as_str());
    let found = admin.projects().find(&project.name, cluster).await?;
    if let Some(found) = &found {
        let wanted = project.department.as_ref();
        let is_elsewhere = wanted.is_some_and(|wanted| *wanted != found.department_id);
        if is_missing || is_elsewhere {
            let own = found.department_name.as_ref();
            return Err(named(Error::config(format!(
                "project \"{}\" exists in another department, {}: use that one, or another name",
                display_text(&found.name),
                display_text(own.unwrap_or(&found.department_id))
            ))));
        }
    }
    Ok((project, found))
}

async fn department(
    admin: &Admin,
    new: &NewDepartment,
    found: Option<Department>,
) -> Result<Ensured<Department>> {
    if let Some(found) = found {
        return Ok(Ensured::Found(found));
    }
    let departments = admin.departments();
    let again = departments.find(&new.name, Some(&new.cluster));
    create_unless_there(departments.create(new), Error::is_conflict, again).await
}

async fn project(
    admin: &Admin,
    new: &NewProject,
    found: Option<Project>,
) -> Result<Ensured<Project>> {
    if let Some(found) = found {
        return Ok(Ensured::Found(found));
    }
    let projects = admin.projects();
    let again = projects.find(&new.name, Some(&new.cluster));
    create_unless_there(projects.create(new), Error::is_conflict, again).await
}

fn exists(kind: &'static str, name: &str) -> SideEffect {
    SideEffect::new(
        kind,
        name,
        "fix the cause and run this again, which finds it",
    )
    .certain()
}

/// Names what was created: the last thing first, unless the error names another one.
pub(super) fn with_others(error: Error, created: &[SideEffect]) -> Error {
    let own = error.side_effect().cloned();
    let (own, others) = match (own, created.split_last()) {
        (Some(own), _) => (own, created),
        (None, Some((last, others))) => (last.clone(), others),
        (None, None) => return error,
    };
    error.with_side_effect(own.with_others(others.iter().rev().cloned()))
}
