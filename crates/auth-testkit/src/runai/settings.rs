//! What is particular to an emulated Run:ai before it runs.

use auth_core::Secret;

use crate::control_plane::ControlPlane;
use crate::jwt;

/// The emulated Run:ai and what is particular to it.
///
/// # Examples
///
/// ```
/// use auth_testkit::{ControlPlane, Emulator, Runai};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let runai = Runai::new().control_plane(ControlPlane::V3_0);
/// let emulator = Emulator::start(runai).await?;
/// assert_eq!(emulator.username(), Some("admin@example.com"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct Runai {
    version: ControlPlane,
    username: String,
    password: Secret,
    documented_users: bool,
    clusters: Vec<String>,
    node_pools: Vec<String>,
}

impl Runai {
    /// Describes a control plane of version 2.24 with one administrator and one cluster, `demo`.
    pub fn new() -> Self {
        Self {
            version: ControlPlane::default(),
            username: "admin@example.com".to_owned(),
            password: Secret::from(jwt::fake("not-a-real-password-")),
            documented_users: false,
            clusters: Vec::new(),
            node_pools: Vec::new(),
        }
    }

    /// Sets the version of the control plane; the default is 2.24.
    pub fn control_plane(mut self, version: ControlPlane) -> Self {
        self.version = version;
        self
    }

    /// Sets the name of the administrator; the default is `admin@example.com`.
    pub fn admin_username(mut self, username: impl Into<String>) -> Self {
        self.username = username.into();
        self
    }

    /// Sets the password of the administrator; the default is random and says that it is not real.
    pub fn admin_password(mut self, password: impl Into<String>) -> Self {
        self.password = Secret::from(password.into());
        self
    }

    /// Adds a cluster in place of `demo`; each has a department and a node pool that are called `default`.
    pub fn cluster(mut self, name: impl Into<String>) -> Self {
        self.clusters.push(name.into());
        self
    }

    /// Adds a node pool to every cluster.
    pub fn node_pool(mut self, name: impl Into<String>) -> Self {
        self.node_pools.push(name.into());
        self
    }

    /// Has the response to a new user hold `id`, `email` and `createdAt`, as one page of the vendor shows it.
    ///
    /// By default it is that of the vendor's specification, with `id`, `username` and `tempPassword`.
    pub fn documented_user_response(mut self) -> Self {
        self.documented_users = true;
        self
    }

    pub(crate) fn version(&self) -> ControlPlane {
        self.version
    }

    /// Returns the names of the clusters, and of the node pools that each of them has beside its default one.
    pub(crate) fn organization(&self) -> (Vec<String>, &[String]) {
        let clusters = match self.clusters.as_slice() {
            [] => vec!["demo".to_owned()],
            clusters => clusters.to_vec(),
        };
        (clusters, &self.node_pools)
    }

    /// Returns the administrator's name and first password.
    pub(crate) fn admin(&self) -> (&str, &Secret) {
        (&self.username, &self.password)
    }

    pub(crate) fn has_documented_users(&self) -> bool {
        self.documented_users
    }
}

impl Default for Runai {
    fn default() -> Self {
        Self::new()
    }
}
