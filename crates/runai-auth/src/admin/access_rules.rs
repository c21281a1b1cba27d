//! Access rules: a role for a subject in a scope.

mod batch;
mod find;

pub use batch::{BatchDeleted, BatchFailure, CreateBatchOutput, NotDeleted};

use auth_core::{Error, Result};

use super::Admin;
use super::call::{counted, named, required};
use super::filter::FilterOperator;
use super::generated::access_rules as wire;
use super::generated::shared;
use super::made::Making;
use super::model::{AccessScope, Phase, RoleId, ScopeType, Subject, SubjectType};
use super::paging::page;
use super::query::{Listing, Query};

/// The calls about access rules. A rule cannot be changed: delete it and create another.
#[derive(Debug, Clone, Copy)]
pub struct AccessRules<'a> {
    admin: &'a Admin,
}

/// An access rule. Times are the server's RFC 3339 text, unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessRule {
    /// The id, for further calls; 0 in a list if the server returns no number.
    pub id: i64,
    /// The subject; parts that the server omits are empty, here and in the scope.
    pub subject: Subject,
    /// The id of the granted role.
    pub role_id: RoleId,
    /// The role's name.
    pub role_name: Option<String>,
    /// The scope.
    pub scope: AccessScope,
    /// The scope's name.
    pub scope_name: Option<String>,
    /// The names from the tenant down to the scope; only [`AccessRules::get`] has them.
    pub scope_path: Option<String>,
    /// The cluster that it is limited to.
    pub cluster_id: Option<String>,
    /// The tenant that it belongs to.
    pub tenant_id: Option<String>,
    /// The creator.
    pub created_by: Option<String>,
    /// When it was created.
    pub created_at: Option<String>,
    /// When it was last changed.
    pub updated_at: Option<String>,
    /// When it was deleted; such rules are listed only on request.
    pub deleted_at: Option<String>,
    /// The control plane's progress with it.
    pub status: Option<RuleStatus>,
}

/// The control plane's progress with an access rule.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleStatus {
    /// The phase.
    pub phase: Option<Phase>,
    /// An explanation.
    pub message: Option<String>,
    /// Further explanations.
    pub details: Option<String>,
}

/// An access rule to create.
///
/// # Examples
/// ```no_run
/// use runai_auth::admin::{AccessScope, Admin, NewAccessRule, Subject};
///
/// # async fn example(admin: &Admin) -> runai_auth::auth_core::Result<()> {
/// let role = admin.roles().by_name("Viewer").await?;
/// let scope = AccessScope::project_named(admin, "team-a").await?;
/// let rule = NewAccessRule::new(Subject::user("a@example.com"), &role, scope);
/// let rule = admin.access_rules().ensure(&rule).await?;
/// # Ok(())
/// # }
/// ```
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

    /// Limits the rule to one cluster.
    pub fn cluster_id(mut self, cluster_id: impl Into<String>) -> Self {
        self.cluster_id = Some(cluster_id.into());
        self
    }
}

impl NewAccessRule {
    /// Sets a description of the rule.
    fn describe(&self) -> String {
        let Self {
            subject,
            role,
            scope,
            ..
        } = self;
        format!(
            "of {} {} for role {role} in {} {}",
            subject.subject_type, subject.id, scope.scope_type, scope.id
        )
    }
}

impl<'a> AccessRules<'a> {
    pub(super) fn new(admin: &'a Admin) -> Self {
        Self { admin }
    }

    /// Returns a query of access rules.
    ///
    /// Fields to filter and to sort by: `subjectId`, `subjectType`, `roleId`, `roleName`, `scopeId`, `scopeType`, `scopeName`,
    /// `createdAt`, `deletedAt`, `createdBy` and `phase`.
    pub fn list(&self) -> Query<AccessRule> {
        Query::new(self.admin, &LISTING)
    }

    /// Creates an access rule.
    ///
    /// # Errors
    /// [`ErrorKind::ApiStatus`](auth_core::ErrorKind::ApiStatus) if there is such a rule: status 409 ([`Error::is_conflict`]), which the vendor's description does
    /// not list, or 400; [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) if the response names no id.
    /// Never retryable: [`Error::side_effect`] tells what exists despite the failure.
    pub async fn create(&self, rule: &NewAccessRule) -> Result<AccessRule> {
        let body = wire::AccessRuleCreationFields {
            cluster_id: rule.cluster_id.clone(),
            role_id: rule.role.to_number()?,
            scope_id: rule.scope.id.clone(),
            scope_type: rule.scope.scope_type.as_str().to_owned().into(),
            subject_id: rule.subject.id.clone(),
            subject_type: rule.subject.subject_type.as_str().to_owned().into(),
        };
        let name = rule.describe();
        let making = Making {
            kind: "access rule",
            name: &name,
            advice: "list the access rules of its subject before it is made again",
        };
        let request = wire::create_access_rule(&body);
        let mut made = self.admin.make(request, making).await?;
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
        let one = self.admin.read(wire::get_access_rule(id)).await?;
        required(one.id, "id")?;
        Ok(AccessRule::read(one))
    }

