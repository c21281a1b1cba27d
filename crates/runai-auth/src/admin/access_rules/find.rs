//! Finds access rules by what they grant, with a local comparison, because a server may ignore filters.

use auth_core::{Error, ErrorKind, Result};
use futures_util::TryStreamExt as _;
use http::StatusCode;

use super::{AccessRule, AccessRules, NewAccessRule};
use crate::admin::ensure::{Ensured, create_unless_there, only};
use crate::admin::filter::FilterOperator;
use crate::admin::model::Phase;

impl AccessRules<'_> {
    /// Returns the one rule that grants this subject this role in this scope, if there is one.
    ///
    /// Deleted rules do not count, nor do rules that are limited to another cluster.
    /// Subject, role and scope are also compared locally, because a server may ignore filters.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](auth_core::ErrorKind::Config) if there are several, listing their ids, or for a role that is not a number;
    /// else as [`Query::page`](crate::admin::Query::page).
    pub async fn find(&self, rule: &NewAccessRule) -> Result<Option<AccessRule>> {
        let all = self.list_same_grant(rule).await?.into_iter();
        let same = all.filter(|found| rule.is_like(found, &[&rule.subject.id]));
        let same: Vec<_> = same.collect();
        let subject = format!("{} access rules grant the same", same.len());
        only(
            same,
            &subject,
            "delete all but one of them",
            AccessRule::key,
        )
    }

    /// Returns the rule that grants this, or creates it; a second call finds the rule that the first one created.
    ///
    /// At most one create is sent. If the API says that the rule exists, all rules are searched for it.
    ///
    /// # Errors
    /// As [`AccessRules::find`] and [`AccessRules::create`]: if the response to the create was lost,
    /// [`Error::side_effect`](auth_core::Error::side_effect) says what may exist.
    pub async fn ensure(&self, rule: &NewAccessRule) -> Result<Ensured<AccessRule>> {
        match self.find(rule).await? {
            Some(found) => Ok(Ensured::Found(found)),
            None => self.create_unless_there(rule, &[&rule.subject.id]).await,
        }
    }

    /// Creates a rule, or finds it under one of these names of its subject if the control plane says that it exists.
    pub(in crate::admin) async fn create_unless_there(
        &self,
        rule: &NewAccessRule,
        names: &[&str],
    ) -> Result<Ensured<AccessRule>> {
        let again = async {
            let all: Vec<AccessRule> = self.list().stream().try_collect().await?;
            // Some control planes fill in a cluster that was not asked for; their refusal says that the rule is this one.
            let is_it = |found: &AccessRule| {
                let is_same_cluster = rule.cluster_id.is_none() || rule.is_as_narrow_as(found);
                is_same_cluster && rule.grants_as(found, names)
            };
            Ok(all.into_iter().find(is_it))
        };
        create_unless_there(self.create(rule), says_it_exists, again).await
    }

    /// Lists the rules that grant the same to any subject of the same type; checks the rule as [`AccessRules::create`] does.
    pub(in crate::admin) async fn list_same_grant(
        &self,
        rule: &NewAccessRule,
    ) -> Result<Vec<AccessRule>> {
        rule.role.to_number()?;
        let all = self
            .list()
            .filter(
                "subjectType",
                FilterOperator::Equals,
                &rule.subject.subject_type,
            )
            .role(rule.role.clone())
            .scope(&rule.scope);
        all.stream().try_collect().await
    }
}

impl NewAccessRule {
    /// Finds the first rule that grants this to a subject of one of these names.
    pub(in crate::admin) fn find_in(
        &self,
        rules: Vec<AccessRule>,
        names: &[&str],
    ) -> Option<AccessRule> {
        let mut rules = rules.into_iter();
        rules.find(|rule| self.is_like(rule, names))
    }

    fn is_like(&self, rule: &AccessRule, names: &[&str]) -> bool {
        self.grants_as(rule, names) && self.is_as_narrow_as(rule)
    }

    /// Whether a rule in force grants the same role in the same scope to a subject of one of these names.
    fn grants_as(&self, rule: &AccessRule, names: &[&str]) -> bool {
        let status = rule.status.as_ref();
        let phase = status.and_then(|status| status.phase.as_ref());
        rule.role_id == self.role
            && rule.scope == self.scope
            && rule.subject.subject_type == self.subject.subject_type
            && !rule.subject.id.is_empty()
            && names.contains(&rule.subject.id.as_str())
            && rule.deleted_at.is_none()
            && phase != Some(&Phase::Deleting)
    }

    /// Whether a rule is limited to the same cluster; a rule for one cluster of the scope grants less than one for all of it.
    fn is_as_narrow_as(&self, rule: &AccessRule) -> bool {
        let narrowed = |cluster: &Option<String>| {
            let cluster = cluster.clone();
            cluster.filter(|id| !id.is_empty() && *id != self.scope.id)
        };
        narrowed(&rule.cluster_id) == narrowed(&self.cluster_id)
    }
}

/// An existing rule is rejected with 409 or, according to the descriptions, with 400.
fn says_it_exists(error: &Error) -> bool {
    let is_bad_request =
        error.kind() == ErrorKind::ApiStatus && error.status() == Some(StatusCode::BAD_REQUEST);
    error.is_conflict() || is_bad_request
}
