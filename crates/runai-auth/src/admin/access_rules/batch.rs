//! Access rules in batches: the outcome of each one, since the response is a success even if parts fail.

use std::collections::HashSet;
use std::fmt;

use auth_core::Result;

use super::{AccessRule, AccessRules};
use crate::admin::generated::access_rules as wire;
use crate::admin::made::Making;
use crate::admin::model::{AccessScope, RoleId, ScopeType, Subject, SubjectType};

/// The outcome of a batch of new access rules.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateBatchOutput {
    /// The created rules.
    pub created: Vec<AccessRule>,
    /// The rules that were not created.
    pub failed: Vec<BatchFailure>,
    /// Those that the response does not mention: they may or may not exist.
    pub unknown: Vec<BatchFailure>,
}

/// An access rule that was not created, or whose outcome is unknown, as far as the API identifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchFailure {
    /// The subject.
    pub subject: Option<Subject>,
    /// The role to grant.
    pub role_id: Option<RoleId>,
    /// The scope.
    pub scope: Option<AccessScope>,
    /// The status that a single request would have returned.
    pub code: Option<i64>,
    /// The reason.
    pub message: Option<String>,
}

/// The outcome of a batch of deletions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchDeleted {
    /// The ids of the rules that were or can be deleted.
    pub deleted: Vec<String>,
    /// Those that were not or cannot be deleted.
    pub failed: Vec<NotDeleted>,
    /// The ids that the response does not mention: they may or may not be deleted.
    pub unknown: Vec<String>,
}

/// An access rule that was not deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotDeleted {
    /// Its id.
    pub id: Option<String>,
    /// The status that a single request would have returned.
    pub code: Option<i64>,
    /// The reason.
    pub message: Option<String>,
}

impl AccessRules<'_> {
    /// Grants one role to each of the subjects in each of the scopes: control plane 2.22 and newer.
    ///
    /// A success says nothing about the individual rules: check [`CreateBatchOutput::failed`] and [`CreateBatchOutput::unknown`].
    ///
    /// # Errors
    /// As [`AccessRules::create`].
    pub async fn create_batch(
        &self,
        role: impl Into<RoleId>,
        subjects: &[Subject],
        scopes: &[AccessScope],
    ) -> Result<CreateBatchOutput> {
        let role = role.into();
        let body = wire::AccessRulesBatchCreateFields {
            payload: wire::AccessRulesBatchCreatePayload {
                cluster_id: None,
                role_id: role.to_number()?,
                scopes: scopes.iter().map(write_scope).collect(),
                subjects: subjects.iter().map(write_subject).collect(),
            },
        };
        let making = Making {
            kind: "batch of access rules",
            name: &format!("for role {role}"),
            advice: "list the access rules of its subjects before it is sent again",
        };
        let request = wire::access_rules_batch_create(&body);
        let made = self.admin.make(request, making).await?;
        if !made.is_object() {
            return Err(made.lacks("what came of each rule"));
        }
        let answer = made.into_item();
        let created = answer.succeeded.unwrap_or_default();
        let failed = answer.failed.unwrap_or_default();
        let created: Vec<_> = created.into_iter().map(AccessRule::read).collect();
        let failed: Vec<_> = failed.into_iter().map(BatchFailure::read).collect();
        let unknown = unknown(&role, subjects, scopes, &created, &failed);
        Ok(CreateBatchOutput {
            created,
            failed,
            unknown,
        })
    }

    /// Deletes several access rules: control plane 2.21 and newer.
    ///
    /// A success says nothing about the individual rules: check [`BatchDeleted::failed`] and [`BatchDeleted::unknown`].
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if the API rejects the whole batch.
    pub async fn delete_batch(
        &self,
        ids: impl IntoIterator<Item = impl fmt::Display>,
    ) -> Result<BatchDeleted> {
        self.batch(wire::AccessRulesBatchAction::Delete, ids).await
    }

    /// Returns which of several access rules can be deleted, without deleting them.
    ///
    /// # Errors
    /// As [`AccessRules::delete_batch`].
    pub async fn delete_batch_dry_run(
        &self,
        ids: impl IntoIterator<Item = impl fmt::Display>,
    ) -> Result<BatchDeleted> {
        self.batch(wire::AccessRulesBatchAction::ValidateDelete, ids)
            .await
    }

    async fn batch(
        &self,
        action: wire::AccessRulesBatchAction,
        ids: impl IntoIterator<Item = impl fmt::Display>,
    ) -> Result<BatchDeleted> {
        let body = wire::AccessRulesBatchFields {
            action,
            ids: ids.into_iter().map(|id| id.to_string()).collect(),
        };
        let answer = self.admin.read(wire::access_rules_batch(&body)).await?;
        let deleted = answer.succeeded.unwrap_or_default();
        let failed = answer.failed.unwrap_or_default();
        let named = failed.iter().filter_map(|failed| failed.id.as_ref());
        let named: HashSet<&String> = deleted.iter().chain(named).collect();
        let unknown = body
            .ids
            .into_iter()
            .filter(|id| !named.contains(id))
            .collect();
        Ok(BatchDeleted {
            unknown,
            deleted,
            failed: failed
                .into_iter()
                .map(|failed| NotDeleted {
                    id: failed.id,
                    code: failed.code,
                    message: failed.message,
                })
                .collect(),
        })
    }
}

