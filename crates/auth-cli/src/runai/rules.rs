//! Access rules, individually and in batches.

use futures_util::TryStreamExt as _;
use runai_auth::admin::{
    AccessRule, AccessScope, Admin, BatchFailure, NewAccessRule, NotDeleted, Query,
};
use serde::Serialize;

use super::{roles, scopes, subjects};
use crate::arguments::ListArguments;
use crate::arguments::runai::{
    FilterArguments, RuleCreateArguments, RuleDeleteArguments, RulesCommand, RulesListArguments,
};
use crate::confirm::confirm;
use crate::failure::Failure;
use crate::output::{Listed, print_count, print_list, print_one, render_list, render_one};
use crate::progress::counted;
use crate::secrets::{Words, Work, printed};

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
    if let ([subject], [scope]) = (&subjects[..], &scopes[..]) {
        let rule = NewAccessRule::new(subject.clone(), role, scope.clone());
        let rules = admin.access_rules();
        let rule = work.during(rules.create(&rule)).await?;
        let state = format!("access rule {} exists now", rule.id);
        let bytes = render_one(&Printed::from(rule), &arguments.list)?;
        return printed(work.print(bytes).await, state);
    }
    let rules = admin.access_rules();
    let request = rules.create_batch(role, &subjects, &scopes);
    let batch = work.during(request).await?;
    let created = batch.created.into_iter().map(Outcome::created);
    let outcomes: Vec<_> = created
        .chain(batch.failed.iter().map(Outcome::not_created))
        .chain(batch.unknown.iter().map(Outcome::maybe_created))
        .collect();
    let printed = work.print(render_list(&outcomes, &arguments.list)?).await;
    conclude(&outcomes, printed)
}

async fn delete(admin: &Admin, arguments: &RuleDeleteArguments) -> Result<(), Failure> {
    let rules = admin.access_rules();
    let batch = if arguments.dry_run {
        rules.delete_batch_dry_run(&arguments.ids).await?
    } else {
        let ids: Vec<_> = arguments.ids.iter().map(i64::to_string).collect();
        let what = format!("delete access rule {}", ids.join(", "));
        confirm(&what, &arguments.confirm)?;
        if let [id] = arguments.ids[..] {
            rules.delete(id).await?;
            if !arguments.list.json {
                return Ok(());
            }
            return print_list(&[Outcome::deleted(id.to_string())], &arguments.list);
        }
        rules.delete_batch(&arguments.ids).await?
    };
    let deleted = batch.deleted.into_iter().map(Outcome::deleted);
    let outcomes: Vec<_> = deleted
        .chain(batch.failed.iter().map(Outcome::not_deleted))
        .chain(batch.unknown.into_iter().map(|id| match arguments.dry_run {
            true => Outcome::good(id).unknown("the response does not mention it"),
            false => Outcome::maybe_deleted(id),
        }))
        .collect();
    let printed = print_list(&outcomes, &arguments.list);
    conclude(&outcomes, printed)
}

fn conclude(outcomes: &[Outcome], outcome: Result<(), Failure>) -> Result<(), Failure> {
    let failed = outcomes.iter().filter(|outcome| !outcome.ok).count();
    let of = outcomes.len();
    match (outcome, failed) {
        // More important than a reader that closed the pipe.
        (Ok(()) | Err(Failure::NoReader), 1..) => Err(Failure::Batch { failed, of }),
        (outcome, _) => printed(
            outcome,
            format!("{} of {of} parts of the batch succeeded", of - failed),
        ),
    }
}

/// An access rule as it is printed; its keys are in the documented order.
#[derive(Serialize)]
struct Printed {
    id: i64,
    subject_type: String,
    subject_id: String,
    role_id: String,
    role_name: Option<String>,
    scope_type: String,
    scope_id: String,
    scope_name: Option<String>,
    phase: Option<String>,
}

/// The outcome of one part of a batch.
#[derive(Serialize)]
struct Outcome {
    ok: bool,
    #[serde(skip)]
    is_unknown: bool,
    what: String,
    message: Option<String>,
}

impl Outcome {
    fn created(rule: AccessRule) -> Self {
        Self::good(format!(
            "{} {}:{} {}:{}",
            rule.id,
            rule.subject.subject_type,
            rule.subject.id,
            rule.scope.scope_type,
            rule.scope.id
        ))
    }

    fn deleted(id: String) -> Self {
        Self::good(id)
    }

    fn good(what: String) -> Self {
        Self {
            ok: true,
            is_unknown: false,
            what,
            message: None,
        }
    }

    fn not_created(one: &BatchFailure) -> Self {
        let subject = one.subject.as_ref();
        let scope = one.scope.as_ref();
        let subject = subject.map(|subject| format!("{}:{}", subject.subject_type, subject.id));
        let scope = scope.map(|scope| format!("{}:{}", scope.scope_type, scope.id));
        let parts: Vec<_> = subject.into_iter().chain(scope).collect();
        Self {
            ok: false,
            is_unknown: false,
            what: parts.join(" "),
            message: one.message.clone(),
        }
    }

    fn not_deleted(one: &NotDeleted) -> Self {
        Self {
            ok: false,
            is_unknown: false,
            what: one.id.clone().unwrap_or_default(),
            message: one.message.clone(),
        }
    }

    fn maybe_created(one: &BatchFailure) -> Self {
        Self::not_created(one).unknown(
            "the response does not mention it: it may have been created, look for it with `vauth runai access-rules list`",
        )
    }

    fn maybe_deleted(id: String) -> Self {
        Self::good(id).unknown(
            "the response does not mention it: it may have been deleted, look for it with `vauth runai access-rules list`",
        )
    }

    /// The response was a success but does not mention this part.
    fn unknown(self, message: &str) -> Self {
        Self {
            ok: false,
            is_unknown: true,
            message: Some(message.to_owned()),
            ..self
        }
    }
}

impl From<AccessRule> for Printed {
    fn from(rule: AccessRule) -> Self {
        let status = rule.status.and_then(|status| status.phase);
        Self {
            id: rule.id,
            subject_type: rule.subject.subject_type.to_string(),
            subject_id: rule.subject.id,
            role_id: rule.role_id.to_string(),
            role_name: rule.role_name,
            scope_type: rule.scope.scope_type.to_string(),
            scope_id: rule.scope.id,
            scope_name: rule.scope_name,
            phase: status.map(|phase| phase.to_string()),
        }
    }
}

impl Listed for Printed {
    const COLUMNS: &'static [&'static str] = &["id", "subject", "role", "scope"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            format!("{}:{}", self.subject_type, self.subject_id),
            self.role_name.clone().unwrap_or_default(),
            format!("{}:{}", self.scope_type, self.scope_id),
        ]
    }
}

impl Listed for Outcome {
    const COLUMNS: &'static [&'static str] = &["outcome", "what", "message"];

    fn cells(&self) -> Vec<String> {
        let outcome = match (self.ok, self.is_unknown) {
            (true, _) => "ok",
            (false, true) => "unknown",
            (false, false) => "failed",
        };
        let message = self.message.clone().unwrap_or_default();
        vec![outcome.to_owned(), self.what.clone(), message]
    }
}
