//! Access rules, individually and in batches.

mod printed;
mod parts;

use auth_core::Error;
use futures_util::TryStreamExt as _;
use runai_auth::admin::{AccessRule, AccessScope, Admin, NewAccessRule, Query};

use self::parts::{Creation, Deletion, Part, conclude, is_rejection};
use self::printed::Printed;
use super::{roles, scopes, subjects};
use crate::arguments::ListArguments;
use crate::arguments::runai::{
    FilterArguments, RuleCreateArguments, RuleDeleteArguments, RulesCommand, RulesListArguments,
};
use crate::confirm::confirm;
use crate::failure::Failure;
use crate::output::{print_count, print_list, print_one, render_list};
use crate::progress::counted;
use crate::secrets::{Words, Work};

pub(super) async fn run(admin: &Admin, command: RulesCommand) -> Result<(), Failure> {
    match command {
        RulesCommand::List(arguments) => list(admin, &arguments).await,
        RulesCommand::Count(arguments) => {
            let count = narrowed(admin, &arguments.filter).count().await?;
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
    let mut query = narrowed(admin, &arguments.filter).include_deleted(arguments.include_deleted);
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

fn narrowed(admin: &Admin, arguments: &FilterArguments) -> Query<AccessRule> {
    let mut query = admin.access_rules().list();
    for condition in &arguments.filters {
        query = query.filter(&condition.field, condition.operator, &condition.value);
    }
    match &arguments.search {
        Some(text) => query.search(text),
        None => query,
    }
}

async fn create(admin: &Admin, arguments: &RuleCreateArguments) -> Result<(), Failure> {
    let maybe = "access rules may have been created: look for them with `vauth runai access-rules list`; existing ones are not created twice";
    let words = Words::plain("nothing was created", maybe.to_owned());
    let mut work = Work::start(words)?;
    let role = work.prepare(roles::find(admin, &arguments.role)).await?;
    let subjects = subjects::resolve(admin, &arguments.subjects);
    let subjects = work.prepare(subjects).await?;
    let scopes = match &arguments.scopes[..] {
        [] => vec![AccessScope::tenant(work.prepare(admin.tenant_id()).await?)],
        scopes => work.prepare(scopes::resolve(admin, scopes)).await?,
    };
    let rules = admin.access_rules();
    let parts = match (&subjects[..], &scopes[..]) {
        ([subject], [scope]) => {
            let rule = NewAccessRule::new(subject.clone(), role.clone(), scope.clone());
            match work.during(rules.create(&rule)).await {
                Ok(rule) => vec![Creation::done(rule)],
                Err(Failure::Auth(error)) if is_rejection(&error) => {
                    let part = (subject.clone(), role.to_string(), scope.clone());
                    let part = Creation::rejected(part, &error);
                    return Err(rejected(part, error, &mut work, &arguments.list).await);
                }
                Err(failure) => return Err(failure),
            }
        }
        _ => {
            let request = rules.create_batch(role, &subjects, &scopes);
            let batch = work.during(request).await?;
            let created = batch.created.into_iter().map(Creation::done);
            created
                .chain(batch.failed.into_iter().map(Creation::failed))
                .chain(batch.unknown.into_iter().map(Creation::unknown))
                .collect()
        }
    };
    let printed = work.print(render_list(&parts, &arguments.list)?).await;
    conclude(&parts, printed)
}

/// Prints the only part of a batch, for programs: standard error has the reason for everybody.
async fn rejected<T: Part>(
    part: T,
    error: Error,
    work: &mut Work,
    arguments: &ListArguments,
) -> Failure {
    if arguments.json {
        // More important than whether it was printed.
        if let Ok(bytes) = render_list(&[part], arguments) {
            let _ = work.print(bytes).await;
        }
    }
    error.into()
}

async fn delete(admin: &Admin, arguments: &RuleDeleteArguments) -> Result<(), Failure> {
    let rules = admin.access_rules();
    let is_dry_run = arguments.dry_run;
    let batch = if is_dry_run {
        rules.delete_batch_dry_run(&arguments.ids).await?
    } else {
        let ids: Vec<_> = arguments.ids.iter().map(i64::to_string).collect();
        let what = format!("delete access rule {}", ids.join(", "));
        confirm(&what, &arguments.confirm)?;
        if let [id] = arguments.ids[..] {
            return delete_one(admin, id, &arguments.list).await;
        }
        rules.delete_batch(&arguments.ids).await?
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
async fn delete_one(admin: &Admin, id: i64, arguments: &ListArguments) -> Result<(), Failure> {
    let (part, error) = match admin.access_rules().delete(id).await {
        Ok(()) => (Deletion::done(&id.to_string()), None),
        Err(error) if is_rejection(&error) => (Deletion::rejected(id, &error), Some(error)),
        Err(error) => return Err(error.into()),
    };
    let printed = match arguments.json {
        true => print_list(&[part], arguments),
        false => Ok(()),
    };
    error.map_or(printed, |error| Err(error.into()))
}
