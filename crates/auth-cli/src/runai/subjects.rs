//! Checks the subjects of new access rules, which the API accepts whether they exist or not.

use auth_core::Error;
use futures_util::TryStreamExt as _;
use runai_auth::admin::{Admin, Subject, SubjectType};

use crate::lookup::{self, Comparison, Entry, choose};

/// Replaces ids of users by their names, and fails for subjects that do not exist.
///
/// Groups are not listed by the API, and users of an identity provider only after their first sign-in: they are taken as written.
pub(super) async fn resolve(admin: &Admin, subjects: &[Subject]) -> Result<Vec<Subject>, Error> {
    let mut lists: Vec<(SubjectType, Option<Vec<Entry>>)> = Vec::new();
    let mut resolved = Vec::new();
    for subject in subjects {
        let kind = &subject.subject_type;
        if !lists.iter().any(|(own, _)| own == kind) {
            lists.push((kind.clone(), list(admin, kind).await?));
        }
        let entries = lists.iter().find(|(own, _)| own == kind);
        resolved.push(match entries.and_then(|(_, entries)| entries.as_ref()) {
            Some(entries) => one(subject, entries)?,
            None => subject.clone(),
        });
    }
    Ok(resolved)
}

fn one(subject: &Subject, entries: &[Entry]) -> Result<Subject, Error> {
    let is_user = subject.subject_type == SubjectType::User;
    let (noun, names) = match subject.subject_type {
        SubjectType::User => ("user", Comparison::IgnoreCase),
        SubjectType::App => ("application", Comparison::Exact),
        _ => ("service account", Comparison::Exact),
    };
    match choose(
        lookup::Collection::of_control_plane(noun),
        &subject.id,
        names,
        entries,
    ) {
        // A rule names a user by the user name.
        Ok(found) if is_user => {
            let entry = entries.iter().find(|entry| entry.id == found.id);
            let name = entry.map_or(&subject.id, |entry| &entry.name);
            Ok(Subject::user(name))
        }
        Ok(_) => Ok(subject.clone()),
        Err(_) if is_user && subject.id.contains('@') => Ok(subject.clone()),
        Err(error) => Err(error),
    }
}

/// Returns `None` for a kind that cannot be listed.
async fn list(admin: &Admin, kind: &SubjectType) -> Result<Option<Vec<Entry>>, Error> {
    match kind {
        SubjectType::User => lookup::entries(users(admin)).await,
        SubjectType::App => {
            let list = async {
                let all = admin.applications().list().await?.into_iter();
                let entries = all.map(|one| Entry::new(one.id, one.name));
                Ok(entries.collect())
            };
            lookup::entries(list).await
        }
        SubjectType::ServiceAccount => {
            let list = async {
                let all = admin.service_accounts().list().await?.into_iter();
                let entries = all.map(|one| Entry::new(one.id, one.name));
                Ok(entries.collect())
            };
            lookup::entries(list).await
        }
        _ => Ok(None),
    }
}

/// Lists the users with their names.
pub(super) async fn users(admin: &Admin) -> Result<Vec<Entry>, Error> {
    let all = admin
        .users()
        .list()
        .stream()
        .map_ok(|user| Entry::new(user.id, user.username));
    all.try_collect().await
}
