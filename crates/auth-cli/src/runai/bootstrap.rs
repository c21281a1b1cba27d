//! `vauth runai bootstrap`: the complete setup of a client for programs, step by step.

mod command_line;
mod document;
mod places;
mod report;
mod state;
mod observer;

use auth_core::{Error, Secret};
use runai_auth::admin::{
    Bootstrap, BootstrapReport, NewDepartment, NewProject, NewUser, ScopeName, ScopeType,
};
use runai_auth::{Client, Config};

use self::document::Document;
use self::observer::Observer;
use self::places::Places;
use super::scopes;
use crate::arguments::runai::{BootstrapArguments, ScopeArgument};
use crate::failure::Failure;
use crate::output::GRACE;
use crate::secrets::{hand_over, unread_response};
use crate::work::Work;

pub(super) async fn run(arguments: BootstrapArguments, config: Config) -> Result<(), Failure> {
    if !arguments.project_quotas().is_empty()
        && arguments.department.is_none()
        && arguments.project.is_none()
    {
        return Err(Failure::Usage(
            "--gpus and --quota need --project or --department: add one of them".to_owned(),
        ));
    }
    let mut work = Work::start("nothing was created", "")?;
    let client = Client::new(config.clone())?;
    let document = Document::prepare(&arguments, client.base_url())?;
    let known = known_secret(&arguments, document.as_ref())?;
    let places = Places::prepare(&arguments)?;
    places.check_taken(&config, &arguments, &mut work).await?;

    let mut bootstrap = Bootstrap::new(config, &arguments.name, &arguments.role)
        .regenerate_secret(arguments.regenerate_secret);
    if let Some(department) = department(&arguments) {
        bootstrap = bootstrap.department(department);
    }
    if let Some(project) = project(&arguments) {
        bootstrap = bootstrap.project(project);
    }
    if let Some(scope) = &arguments.scope {
        let ScopeArgument { scope_type, text } = scope;
        bootstrap = if is_new(&arguments, scope) {
            let name = ScopeName::new(scope_type.clone(), text);
            bootstrap.scope_named(match &arguments.cluster {
                Some(cluster) => name.in_cluster(cluster),
                None => name,
            })
        } else {
            let admin = client.admin();
            bootstrap.scope(work.prepare(scopes::resolve_one(&admin, scope)).await?)
        };
    }
    if let Some(email) = &arguments.user {
        bootstrap = bootstrap.user(NewUser::new(email));
    }
    if let Some(secret) = known {
        bootstrap = bootstrap.known_secret(secret);
    }
    let observer = Observer::new(arguments, document, places);
    let callback = observer.clone();
    // In its own task: a blocking write must not delay the handling of signals.
    let mut task = tokio::spawn(async move { bootstrap.run(|step| callback.observe(&step)).await });
    let ended = tokio::select! {
        biased;
        ended = &mut task => ended,
        by = work.interrupted() => {
            task.abort();
            match tokio::time::timeout(GRACE, task).await {
                // It had already completed.
                Ok(Ok(outcome)) => Ok(outcome),
                _ => {
                    observer.release();
                    let state = observer.state();
                    // The JSON array is closed in any case; a second signal ends the wait for its reader.
                    let _ = end_output(&observer, &mut work).await;
                    return Err(Failure::Interrupted { by, state });
                }
            }
        }
    };
    let outcome = ended.map_err(|error| Failure::output(error.into()))?;
    conclude(&observer, outcome, &mut work).await
}

fn department(arguments: &BootstrapArguments) -> Option<NewDepartment> {
    let cluster = arguments.cluster.clone().unwrap_or_default();
    let mut department = NewDepartment::new(arguments.department.as_ref()?, cluster);
    let mut quotas = arguments.all_department_quotas();
    if arguments.project.is_none() {
        quotas.extend(arguments.project_quotas());
    }
    for quota in quotas {
        department = department.quota(quota.quota());
    }
    Some(department)
}

fn project(arguments: &BootstrapArguments) -> Option<NewProject> {
    let cluster = arguments.cluster.clone().unwrap_or_default();
    let mut project = NewProject::new(arguments.project.as_ref()?, cluster);
    for quota in arguments.project_quotas() {
        project = project.quota(quota.quota());
    }
    Some(project)
}

/// Returns true if the scope is what the bootstrap creates first, and which may not exist yet.
fn is_new(arguments: &BootstrapArguments, scope: &ScopeArgument) -> bool {
    let new = match scope.scope_type {
        ScopeType::Department => &arguments.department,
        ScopeType::Project => &arguments.project,
        _ => return false,
    };
    new.as_ref() == Some(&scope.text)
}

async fn conclude(
    observer: &Observer,
    outcome: Result<BootstrapReport, Error>,
    work: &mut Work,
) -> Result<(), Failure> {
    let place = match &outcome {
        Err(error) => observer.place_of(error),
        Ok(_) => None,
    };
    observer.release();
    // Completed steps are printed even if a later one failed.
    let printed = end_output(observer, work).await;
    let Err(error) = outcome else {
        let lacking = observer.lacking().or_else(|| observer.without_secret());
        return lacking.map_or(printed, Err);
    };
    Err(match observer.failure() {
        Some(failure) => failure,
        None if let Some(done) = error.side_effect().filter(|done| done.is_certain()) => {
            let why = match (unread_response(&error), place) {
                (Some((_, response)), Some(place)) => hand_over(&response, place, work).await,
                _ => "was not returned".to_owned(),
            };
            let state = match observer.messages_of(done) {
                Some(messages) => observer.after_places(messages.without_secret(done.id(), &why)),
                None => observer
                    .without_effect(&error, done)
                    .unwrap_or_else(|| observer.state()),
            };
            Failure::from(error.clone()).unfinished(state)
        }
        None if error.side_effect().is_some() => Failure::from(error).unfinished(observer.state()),
        None if observer.is_known_secret_rejected(&error) => Failure::Advised(error, OLD_SECRET),
        None => error.into(),
    })
}

const OLD_SECRET: &str =
    "write the account's present secret into the file, or replace it with --regenerate-secret";

async fn end_output(observer: &Observer, work: &mut Work) -> Result<(), Failure> {
    match observer.end()? {
        "" => Ok(()),
        end => work.print(end.as_bytes().to_vec()).await,
    }
}

/// Reads the existing secret from the file, unless it is to be replaced.
fn known_secret(
    arguments: &BootstrapArguments,
    document: Option<&Document>,
) -> Result<Option<Secret>, Failure> {
    match &arguments.secret_file {
        Some(path) if !arguments.regenerate_secret && path.symlink_metadata().is_ok() => {
            // A pipe could be read, but only once.
            if path.metadata().is_ok_and(|found| !found.is_file()) {
                return Err(Failure::Usage(format!(
                    "{} is not a regular file: choose another one",
                    path.display()
                )));
            }
            match document {
                Some(document) => document.read(path).map(Some),
                None => Ok(Some(Secret::from_file(path)?)),
            }
        }
        _ => Ok(None),
    }
}
