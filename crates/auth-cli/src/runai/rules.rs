//! Access rules, individually and in batches.

mod printed;
mod parts;

use auth_core::Error;
use futures_util::TryStreamExt as _;
use runai_auth::admin::{AccessRule, AccessScope, Admin, NewAccessRule, Query};

use self::parts::{Creation, Deletion, Whole, conclude};
use self::printed::Printed;
use super::queries::narrowed;
use super::{roles, scopes, subjects};
use crate::arguments::ListArguments;
use crate::arguments::runai::{
    FilterArguments, RuleCreateArguments, RuleDeleteArguments, RulesCommand, RulesListArguments,
};
use crate::confirm::confirm;
use crate::failure::Failure;
use crate::output::{print_count, print_list, print_one, render_list};
use crate::progress::counted;
use crate::work::Work;

pub(super) async fn run(admin: &Admin, command: RulesCommand) -> Result<(), Failure> {
    match command {
        RulesCommand::List(arguments) => list(admin, &arguments).await,
        RulesCommand::Count(arguments) => {
            let count = listed(admin, &arguments.filter).count().await?;
            print_count(count, &arguments.list)
        }
        RulesCommand::Get(arguments) => {
            let rule = admin.access_rules().get(arguments.id).await?;
            print_one(Printed::from(rule), &arguments.list)
        }
        RulesCommand::Create(arguments) => create(admin, &arguments).await,
        RulesCommand::Delete(arguments) => delete(admin, &arguments).await,
    }
}

/// Lists the caller's access rules.
pub(super) async fn of_caller(admin: &Admin, arguments: &ListArguments) -> Result<(), Failure> {
    let rules = admin.me().access_rules().map_ok(Printed::from);
    let rules: Vec<_> = rules.try_collect().await?;
    print_list(&rules, arguments)
}

async fn list(admin: &Admin, arguments: &RulesListArguments) -> Result<(), Failure> {
    let mut query = listed(admin, &arguments.filter).include_deleted(arguments.include_deleted);
    if let Some(subject) = &arguments.subject {
        query = query.subject(subject);
    }
    if let Some(scope) = &arguments.scope {
        query = query.scope(&scopes::resolve_one(admin, scope).await?);
    }
    if let Some(name) = &arguments.role {
        query = query.role(roles::find(admin, name).await?);
    }
    let rules: Vec<_> = counted(query.stream().map_ok(Printed::from)).await?;
    print_list(&rules, &arguments.list)
}

/// Returns the query for the rules that fulfil the filters.
fn listed(admin: &Admin, arguments: &FilterArguments) -> Query<AccessRule> {
    let list = admin.access_rules().list();
    narrowed(list, arguments, |query, text| query.search(text))
}

async fn create(admin: &Admin, arguments: &RuleCreateArguments) -> Result<(), Failure> {
    let maybe = "access rules may have been created: look for them with `vauth runai access-rules list`; existing ones are not created twice";
    let mut work = Work::start("nothing was created", maybe)?;
    let role = work.prepare(roles::find(admin, &arguments.role)).await?;
    let subjects = subjects::resolve(admin, &arguments.subjects);
    let subjects = work.prepare(subjects).await?;
    let scopes = match &arguments.scopes[..] {
        [] => vec![AccessScope::tenant(work.prepare(admin.tenant_id()).await?)],
        scopes => work.prepare(scopes::resolve(admin, scopes)).await?,
    };
    let rules = admin.access_rules();
    let outcome = match (&subjects[..], &scopes[..]) {
        ([subject], [scope]) => {
            let rule = NewAccessRule::new(subject.clone(), role.clone(), scope.clone());
            let rule = work.during(rules.create(&rule)).await;
            rule.map(|rule| vec![Creation::done(rule)])
        }
        _ => {
            let request = rules.create_batch(role.clone(), &subjects, &scopes);
            work.during(request).await.map(|batch| {
                let created = batch.created.into_iter().map(Creation::done);
                let failed = batch.failed.into_iter().map(Creation::failed);
                let unknown = batch.unknown.into_iter().map(Creation::unknown);
                created.chain(failed).chain(unknown).collect()
            })
        }
    };
    match outcome {
        Ok(parts) => {
            let printed = work.print(render_list(&parts, &arguments.list)?).await;
            conclude(&parts, printed)
        }
        Err(failure) => {
            let whole = Whole::of(&failure);
            if let Some(whole) = whole.filter(|_| arguments.list.json) {
                let pairs = subjects
                    .iter()
                    .flat_map(|subject| scopes.iter().map(move |scope| (subject, scope)));
                let parts = pairs
                    .map(|(subject, scope)| Creation::of_whole((subject, &role, scope), &whole));
                let parts: Vec<_> = parts.collect();
                // The failure is more important than whether its parts were printed.
                let _ = work.print(render_list(&parts, &arguments.list)?).await;
            }
            Err(failure)
        }
    }
}

async fn delete(admin: &Admin, arguments: &RuleDeleteArguments) -> Result<(), Failure> {
    let rules = admin.access_rules();
    let is_dry_run = arguments.dry_run;
    let batch = if is_dry_run {
        rules.delete_batch_dry_run(&arguments.ids).await
    } else {
        let ids: Vec<_> = arguments.ids.iter().map(i64::to_string).collect();
        let what = format!("delete access rule {}", ids.join(", "));
        confirm(&what, &arguments.confirm)?;
        if let [id] = arguments.ids[..] {
            return delete_one(admin, id, arguments).await;
        }
        rules.delete_batch(&arguments.ids).await
    };
    let batch = match batch {
        Ok(batch) => batch,
        Err(error) => return Err(not_deleted(error, arguments)),
    };
    let deleted = batch.deleted.iter().map(|id| Deletion::done(id));
    let unknown = batch.unknown.iter();
    let parts: Vec<_> = deleted
        .chain(batch.failed.into_iter().map(Deletion::failed))
        .chain(unknown.map(|id| Deletion::unknown(id, is_dry_run)))
        .collect();
    let printed = print_list(&parts, &arguments.list);
    conclude(&parts, printed)
}

/// Deletes the only part of a batch; prints nothing, or with JSON what a batch does.
async fn delete_one(
    admin: &Admin,
    id: i64,
    arguments: &RuleDeleteArguments,
) -> Result<(), Failure> {
    match admin.access_rules().delete(id).await {
        Ok(()) if arguments.list.json => {
            print_list(&[Deletion::done(&id.to_string())], &arguments.list)
        }
        Ok(()) => Ok(()),
        Err(error) => Err(not_deleted(error, arguments)),
    }
}

/// Turns the error of a whole batch into a failure that says what may be deleted, and prints its parts for programs.
fn not_deleted(error: Error, arguments: &RuleDeleteArguments) -> Failure {
    let is_uncertain = !arguments.dry_run && error.may_have_taken_effect();
    let failure = match is_uncertain {
        true => Failure::from(error).unfinished(MAYBE_DELETED.to_owned()),
        false => error.into(),
    };
    if let Some(whole) = Whole::of(&failure).filter(|_| arguments.list.json) {
        let ids = arguments.ids.iter();
        let parts: Vec<_> = ids.map(|id| Deletion::of_whole(*id, &whole)).collect();
        // The failure is more important than whether its parts were printed.
        let _ = print_list(&parts, &arguments.list);
    }
    failure
}

const MAYBE_DELETED: &str =
    "access rules may have been deleted: look for them with `vauth runai access-rules list`";