    /// Deletes an access rule.
    ///
    /// # Errors
    /// As [`AccessRules::get`].
    pub async fn delete(&self, id: i64) -> Result<()> {
        self.admin.done(wire::delete_access_rule(id)).await
    }
}

impl Query<AccessRule> {
    /// Filters by subject.
    pub fn subject(self, subject: &Subject) -> Self {
        self.filter("subjectType", FilterOperator::Equals, &subject.subject_type)
            .filter("subjectId", FilterOperator::Equals, &subject.id)
    }

    /// Filters by scope, without the scopes above or below it.
    pub fn scope(self, scope: &AccessScope) -> Self {
        self.filter("scopeType", FilterOperator::Equals, &scope.scope_type)
            .filter("scopeId", FilterOperator::Equals, &scope.id)
    }

    /// Filters by role.
    pub fn role(self, role: impl Into<RoleId>) -> Self {
        self.filter("roleId", FilterOperator::Equals, role.into())
    }

    /// Filters by text that the rule contains.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.selection.search(text.into());
        self
    }

    /// Sets whether to include deleted rules.
    pub fn include_deleted(mut self, include_deleted: bool) -> Self {
        self.selection.include_deleted(include_deleted);
        self
    }
}

impl AccessRule {
    /// Reads a rule; absent or unreadable members are empty.
    pub(super) fn read(wire: wire::AccessRule) -> Self {
        let subject_type = wire
            .subject_type
            .as_ref()
            .map_or("", |known| known.as_str());
        let scope_type = wire.scope_type.as_ref().map_or("", |known| known.as_str());
        Self {
            id: wire.id.unwrap_or_default(),
            subject: Subject {
                subject_type: SubjectType::from(subject_type),
                id: wire.subject_id.unwrap_or_default(),
            },
            role_id: RoleId::from(wire.role_id.unwrap_or_default()),
            role_name: wire.role_name,
            scope: AccessScope {
                scope_type: ScopeType::from(scope_type),
                id: wire.scope_id.unwrap_or_default(),
            },
            scope_name: wire.scope_name,
            scope_path: wire.scope_path,
            cluster_id: wire.cluster_id,
            tenant_id: wire.tenant_id,
            created_by: wire.created_by,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
            deleted_at: wire.deleted_at,
            status: wire.status.map(RuleStatus::read),
        }
    }

    /// The id as text; empty if the server returned none.
    pub(super) fn key(&self) -> String {
        if self.id == 0 {
            return String::new();
        }
        self.id.to_string()
    }

    /// Fills in what the API omitted in its response to this request.
    fn or(mut self, asked: &NewAccessRule) -> Self {
        if self.subject.id.is_empty() || self.subject.subject_type.as_str().is_empty() {
            self.subject = asked.subject.clone();
        }
        if self.scope.id.is_empty() || self.scope.scope_type.as_str().is_empty() {
            self.scope = asked.scope.clone();
        }
        if self.role_id.as_str().is_empty() {
            self.role_id = asked.role.clone();
        }
        self
    }
}

impl RuleStatus {
    fn read(wire: shared::AccessRuleStatusResponse) -> Self {
        Self {
            phase: wire.phase.map(|phase| Phase::from(phase.as_str())),
            message: wire.message,
            details: wire.details,
        }
    }
}

impl RoleId {
    /// Checks that an access rule can refer to the role.
    pub(super) fn check(&self) -> Result<()> {
        self.to_number().map(drop)
    }

    /// Access rules refer to a role by number; the ids that the API lists are such numbers, as far as is known.
    fn to_number(&self) -> Result<i64> {
        self.as_str().parse().map_err(|_| {
            named(Error::config(
                "role is not a number, by which access rules name it: look it up by name, with Roles::by_name",
            ))
        })
    }
}

static LISTING: Listing<AccessRule> = Listing {
    page: |admin, span| {
        Box::pin(async move {
            let query = wire::GetAccessRulesQuery {
                filter_by: span.filter_by,
                search: span.selection.text(),
                include_deleted: span.selection.with_deleted(),
                sort_by: span.selection.sort_by(),
                sort_order: span.selection.sort_order(),
                offset: span.offset,
                limit: span.limit,
                ..wire::GetAccessRulesQuery::default()
            };
            let list = admin.list(wire::get_access_rules(&query)).await?;
            Ok(page(list, AccessRule::read))
        })
    },
    count: |admin, span| {
        Box::pin(async move {
            let query = wire::CountAccessRulesQuery {
                filter_by: span.filter_by,
                search: span.selection.text(),
                include_deleted: span.selection.with_deleted(),
            };
            counted(admin.read(wire::count_access_rules(&query)).await?.count)
        })
    },
    key: AccessRule::key,
};
