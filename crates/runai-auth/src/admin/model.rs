//! Types that several resources share: subjects and scopes, open enums, and secrets that are shown once.

use std::fmt;

use auth_core::Secret;

/// Defines an open enum of names: unknown values are kept unchanged.
macro_rules! open_enum {
    ($(#[$attribute:meta])* $name:ident { $($(#[$variant_attribute:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)+
            /// A value that this version does not know, as in the API.
            Unknown(String),
        }

        impl $name {
            /// Returns the API's name for it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    _ => Self::Unknown(text.to_owned()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

open_enum! {
    /// The subject of an access rule.
    SubjectType {
        /// A user; the subject id is the user name.
        User = "user",
        /// An application; the subject id is its name.
        App = "app",
        /// A service account.
        ServiceAccount = "service-account",
        /// A group of an identity provider; the subject id is its name there.
        Group = "group",
    }
}

open_enum! {
    /// The scope of an access rule.
    ScopeType {
        /// The whole installation.
        System = "system",
        /// One tenant; the scope id is [`Admin::tenant_id`](super::Admin::tenant_id).
        Tenant = "tenant",
        /// One cluster.
        Cluster = "cluster",
        /// One department.
        Department = "department",
        /// One project.
        Project = "project",
    }
}

open_enum! {
    /// Whether the control plane reaches a cluster.
    ClusterState {
        /// It has not connected yet.
        WaitingToConnect = "WaitingToConnect",
        /// It is connected.
        Connected = "Connected",
        /// It is no longer connected.
        Disconnected = "Disconnected",
        /// It lacks something that Run:ai needs.
        MissingPrerequisites = "MissingPrerequisites",
        /// Some of its services do not work.
        ServiceIssues = "ServiceIssues",
    }
}

open_enum! {
    /// The control plane's progress with a project.
    ProjectPhase {
        /// It is being created.
        Creating = "Creating",
        /// It is being prepared in the cluster.
        Initializing = "Initializing",
        /// It can be used.
        Ready = "Ready",
        /// It cannot be used.
        NotReady = "NotReady",
        /// It is being changed.
        Updating = "Updating",
        /// It is being deleted.
        Deleting = "Deleting",
        /// It is deleted.
        Deleted = "Deleted",
    }
}

open_enum! {
    /// The control plane's progress with a node pool.
    NodePoolPhase {
        /// It is being created.
        Creating = "Creating",
        /// It has no nodes.
        Empty = "Empty",
        /// It can be used.
        Ready = "Ready",
        /// Its nodes accept no workloads.
        Unschedulable = "Unschedulable",
        /// It is being changed.
        Updating = "Updating",
        /// It is being deleted.
        Deleting = "Deleting",
        /// It is deleted.
        Deleted = "Deleted",
    }
}

open_enum! {
    /// A unit of memory.
    MemoryUnits {
        /// Mebibytes.
        Mib = "Mib",
        /// Megabytes.
        Megabytes = "MB",
        /// Gigabytes.
        Gigabytes = "GB",
    }
}

open_enum! {
    /// The control plane's progress with an access rule.
    Phase {
        /// It is being created.
        Creating = "Creating",
        /// It is in effect.
        Ready = "Ready",
        /// It is not in effect.
        NotReady = "NotReady",
        /// It is being removed.
        Deleting = "Deleting",
    }
}

open_enum! {
    /// An action on a resource type.
    Action {
        /// Create one.
        Create = "create",
        /// Read it.
        Read = "read",
        /// Update it.
        Update = "update",
        /// Delete it.
        Delete = "delete",
        /// Bring it up to date.
        Sync = "sync",
    }
}

/// The subject of an access rule.
///
/// The identifier of a subject depends on its type; the vendor does not document it further.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Subject {
    /// What it is.
    pub subject_type: SubjectType,
    /// Its identifier: a user name, the name of a client, or the name of a group.
    pub id: String,
}

impl Subject {
    /// A subject of some type.
    pub fn new(subject_type: SubjectType, id: impl Into<String>) -> Self {
        Self {
            subject_type,
            id: id.into(),
        }
    }

    /// A user, by user name.
    pub fn user(username: impl Into<String>) -> Self {
        Self::new(SubjectType::User, username)
    }

    /// An application, by name.
    pub fn app(name: impl Into<String>) -> Self {
        Self::new(SubjectType::App, name)
    }

    /// A service account, by name.
    pub fn service_account(name: impl Into<String>) -> Self {
        Self::new(SubjectType::ServiceAccount, name)
    }

    /// A group of an identity provider, by its name there.
    pub fn group(name: impl Into<String>) -> Self {
        Self::new(SubjectType::Group, name)
    }
}

/// The scope of an access rule, including everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AccessScope {
    /// What it is.
    pub scope_type: ScopeType,
    /// Its id.
    pub id: String,
}

impl AccessScope {
    /// A scope of some type.
    pub fn new(scope_type: ScopeType, id: impl Into<String>) -> Self {
        Self {
            scope_type,
            id: id.into(),
        }
    }

    /// A tenant, by the id that [`Admin::tenant_id`](super::Admin::tenant_id) finds.
    pub fn tenant(id: impl Into<String>) -> Self {
        Self::new(ScopeType::Tenant, id)
    }

    /// A cluster, by its id; [`AccessScope::cluster_named`] looks one up.
    pub fn cluster(id: impl Into<String>) -> Self {
        Self::new(ScopeType::Cluster, id)
    }

    /// A department, by its id; [`AccessScope::department_named`] looks one up.
    pub fn department(id: impl Into<String>) -> Self {
        Self::new(ScopeType::Department, id)
    }

    /// A project, by its id; [`AccessScope::project_named`] looks one up.
    pub fn project(id: impl Into<String>) -> Self {
        Self::new(ScopeType::Project, id)
    }
}

/// The id of a role, which differs between installations; opaque, whatever it looks like.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RoleId(String);

impl RoleId {
    /// Returns the id as text, as in the API.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<i64> for RoleId {
    fn from(id: i64) -> Self {
        Self(id.to_string())
    }
}

impl From<String> for RoleId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl From<&str> for RoleId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

/// A new application, service account or access key, with its secret, which is shown only once.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ClientWithSecret {
    /// The id, for further admin calls; empty if the response lacked it.
    pub id: String,
    /// The name.
    pub name: String,
    /// The client id, for signing in; empty if the response lacked it.
    pub client_id: String,
    /// The client secret, for signing in, which cannot be read again. Never empty.
    pub secret: Secret,
    pub(super) incomplete: Vec<&'static str>,
}

impl ClientWithSecret {
    /// Returns the members that the response lacked, by their API names: `id`, `clientId`.
    ///
    /// The fields that they belong to are empty. The account exists, and so does its secret: store it,
    /// and look up the rest by name.
    pub fn incomplete(&self) -> &[&'static str] {
        &self.incomplete
    }
}

#[cfg(test)]
mod tests;
