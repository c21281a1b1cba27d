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
const SCHEMAS: [(&str, &str); 48] = [
    ("token", TOKEN),
    ("doctor", DOCTOR),
    ("proxy", PROXY),
    ("serve", SERVE),
    ("emulate", EMULATE),
    ("maia projects", MAIA_PROJECTS),
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
    ("runai permissions", RUNAI_PERMISSIONS),
    ("runai permitted-scopes", RUNAI_PERMITTED_SCOPES),
    ("runai my-access-rules", RUNAI_ACCESS_RULES),
    ("runai bootstrap", RUNAI_BOOTSTRAP),
];

const DOCTOR: &str = include_str!("../schemas/doctor.json");
const PROXY: &str = include_str!("../schemas/proxy.json");
const SERVE: &str = include_str!("../schemas/serve.json");
const EMULATE: &str = include_str!("../schemas/emulate.json");
const MAIA_PROJECTS: &str = include_str!("../schemas/maia-projects.json");
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
const RUNAI_COUNT: &str = include_str!("../schemas/runai-count.json");
const RUNAI_CREATED: &str = include_str!("../schemas/runai-created.json");
const RUNAI_CREATED_USER: &str = include_str!("../schemas/runai-created-user.json");
const RUNAI_NEW_PASSWORD: &str = include_str!("../schemas/runai-new-password.json");
const RUNAI_NEW_SECRET: &str = include_str!("../schemas/runai-new-secret.json");
const RUNAI_PERMISSIONS: &str = include_str!("../schemas/runai-permissions.json");
const RUNAI_PERMITTED_SCOPES: &str = include_str!("../schemas/runai-permitted-scopes.json");
const RUNAI_ROLE: &str = include_str!("../schemas/runai-role.json");
const RUNAI_ROLES: &str = include_str!("../schemas/runai-roles.json");
const RUNAI_USER: &str = include_str!("../schemas/runai-user.json");
const RUNAI_USERS: &str = include_str!("../schemas/runai-users.json");
const TOKEN: &str = include_str!("../schemas/token.json");
