//! `vauth schema`: the JSON Schemas of the commands' JSON.

use crate::arguments::SchemaArguments;
use crate::failure::Failure;
use crate::output::print;

pub(crate) fn run(arguments: &SchemaArguments) -> Result<(), Failure> {
    let names = SCHEMAS.map(|(name, _)| name);
    if arguments.command.is_empty() {
        return print((names.join("\n") + "\n").as_bytes());
    }
    let name = arguments.command.join(" ");
    match SCHEMAS.iter().find(|(own, _)| *own == name) {
        Some((_, schema)) => print(schema.as_bytes()),
        None => Err(Failure::Usage(format!(
            "there is no schema for `{name}`; available: {}",
            names.join(", ")
        ))),
    }
}

/// The commands that print JSON, and its schema.
const SCHEMAS: [(&str, &str); 78] = [
    ("demo", DEMO),
    ("token", TOKEN),
    ("cache status", CACHE_STATUS),
    ("cache clear", CACHE_CLEAR),
    ("config list", CONFIG_LIST),
    ("doctor", DOCTOR),
    ("proxy", PROXY),
    ("serve", SERVE),
    ("emulate", EMULATE),
    ("datasaur upload", DATASAUR_UPLOAD),
    ("datasaur job", DATASAUR_JOB),
    ("maia projects", MAIA_PROJECTS),
    ("maia environments", MAIA_ENVIRONMENTS),
    ("maia pipelines", MAIA_PIPELINES),
    ("maia run", MAIA_EXECUTION),
    ("maia executions", MAIA_EXECUTIONS),
    ("maia status", MAIA_EXECUTION),
    ("maia steps", MAIA_STEPS),
    ("maia wait", MAIA_EXECUTION),
    ("maia cancel", MAIA_EXECUTION),
    ("runai apps list", RUNAI_ACCOUNTS),
    ("runai apps get", RUNAI_ACCOUNT),
    ("runai apps create", RUNAI_CREATED),
    ("runai apps regenerate-secret", RUNAI_NEW_SECRET),
    ("runai apps enable", RUNAI_CHANGED),
    ("runai apps disable", RUNAI_CHANGED),
    ("runai apps delete", RUNAI_CHANGED),
    ("runai service-accounts list", RUNAI_ACCOUNTS),
    ("runai service-accounts get", RUNAI_ACCOUNT),
    ("runai service-accounts create", RUNAI_CREATED),
    ("runai service-accounts regenerate-secret", RUNAI_NEW_SECRET),
    ("runai service-accounts enable", RUNAI_CHANGED),
    ("runai service-accounts disable", RUNAI_CHANGED),
    ("runai service-accounts delete", RUNAI_CHANGED),
    ("runai access-keys list", RUNAI_ACCESS_KEYS),
    ("runai access-keys get", RUNAI_ACCESS_KEY),
    ("runai access-keys create", RUNAI_CREATED),
    ("runai access-keys regenerate-secret", RUNAI_NEW_SECRET),
    ("runai access-keys delete", RUNAI_CHANGED),
    ("runai user-apps list", RUNAI_ACCESS_KEYS),
    ("runai user-apps get", RUNAI_ACCESS_KEY),
    ("runai user-apps create", RUNAI_CREATED),
    ("runai user-apps regenerate-secret", RUNAI_NEW_SECRET),
    ("runai user-apps delete", RUNAI_CHANGED),
    ("runai users list", RUNAI_USERS),
    ("runai users count", RUNAI_COUNT),
    ("runai users get", RUNAI_USER),
    ("runai users create", RUNAI_CREATED_USER),
    ("runai users reset-password", RUNAI_NEW_PASSWORD),
    ("runai users logout", RUNAI_CHANGED),
    ("runai users delete", RUNAI_CHANGED),
    ("runai access-rules list", RUNAI_ACCESS_RULES),
    ("runai access-rules count", RUNAI_COUNT),
    ("runai access-rules get", RUNAI_ACCESS_RULE),
    ("runai access-rules create", RUNAI_ACCESS_RULES_CREATE),
    ("runai access-rules delete", RUNAI_ACCESS_RULES_DELETE),
    ("runai roles list", RUNAI_ROLES),
    ("runai roles get", RUNAI_ROLE),
    ("runai clusters list", RUNAI_CLUSTERS),
    ("runai clusters get", RUNAI_CLUSTER),
    ("runai departments list", RUNAI_DEPARTMENTS),
    ("runai departments count", RUNAI_COUNT),
    ("runai departments get", RUNAI_DEPARTMENT),
    ("runai departments create", RUNAI_DEPARTMENT),
    ("runai departments delete", RUNAI_DELETED),
    ("runai projects list", RUNAI_PROJECTS),
    ("runai projects count", RUNAI_COUNT),
    ("runai projects get", RUNAI_PROJECT),
    ("runai projects create", RUNAI_PROJECT),
    ("runai projects set-quota", RUNAI_PROJECT),
    ("runai projects delete", RUNAI_DELETED),
    ("runai node-pools list", RUNAI_NODE_POOLS),
    ("runai node-pools count", RUNAI_COUNT),
    ("runai node-pools get", RUNAI_NODE_POOL),
    ("runai permissions", RUNAI_PERMISSIONS),
    ("runai permitted-scopes", RUNAI_PERMITTED_SCOPES),
    ("runai my-access-rules", RUNAI_ACCESS_RULES),
    ("runai bootstrap", RUNAI_BOOTSTRAP),
];

