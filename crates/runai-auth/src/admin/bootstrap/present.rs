//! What is there already: compared here, whatever the server's filters let through.

use auth_core::{Error, ErrorKind, Result, display_list};
use futures_util::TryStreamExt as _;
use http::StatusCode;

use super::Account;
use crate::admin::Admin;
use crate::admin::access_rules::{AccessRule, NewAccessRule};
use crate::admin::call::named;
use crate::admin::filter::FilterOperator;
use crate::admin::model::Phase;
use crate::admin::users::User;

/// Checks an address before anything is made: the API takes e-mail addresses, and its filters cannot hold a comma.
pub(super) fn check_address(address: &str) -> Result<()> {
    let is_plain = |character: char| {
        !character.is_whitespace()
            && !character.is_control()
            && !matches!(
                character,
                ',' | ';' | ':' | '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\\' | '@'
            )
    };
    let is_good = address.rsplit_once('@').is_some_and(|(name, host)| {
        let labels_are_good = host.split('.').all(|label| !label.is_empty());
        !name.is_empty()
            && !name.starts_with('.')
            && !name.ends_with('.')
            && name.chars().all(is_plain)
            && host.chars().all(is_plain)
            && labels_are_good
    });
    // RFC 5321 section 4.5.3.1: a path has at most 256 octets, two of them angle brackets.
    if is_good && address.len() <= 254 {
        return Ok(());
    }
    Err(named(Error::config(
        "the user's name is not an e-mail address of the form name@host: give one, without spaces and commas",
    )))
}

/// Finds a user by name, in whatever case; returns the name as the server has it.
pub(super) async fn find_user(admin: &Admin, name: &str) -> Result<Option<String>> {
    let query = |name: &str| {
        let all = admin.users().list();
        all.filter("username", FilterOperator::Equals, name)
            .stream()
    };
    let found = only(query(name).try_collect().await?, name)?;
    let lower = name.to_lowercase();
    if found.is_some() || lower == name {
        return Ok(found);
    }
    only(query(&lower).try_collect().await?, name)
}

/// As [`find_user`], without a filter.
pub(super) async fn find_user_in_all(admin: &Admin, name: &str) -> Result<Option<String>> {
    only(admin.users().list().stream().try_collect().await?, name)
}

fn only(users: Vec<User>, name: &str) -> Result<Option<String>> {
    let lower = name.to_lowercase();
    let names = users.into_iter().map(|user| user.username);
    let mut same: Vec<_> = names.filter(|name| name.to_lowercase() == lower).collect();
    if let Some(at) = same.iter().position(|found| found == name) {
        return Ok(Some(same.swap_remove(at)));
    }
    if same.len() > 1 {
        let names = display_list(same.iter().map(String::as_str));
        return Err(named(Error::config(format!(
            "the user's name is that of several users but for its case: give it as one of them is spelled: {names}"
        ))));
    }
    Ok(same.pop())
}

/// Finds the rule that is wanted, which may mean the account by any of its names.
pub(super) fn find_rule(
    rules: Vec<AccessRule>,
    wanted: &NewAccessRule,
    account: &Account,
) -> Option<AccessRule> {
    let mut rules = rules.into_iter();
    rules.find(|rule| is_wanted(rule, wanted, account) && !is_narrowed(rule))
}

/// Makes the rule; returns false beside it if the control plane says that it is there after all, and it is.
pub(super) async fn make_rule(
    admin: &Admin,
    wanted: &NewAccessRule,
    account: &Account,
) -> Result<(AccessRule, bool)> {
    let error = match admin.access_rules().create(wanted).await {
        // A rule that exists is refused with 409 or, as the descriptions have it, with 400.
        Err(error) if error.is_conflict() || is_bad_request(&error) => error,
        made => return Ok((made?, true)),
    };
    let all: Vec<AccessRule> = admin.access_rules().list().stream().try_collect().await?;
    let found = all
        .into_iter()
        .find(|rule| is_wanted(rule, wanted, account));
    found.map(|rule| (rule, false)).ok_or(error)
}

fn is_bad_request(error: &Error) -> bool {
    error.kind() == ErrorKind::ApiStatus && error.status() == Some(StatusCode::BAD_REQUEST)
}

fn is_wanted(rule: &AccessRule, wanted: &NewAccessRule, account: &Account) -> bool {
    let names = [&account.subject.id, &account.client_id, &account.id];
    let status = rule
        .status
        .as_ref()
        .and_then(|status| status.phase.as_ref());
    wanted.grants_as(rule)
        && !rule.subject.id.is_empty()
        && names.contains(&&rule.subject.id)
        && rule.deleted_at.is_none()
        && status != Some(&Phase::Deleting)
}

/// A rule for one cluster of the scope grants less than one for all of it.
fn is_narrowed(rule: &AccessRule) -> bool {
    let cluster = rule.cluster_id.as_deref().unwrap_or_default();
    !cluster.is_empty() && cluster != rule.scope.id
}

#[cfg(test)]
mod tests;
