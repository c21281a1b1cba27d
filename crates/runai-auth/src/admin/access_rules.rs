//! Access rules: a role for somebody, somewhere.

mod batch;
mod query;

pub use batch::{BatchDeleted, BatchFailure, CreateBatchOutput, NotDeleted};
pub use query::AccessRuleQuery;

use auth_core::{Error, Result};

use super::Admin;
use super::call::{named, required};
use super::filter::FilterOperator;
use super::generated::access_rules as wire;
use super::generated::operations;
use super::made::Making;
use super::model::{AccessScope, Phase, RoleId, ScopeType, Subject, SubjectType};

/// The calls about access rules. A rule cannot be changed: delete it and make another.
#[derive(Debug, Clone, Copy)]
pub struct AccessRules<'a> {
    admin: &'a Admin,
}

/// An access rule. Times are RFC 3339 text as the server wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessRule {
    /// The id, for further calls; 0 in a list whose server does not say one that is a number.
    pub id: i64,
    /// The subject; empty parts, here and in the scope, are ones that the server does not say.
    pub subject: Subject,
    /// What it grants.
    pub role_id: RoleId,
    /// The role's name.
    pub role_name: Option<String>,
    /// Where it holds.
    pub scope: AccessScope,
    /// The scope's name.
    pub scope_name: Option<String>,
    /// The names from the tenant down to the scope; only [`AccessRules::get`] has them.
    pub scope_path: Option<String>,
    /// The cluster it is narrowed to.
    pub cluster_id: Option<String>,
    /// The tenant it belongs to.
    pub tenant_id: Option<String>,
    /// Who made it.
    pub created_by: Option<String>,
    /// When it was made.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
    /// When it was deleted; such rules are listed only if they are asked for.
    pub deleted_at: Option<String>,
    /// How far the control plane has come with it.
    pub status: Option<RuleStatus>,
}

/// How far the control plane has come with an access rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleStatus {
    /// The phase.
    pub phase: Option<Phase>,
    /// What to know about it.
    pub message: Option<String>,
    /// More of that.
    pub details: Option<String>,
}

/// An access rule to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct NewAccessRule {
    subject: Subject,
    role: RoleId,
    scope: AccessScope,
    cluster_id: Option<String>,
}

impl NewAccessRule {
    /// Grants a role, which [`Roles::by_name`](super::Roles::by_name) finds, to a subject in a scope.
    pub fn new(subject: Subject, role: impl Into<RoleId>, scope: AccessScope) -> Self {
        Self {
            subject,
            role: role.into(),
            scope,
            cluster_id: None,
        }
    }

    /// Narrows the rule to one cluster.
    pub fn cluster_id(mut self, cluster_id: impl Into<String>) -> Self {
        self.cluster_id = Some(cluster_id.into());
        self
    }
}

impl NewAccessRule {
    /// Describes the rule for people.
    fn describe(&self) -> String {
        let Self {
            subject,
            role,
            scope,
            ..
        } = self;
        format!(
            "of {} {} for role {role} in {} {}",
            subject.kind, subject.id, scope.kind, scope.id
        )
    }

    /// Returns true if a rule grants the same role in the same scope, to whomever of the same type.
    pub(super) fn grants_as(&self, rule: &AccessRule) -> bool {
        rule.role_id == self.role
            && rule.scope == self.scope
            && rule.subject.kind == self.subject.kind
    }

    /// Starts a list of rules that grant the same, to whomever of the same type; checks the rule as [`AccessRules::create`] does.
    pub(super) fn same_grant(&self, admin: &Admin) -> Result<AccessRuleQuery> {
        self.role.to_number()?;
        Ok(AccessRuleQuery::new(admin.clone())
            .filter("subjectType", FilterOperator::Equals, &self.subject.kind)
            .role(self.role.clone())
            .scope(&self.scope))
    }
}

