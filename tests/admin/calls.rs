//! Every call of the model once, by the name that the API's description has for its operation.

use std::pin::Pin;

use futures_util::TryStreamExt as _;
use runai_auth::admin::{
    AccessScope, Action, Admin, FilterOperator, MemoryUnits, NewAccessRule, NewDepartment,
    NewProject, NewUser, ProjectUpdate, Quota, SortOrder, Subject,
};
use runai_auth::auth_core::{Result, Secret};

/// A call in progress, whatever it returns.
pub(crate) type Run<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A call of the model.
pub(crate) struct Call {
    /// The operation that it is about.
    pub(crate) operation: &'static str,
    pub(crate) run: for<'a> fn(&'a Admin) -> Run<'a>,
    /// It makes something, or a secret that is shown once.
    pub(crate) creates: bool,
}

macro_rules! calls {
    ($($operation:literal $($creates:ident)?: |$admin:ident| $call:expr;)+) => {
        &[$(Call {
            operation: $operation,
            run: |$admin| Box::pin(async move { $call.await.map(drop) }),
            creates: calls!(@creates $($creates)?),
        },)+]
    };
    (@creates) => { false };
    (@creates creates) => { true };
}

/// An id with everything in it that a path gives a meaning to.
pub(crate) const ID: &str = "a/b%c_d é?#";

