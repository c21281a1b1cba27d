//! Run:ai's admin calls: accounts, users, access rules and roles; clusters, departments, projects and node pools.
//!
//! ```no_run
//! # async fn example() -> runai_auth::auth_core::Result<()> {
//! let admin = runai_auth::Client::from_env()?.admin();
//! let created = admin.service_accounts().create("nightly-import").await?;
//! // The secret is shown only once: store it now.
//! save(&created.client_id, created.secret.expose_secret());
//! # Ok(())
//! # }
//! # fn save(_: &str, _: &str) {}
//! ```
//!
//! A create returns all that was readable, since a secret is shown only once; `incomplete()` lists missing members. Without the secret it is an error whose
//! [`Error::side_effect`](auth_core::Error::side_effect) tells what exists, or may exist, and how to proceed.
//! Creates and regenerations are never resent after they may have arrived, except once after a 401, which had no effect.
//! The error of such a call tells whether it may have been sent: [`Error::may_have_been_sent`](auth_core::Error::may_have_been_sent).
//! If a control plane lacks an operation, the error names the alternative.

mod request;
mod wire;
mod call;
mod made;
mod model;
mod filter;
mod paging;
mod query;
mod ensure;
mod lookup;
mod deletion;
mod accounts;
mod applications;
mod service_accounts;
mod access_keys;
mod user_applications;
mod users;
mod access_rules;
mod permissions;
mod roles;
mod me;
mod quota;
mod unit;
mod clusters;
mod node_pools;
mod resolve;
mod departments;
mod projects;
mod scope;
mod bootstrap;

pub use access_keys::{AccessKey, AccessKeys};
pub use access_rules::{
    AccessRule, AccessRules, BatchDeleted, BatchFailure, CreateBatchOutput, NewAccessRule,
    NotDeleted, RuleStatus,
};
pub use applications::{Application, Applications};
pub use bootstrap::{Account, Bootstrap, BootstrapEvent, BootstrapFuture, BootstrapReport};
pub use clusters::{Cluster, Clusters};
pub use deletion::Deletion;
pub use departments::{Department, Departments, NewDepartment};
pub use ensure::Ensured;
pub use filter::{FilterOperator, SortOrder};
pub use me::CurrentUser;
pub use model::{
    AccessScope, Action, ClientWithSecret, ClusterState, MemoryUnits, NodePoolPhase, Phase,
    ProjectPhase, RoleId, ScopeType, Subject, SubjectType,
};
pub use node_pools::{NodePool, NodePools};
pub use permissions::{Permission, Permissions, PermittedActions, PermittedScopes};
pub use projects::{NewProject, Project, ProjectUpdate, Projects};
pub use query::Query;
pub use quota::{Amount, Quota};
pub use roles::{Role, RoleV1, Roles};
pub use scope::ScopeName;
pub use service_accounts::{ServiceAccount, ServiceAccounts};
pub use unit::{NodeTypes, SchedulingRules};
pub use user_applications::UserApplications;
pub use users::{CreatedUser, NewUser, User, Users};

use auth_core::vendor::ApiClient;
use auth_core::{Error, ErrorKind, Result};

use self::request::generated;

/// The admin API of one control plane; returned by [`Calls::admin`](crate::Calls::admin).
///
/// Cheap to clone; it uses its client's tokens.
///
/// # Examples
/// ```
/// use futures_util::TryStreamExt as _;
/// use runai_auth::Client;
/// use runai_auth::auth_core::Result;
///
/// async fn print_users(client: &Client) -> Result<()> {
///     let admin = client.admin();
///     let role = admin.roles().find("System administrator").await?;
///     println!("{role:?}");
///     let mut users = admin.users().list().stream();
///     while let Some(user) = users.try_next().await? {
///         println!("{}", user.username);
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Admin {
    api: ApiClient,
}

impl Admin {
    pub(crate) fn new(api: ApiClient) -> Self {
        Self { api }
    }

    /// Applications: deprecated in 2.24, removed in 3.0 in favour of service accounts.
    pub fn applications(&self) -> Applications<'_> {
        Applications::new(self)
    }

    /// Service accounts: control plane 2.24 and newer.
    pub fn service_accounts(&self) -> ServiceAccounts<'_> {
        ServiceAccounts::new(self)
    }

    /// Access keys, the caller's own and those of all users: control plane 2.24 and newer.
    pub fn access_keys(&self) -> AccessKeys<'_> {
        AccessKeys::new(self)
    }

    /// User applications, the older name of access keys: control plane 2.20 and newer, removed in 3.0.
    pub fn user_applications(&self) -> UserApplications<'_> {
        UserApplications::new(self)
    }

    /// Users, local ones and those of an identity provider.
    pub fn users(&self) -> Users<'_> {
        Users::new(self)
    }

    /// Access rules: which subject has which role in which scope.
    pub fn access_rules(&self) -> AccessRules<'_> {
        AccessRules::new(self)
    }

    /// Roles: what an access rule grants.
    pub fn roles(&self) -> Roles<'_> {
        Roles::new(self)
    }

    /// The available permissions, and the scopes in which the caller has them.
    pub fn permissions(&self) -> Permissions<'_> {
        Permissions::new(self)
    }

    /// Clusters, in which departments, projects and node pools are.
    pub fn clusters(&self) -> Clusters<'_> {
        Clusters::new(self)
    }

    /// Departments, which projects belong to.
    pub fn departments(&self) -> Departments<'_> {
        Departments::new(self)
    }

    /// Projects, which workloads belong to, with a quota for each node pool.
    pub fn projects(&self) -> Projects<'_> {
        Projects::new(self)
    }

    /// Node pools, for each of which departments and projects have a quota.
    pub fn node_pools(&self) -> NodePools<'_> {
        NodePools::new(self)
    }

    /// The caller: its own access rules and password.
    pub fn me(&self) -> CurrentUser<'_> {
        CurrentUser::new(self)
    }

    /// Returns the id of the caller's tenant, which is the scope id of rules for the whole tenant.
    ///
    /// It is read from the token's `tenant_id` claim, the only place where it is available; use it for lookups, never for trust.
    ///
    /// # Errors
    /// As [`Client::token`](crate::Client::token), and [`ErrorKind::InvalidResponse`] if the token has no such claim.
    pub async fn tenant_id(&self) -> Result<String> {
        let token = self.api.token().await?;
        token.unverified_claim("tenant_id").ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidResponse,
                "the token has no claim tenant_id: name the tenant yourself",
            )
            .with_retryable(false)
            .with_vendor(crate::wire::VENDOR)
        })
    }
}