impl<'a> AccessRules<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Starts a list of access rules.
    pub fn list(&self) -> AccessRuleQuery {
        AccessRuleQuery::new(self.admin.clone())
    }

    /// Makes an access rule.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if there is such a rule: status 409 ([`Error::is_conflict`]), which the vendor's description does
    /// not list, or 400; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the response names no id.
    /// Never retryable: [`Error::side_effect`] says what exists in spite of the failure.
    pub async fn create(&self, rule: &NewAccessRule) -> Result<AccessRule> {
        let operation = &operations::CREATE_ACCESS_RULE;
        let body = wire::AccessRuleCreationFields {
            cluster_id: rule.cluster_id.clone(),
            role_id: rule.role.to_number()?,
            scope_id: rule.scope.id.clone(),
            scope_type: rule.scope.kind.as_str().to_owned().into(),
            subject_id: rule.subject.id.clone(),
            subject_type: rule.subject.kind.as_str().to_owned().into(),
        };
        let call = operation.call().json(&body);
        let name = rule.describe();
        let making = Making {
            kind: "access rule",
            name: &name,
            advice: "list the access rules of its subject before it is made again",
        };
        let mut made = self.admin.make(operation, call, making).await?;
        if made.members().id().is_none() || !made.is_object() {
            return Err(made.lacks("its id"));
        }
        Ok(AccessRule::read(made.into_item()).or(rule))
    }

    /// Returns one access rule.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) with status 404 if there is none with this id.
    pub async fn get(&self, id: i64) -> Result<AccessRule> {
        let operation = &operations::GET_ACCESS_RULE;
        let call = operation.call().parameter("accessRuleId", id);
        let one: wire::AccessRuleById = self.admin.read(operation, call).await?;
        let scope_path = one.scope_path;
        required(one.id, "id")?;
        let rule = AccessRule::read(wire::AccessRule {
            cluster_id: one.cluster_id,
            created_at: one.created_at,
            created_by: one.created_by,
            deleted_at: one.deleted_at,
            id: one.id,
            role_id: one.role_id,
            role_name: one.role_name,
            scope_id: one.scope_id,
            scope_name: one.scope_name,
            scope_type: one.scope_type,
            status: one.status,
            subject_id: one.subject_id,
            subject_type: one.subject_type,
            tenant_id: one.tenant_id,
            updated_at: one.updated_at,
        });
        Ok(AccessRule { scope_path, ..rule })
    }

    /// Removes an access rule.
    ///
    /// # Errors
    /// As [`AccessRules::get`].
    pub async fn delete(&self, id: i64) -> Result<()> {
        let operation = &operations::DELETE_ACCESS_RULE;
        let call = operation.call().parameter("accessRuleId", id);
        self.admin.done(operation, call).await
    }
}

impl AccessRule {
    /// Reads a rule; what is absent or unreadable is empty.
    pub(super) fn read(wire: wire::AccessRule) -> Self {
        let subject_type = wire.subject_type.as_ref().map_or("", |kind| kind.as_str());
        let scope_type = wire.scope_type.as_ref().map_or("", |kind| kind.as_str());
        Self {
            id: wire.id.unwrap_or_default(),
            subject: Subject {
                kind: SubjectType::from(subject_type),
                id: wire.subject_id.unwrap_or_default(),
            },
            role_id: RoleId::from(wire.role_id.unwrap_or_default()),
            role_name: wire.role_name,
            scope: AccessScope {
                kind: ScopeType::from(scope_type),
                id: wire.scope_id.unwrap_or_default(),
            },
            scope_name: wire.scope_name,
            scope_path: None,
            cluster_id: wire.cluster_id,
            tenant_id: wire.tenant_id,
            created_by: wire.created_by,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
            deleted_at: wire.deleted_at,
            status: wire.status.map(RuleStatus::read),
        }
    }

    /// The id as a text; empty if the server did not say one.
    pub(super) fn key(&self) -> String {
        if self.id == 0 {
            return String::new();
        }
        self.id.to_string()
    }

    /// Fills in what the API left out of its answer to this very request.
    fn or(mut self, asked: &NewAccessRule) -> Self {
        if self.subject.id.is_empty() || self.subject.kind.as_str().is_empty() {
            self.subject = asked.subject.clone();
        }
        if self.scope.id.is_empty() || self.scope.kind.as_str().is_empty() {
            self.scope = asked.scope.clone();
        }
        if self.role_id.as_str().is_empty() {
            self.role_id = asked.role.clone();
        }
        self
    }
}

impl RuleStatus {
    fn read(wire: wire::AccessRuleStatusResponse) -> Self {
        Self {
            phase: wire.phase.map(|phase| Phase::from(phase.as_str())),
            message: wire.message,
            details: wire.details,
        }
    }
}

impl RoleId {
    /// Access rules name a role by number; the ids that the API lists are such numbers, as far as is known.
    fn to_number(&self) -> Result<i64> {
        self.as_str().parse().map_err(|_| {
            named(Error::config(
                "role is not a number, by which access rules name it: look it up by name, with Roles::by_name",
            ))
        })
    }
}