const CACHE_CLEAR: &str = include_str!("../schemas/cache-clear.json");
const CACHE_STATUS: &str = include_str!("../schemas/cache-status.json");
const CONFIG_LIST: &str = include_str!("../schemas/config-list.json");
const DATASAUR_JOB: &str = include_str!("../schemas/datasaur-job.json");
const DATASAUR_UPLOAD: &str = include_str!("../schemas/datasaur-upload.json");
const DEMO: &str = include_str!("../schemas/demo.json");
const DOCTOR: &str = include_str!("../schemas/doctor.json");
const PROXY: &str = include_str!("../schemas/proxy.json");
const SERVE: &str = include_str!("../schemas/serve.json");
const EMULATE: &str = include_str!("../schemas/emulate.json");
const MAIA_ENVIRONMENTS: &str = include_str!("../schemas/maia-environments.json");
const MAIA_EXECUTION: &str = include_str!("../schemas/maia-execution.json");
const MAIA_EXECUTIONS: &str = include_str!("../schemas/maia-executions.json");
const MAIA_PIPELINES: &str = include_str!("../schemas/maia-pipelines.json");
const MAIA_PROJECTS: &str = include_str!("../schemas/maia-projects.json");
const MAIA_STEPS: &str = include_str!("../schemas/maia-steps.json");
const RUNAI_ACCESS_KEY: &str = include_str!("../schemas/runai-access-key.json");
const RUNAI_ACCESS_KEYS: &str = include_str!("../schemas/runai-access-keys.json");
const RUNAI_ACCESS_RULE: &str = include_str!("../schemas/runai-access-rule.json");
const RUNAI_ACCESS_RULES: &str = include_str!("../schemas/runai-access-rules.json");
const RUNAI_ACCESS_RULES_CREATE: &str = include_str!("../schemas/runai-access-rules-create.json");
const RUNAI_ACCESS_RULES_DELETE: &str = include_str!("../schemas/runai-access-rules-delete.json");
const RUNAI_ACCOUNT: &str = include_str!("../schemas/runai-account.json");
const RUNAI_ACCOUNTS: &str = include_str!("../schemas/runai-accounts.json");
const RUNAI_BOOTSTRAP: &str = include_str!("../schemas/runai-bootstrap.json");
const RUNAI_CHANGED: &str = include_str!("../schemas/runai-changed.json");
const RUNAI_CLUSTER: &str = include_str!("../schemas/runai-cluster.json");
const RUNAI_CLUSTERS: &str = include_str!("../schemas/runai-clusters.json");
const RUNAI_COUNT: &str = include_str!("../schemas/runai-count.json");
const RUNAI_CREATED: &str = include_str!("../schemas/runai-created.json");
const RUNAI_CREATED_USER: &str = include_str!("../schemas/runai-created-user.json");
const RUNAI_DELETED: &str = include_str!("../schemas/runai-deleted.json");
const RUNAI_DEPARTMENT: &str = include_str!("../schemas/runai-department.json");
const RUNAI_DEPARTMENTS: &str = include_str!("../schemas/runai-departments.json");
const RUNAI_NEW_PASSWORD: &str = include_str!("../schemas/runai-new-password.json");
const RUNAI_NEW_SECRET: &str = include_str!("../schemas/runai-new-secret.json");
const RUNAI_NODE_POOL: &str = include_str!("../schemas/runai-node-pool.json");
const RUNAI_NODE_POOLS: &str = include_str!("../schemas/runai-node-pools.json");
const RUNAI_PERMISSIONS: &str = include_str!("../schemas/runai-permissions.json");
const RUNAI_PERMITTED_SCOPES: &str = include_str!("../schemas/runai-permitted-scopes.json");
const RUNAI_PROJECT: &str = include_str!("../schemas/runai-project.json");
const RUNAI_PROJECTS: &str = include_str!("../schemas/runai-projects.json");
const RUNAI_ROLE: &str = include_str!("../schemas/runai-role.json");
const RUNAI_ROLES: &str = include_str!("../schemas/runai-roles.json");
const RUNAI_USER: &str = include_str!("../schemas/runai-user.json");
const RUNAI_USERS: &str = include_str!("../schemas/runai-users.json");
const TOKEN: &str = include_str!("../schemas/token.json");