impl BatchFailure {
    fn read(wire: wire::AccessRulesBatchCreateFailureItem) -> Self {
        let payload = wire.payload.unwrap_or_default();
        let subject_type = payload.subject_type.as_ref();
        let subject_type = SubjectType::from(subject_type.map_or("", |known| known.as_str()));
        let scope_type = payload.scope_type.as_ref();
        let scope_type = ScopeType::from(scope_type.map_or("", |known| known.as_str()));
        let subject = payload.subject_id.map(|id| Subject { subject_type, id });
        let role_id = payload.role_id.map(RoleId::from);
        let scope = payload.scope_id.map(|id| AccessScope { scope_type, id });
        Self {
            subject,
            role_id,
            scope,
            code: wire.code,
            message: wire.message,
        }
    }
}

/// The requested rules that a response does not mention.
fn unknown(
    role: &RoleId,
    subjects: &[Subject],
    scopes: &[AccessScope],
    created: &[AccessRule],
    failed: &[BatchFailure],
) -> Vec<BatchFailure> {
    let made = created
        .iter()
        .map(|rule| (&rule.subject.id, &rule.scope.id));
    let refused = failed.iter().filter_map(|failed| {
        let (subject, scope) = (failed.subject.as_ref()?, failed.scope.as_ref()?);
        Some((&subject.id, &scope.id))
    });
    let told: HashSet<_> = made.chain(refused).collect();
    let asked = subjects
        .iter()
        .flat_map(|subject| scopes.iter().map(move |scope| (subject, scope)));
    let untold: Vec<_> = asked
        .clone()
        .filter(|(subject, scope)| !told.contains(&(&subject.id, &scope.id)))
        .collect();
    // As many answers as rules: those that do not say which rule they are about are about these.
    if created.len() + failed.len() >= asked.count() {
        return Vec::new();
    }
    let untold = untold.into_iter();
    untold
        .map(|(subject, scope)| BatchFailure {
            subject: Some(subject.clone()),
            role_id: Some(role.clone()),
            scope: Some(scope.clone()),
            code: None,
            message: None,
        })
        .collect()
}

fn write_scope(scope: &AccessScope) -> wire::AccessRulesBatchCreateScope {
    wire::AccessRulesBatchCreateScope {
        scope_id: scope.id.clone(),
        scope_type: scope.scope_type.as_str().to_owned().into(),
    }
}

fn write_subject(subject: &Subject) -> wire::AccessRulesBatchCreateSubject {
    wire::AccessRulesBatchCreateSubject {
        subject_id: subject.id.clone(),
        subject_type: subject.subject_type.as_str().to_owned().into(),
    }
}