pub(crate) const CALLS: &[Call] = calls! {
    "get_applications": |admin| admin.applications().list();
    "create_application" creates: |admin| admin.applications().create("new-name");
    "get_application_by_id": |admin| admin.applications().get(ID);
    "update_application_by_id": |admin| admin.applications().set_enabled(ID, false);
    "delete_application_by_id": |admin| admin.applications().delete(ID);
    "regenerate_application_secret" creates: |admin| admin.applications().regenerate_secret(ID);
    "get_service_accounts": |admin| admin.service_accounts().list();
    "create_service_account" creates: |admin| admin.service_accounts().create("new-name");
    "get_service_account_by_id": |admin| admin.service_accounts().get(ID);
    "update_service_account_by_id": |admin| admin.service_accounts().set_enabled(ID, true);
    "delete_service_account_by_id": |admin| admin.service_accounts().delete(ID);
    "regenerate_service_account_secret" creates: |admin| admin.service_accounts().regenerate_secret(ID);
    "get_access_keys": |admin| admin.access_keys().list();
    "create_access_key1" creates: |admin| admin.access_keys().create("new-name");
    "get_access_key_by_id1": |admin| admin.access_keys().get(ID);
    "delete_access_key_by_id": |admin| admin.access_keys().delete(ID);
    "regenerate_access_key_secret" creates: |admin| admin.access_keys().regenerate_secret(ID);
    "get_access_keys_administration": |admin| admin.access_keys().admin_list(Some("an-id"), Some("a@b.io"));
    "delete_access_key_by_id_administration": |admin| admin.access_keys().admin_delete(ID);
    "get_user_applications": |admin| admin.user_applications().list();
    "create_user_application" creates: |admin| admin.user_applications().create("new-name");
    "get_user_application_by_id": |admin| admin.user_applications().get(ID);
    "delete_user_application_by_id": |admin| admin.user_applications().delete(ID);
    "regenerate_user_application_secret" creates: |admin| admin.user_applications().regenerate_secret(ID);
    "get_user_applications_administration": |admin| admin.user_applications().admin_list(None, None);
    "delete_user_application_by_id_administration": |admin| admin.user_applications().admin_delete(ID);
    "get_users": |admin| admin.users().list()
        .filter("username", FilterOperator::Contains, "@b.io").filter("isLocal", FilterOperator::Equals, true)
        .search("a b").sort_by("username", SortOrder::Descending).page_size(7).page(14);
    "count_users": |admin| admin.users().list().filter("isLocal", FilterOperator::Equals, false).count();
    "create_user" creates: |admin| admin.users().create(NewUser::new("a@b.io").reset_password(true).notify(false));
    "get_user_by_id": |admin| admin.users().get(ID);
    "delete_user_by_id": |admin| admin.users().delete(ID);
    "reset_user_password" creates: |admin| admin.users().reset_password(ID);
    "logout_user": |admin| admin.users().logout(ID);
    "get_me_access_rules": |admin| admin.me().access_rules().try_next();
    "count_me_access_rules": |admin| admin.me().count_access_rules();
    "change_user_password": |admin| admin.me().change_password(&Secret::from("the-old-one"), &Secret::from("the-new-one"));
    "get_access_rules": |admin| admin.access_rules().list()
        .subject(&Subject::user("a@b.io")).scope(&AccessScope::project("7")).role(3_i64)
        .include_deleted(true).sort_by("createdAt", SortOrder::Ascending).page(0);
    "count_access_rules": |admin| admin.access_rules().list().search("x").count();
    "create_access_rule" creates: |admin| admin.access_rules()
        .create(&NewAccessRule::new(Subject::app("x"), 3_i64, AccessScope::tenant("1")).cluster_id("c"));
    "get_access_rule": |admin| admin.access_rules().get(5);
    "delete_access_rule": |admin| admin.access_rules().delete(5);
    "access_rules_batch_create" creates: |admin| admin.access_rules()
        .create_batch(3_i64, &[Subject::group("g")], &[AccessScope::cluster("c"), AccessScope::department("d")]);
    "access_rules_batch": |admin| admin.access_rules().delete_batch([5, 6]);
    "get_roles_v2": |admin| admin.roles().list();
    "get_roles_v1": |admin| admin.roles().list_details();
    "get_role_v1": |admin| admin.roles().get_details(3_i64);
    "get_permissions": |admin| admin.permissions().list();
    "get_permitted_scopes": |admin| admin.permissions().permitted_scopes("project", Some(&Action::Read));
    "get_clusters": |admin| admin.clusters().list();
    "get_cluster_by_uuid": |admin| admin.clusters().get(ID);
    "get_departments": |admin| admin.departments().list()
        .filter("name", FilterOperator::StartsWith, "res").sort_by("totalGpuQuota", SortOrder::Descending).page_size(7).page(14);
    "count_departments": |admin| admin.departments().list().filter("clusterId", FilterOperator::Equals, "c").count();
    "create_department" creates: |admin| admin.departments().create(&NewDepartment::new("research", "c")
        .description("all of it").default_node_pools(["default"]).quota(Quota::new().gpus(8.0)));
    "get_department": |admin| admin.departments().get(ID);
    "delete_department": |admin| admin.departments().delete(ID);
    "get_projects": |admin| admin.projects().list()
        .search("a b").filter("parentName", FilterOperator::Differs, "default").sort_by("name", SortOrder::Ascending).page(0);
    "count_projects": |admin| admin.projects().list().search("x").count();
    "create_project" creates: |admin| admin.projects().create(&NewProject::new("team-a", "c")
        .department("d").namespace("team-a").enforce_scheduler(true).quota(full_quota()));
    "get_project": |admin| admin.projects().get(ID);
    "update_project": |admin| admin.projects()
        .update(ID, &ProjectUpdate::new().description("new").quotas([Quota::in_node_pool("4").gpus(1.5)]));
    "delete_project": |admin| admin.projects().delete(ID);
    "patch_project_resources": |admin| admin.projects().set_quotas(ID, &[Quota::in_node_pool("4").gpus(3.0)]);
    "get_nodepools": |admin| admin.node_pools().list().filter("phase", FilterOperator::Equals, "Ready").page(0);
    "count_nodepools": |admin| admin.node_pools().list().count();
    "get_nodepool": |admin| admin.node_pools().get(ID);
};

fn full_quota() -> Quota {
    Quota::in_node_pool("4")
        .gpus(2.0)
        .gpu_limit(8.0)
        .over_quota_weight(1.0)
        .cpus(0.5)
        .memory(1_024.0, MemoryUnits::Megabytes)
        .priority("High")
}
