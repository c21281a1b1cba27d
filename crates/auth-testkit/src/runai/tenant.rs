//! What a control plane knows: who may sign in, who may do what, and who has signed in.

use std::collections::BTreeMap;
use std::time::Duration;

use auth_core::Secret;

use super::organization::Organization;
use super::settings::Runai;
use crate::clients::Clients;
use crate::control_plane::ControlPlane;
use crate::issued::Owner;
use crate::jwt;

/// Holds the state of one tenant; ids sort as the things were created.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) version: ControlPlane,
    pub(crate) clients: Vec<Client>,
    pub(crate) users: Vec<User>,
    pub(crate) access_keys: Vec<AccessKey>,
    pub(crate) rules: BTreeMap<u32, Rule>,
    pub(crate) organization: Organization,
    /// Whether a new user is answered as the vendor's page has it, rather than as its specification does.
    pub(crate) documented_users: bool,
    next_rule: u32,
}

/// The two names under which a client of the whole tenant is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Application,
    ServiceAccount,
}

/// An application or a service account.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) kind: Kind,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) client_id: String,
    pub(crate) created_by: String,
    pub(crate) created_at: Duration,
    pub(crate) updated_at: Duration,
    pub(crate) last_login: Option<Duration>,
}

/// A user of the tenant.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) username: String,
    /// `None` for a user who is not local, but came from an identity provider.
    pub(crate) password: Option<Secret>,
    /// Counts sign-outs: a token of an earlier session is rejected.
    pub(crate) session: u64,
    pub(crate) created_by: String,
    pub(crate) created_at: Duration,
    pub(crate) updated_at: Duration,
    pub(crate) last_login: Option<Duration>,
}

/// The caller's own client, which older control planes call a user application.
#[derive(Debug)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) client_id: String,
    /// The id of the owner that the key speaks for: a user, or a client, since nothing says that it may have none.
    pub(crate) owner_id: String,
    pub(crate) created_at: Duration,
    pub(crate) last_login: Option<Duration>,
}

/// Says that a subject has a role in a scope.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) subject_id: String,
    pub(crate) subject_type: String,
    pub(crate) role_id: u32,
    pub(crate) scope_id: String,
    pub(crate) scope_type: String,
    pub(crate) scope_name: String,
    pub(crate) cluster_id: Option<String>,
    pub(crate) created_by: String,
    pub(crate) created_at: Duration,
    pub(crate) deleted_at: Option<Duration>,
}

/// The subject of a token, looked up for each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    Client {
        kind: Kind,
        id: String,
        name: String,
        client_id: String,
    },
    User {
        id: String,
        username: String,
    },
}

impl Principal {
    /// Returns the name that what the principal makes carries.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Client { name, .. } => name,
            Self::User { username, .. } => username,
        }
    }

    /// Returns the id inside the vendor, as opposed to names and client ids.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Client { id, .. } | Self::User { id, .. } => id,
        }
    }

    /// Returns true if a rule means this principal: by id or name, and a client by its client id too.
    fn is_meant_by(&self, rule: &Rule) -> bool {
        let subject = rule.subject_id.as_str();
        match self {
            Self::Client {
                kind,
                id,
                name,
                client_id,
            } => {
                rule.subject_type == kind.subject_type()
                    && [id, name, client_id].iter().any(|own| *own == subject)
            }
            Self::User { id, username } => {
                rule.subject_type == "user"
                    && (id == subject || username.eq_ignore_ascii_case(subject))
            }
        }
    }
}

impl Kind {
    /// Returns the name of the kind in access rules.
    pub(crate) fn subject_type(self) -> &'static str {
        match self {
            Self::Application => "app",
            Self::ServiceAccount => "service-account",
        }
    }

    /// Returns the name of the kind in messages.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::ServiceAccount => "service account",
        }
    }
}

impl Tenant {
    /// Creates an empty tenant.
    pub(crate) fn new(settings: &Runai) -> Self {
        Self {
            version: settings.version(),
            clients: Vec::new(),
            users: Vec::new(),
            access_keys: Vec::new(),
            rules: BTreeMap::new(),
            organization: Organization::new(&[], &[], Duration::ZERO),
            documented_users: settings.has_documented_users(),
            next_rule: FIRST_RULE,
        }
    }

    /// Adds the administrator and the emulator's clients, which may all do everything.
    pub(crate) fn seed(&mut self, settings: &Runai, clients: &Clients, now: Duration) {
        let (clusters, node_pools) = settings.organization();
        self.organization = Organization::new(&clusters, node_pools, now);
        let (username, password) = settings.admin();
        self.add_user(username, Some(password.clone()), "system", now);
        self.add_administrator("user", username, now);
        let kind = if self.version >= ControlPlane::V3_0 {
            Kind::ServiceAccount
        } else {
            Kind::Application
        };
        for (number, client) in clients.seeded().iter().enumerate() {
            let mut name = format!("demo-{}", kind.noun().replace(' ', "-"));
            if number > 0 {
                name = format!("{name}-{}", number + 1);
            }
            self.clients.push(Client {
                kind,
                id: client.uuid().to_owned(),
                name,
                client_id: client.id().to_owned(),
                created_by: username.to_owned(),
                created_at: now,
                updated_at: now,
                last_login: None,
            });
            self.add_administrator(kind.subject_type(), client.uuid(), now);
        }
    }

    /// Grants a subject the administrator's role in the whole tenant.
    fn add_administrator(&mut self, subject_type: &str, subject_id: &str, now: Duration) {
        self.add_rule(Rule {
            subject_id: subject_id.to_owned(),
            subject_type: subject_type.to_owned(),
            role_id: ADMINISTRATOR,
            scope_id: TENANT_ID.to_string(),
            scope_type: "tenant".to_owned(),
            scope_name: "demo".to_owned(),
            cluster_id: None,
            created_by: "system".to_owned(),
            created_at: now,
            deleted_at: None,
        });
    }

    /// Adds a user, and returns the id.
    pub(crate) fn add_user(
        &mut self,
        username: &str,
        password: Option<Secret>,
        by: &str,
        now: Duration,
    ) -> String {
        let id = jwt::uuid();
        self.users.push(User {
            id: id.clone(),
            username: username.to_owned(),
            password,
            session: 0,
            created_by: by.to_owned(),
            created_at: now,
            updated_at: now,
            last_login: None,
        });
        id
    }

    /// Adds a rule, and returns its id.
    pub(crate) fn add_rule(&mut self, rule: Rule) -> u32 {
        let id = self.next_rule;
        self.next_rule += 1;
        self.rules.insert(id, rule);
        id
    }

    /// Returns the rules that give the principal its rights.
    pub(crate) fn rules_of<'a>(
        &'a self,
        principal: &'a Principal,
    ) -> impl Iterator<Item = (u32, &'a Rule)> {
        self.rules
            .iter()
            .filter(|(_, rule)| rule.deleted_at.is_none() && principal.is_meant_by(rule))
            .map(|(id, rule)| (*id, rule))
    }

    /// Removes everything of a deleted subject, so that the next one of the same name does not inherit it.
    pub(crate) fn forget(&mut self, principal: &Principal, clients: &Clients, now: Duration) {
        for rule in self.rules.values_mut() {
            if rule.deleted_at.is_none() && principal.is_meant_by(rule) {
                rule.deleted_at = Some(now);
            }
        }
        self.access_keys.retain(|key| {
            let is_kept = key.owner_id != principal.id();
            if !is_kept {
                clients.remove(&key.client_id);
            }
            is_kept
        });
    }

    /// Removes the rules about something that was deleted.
    pub(crate) fn forget_scope(&mut self, scope_type: &str, id: &str, now: Duration) {
        for rule in self.rules.values_mut() {
            let is_it = rule.scope_type == scope_type && rule.scope_id == id;
            if is_it && rule.deleted_at.is_none() {
                rule.deleted_at = Some(now);
            }
        }
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }

    /// Finds a user by name, whose case does not count.
    pub(crate) fn user_named(&mut self, username: &str) -> Option<&mut User> {
        self.users
            .iter_mut()
            .find(|user| user.username.eq_ignore_ascii_case(username))
    }

    /// Returns the subject of a token, or `None` if it was deleted or has signed out since.
    pub(crate) fn principal(&self, owner: &Owner) -> Option<Principal> {
        if let Some(key) = self.access_keys.iter().find(|key| key.id == owner.id) {
            return self.named(&key.owner_id);
        }
        match self.user(&owner.id) {
            Some(user) if user.session != owner.session => None,
            _ => self.named(&owner.id),
        }
    }

    /// Returns the client or user with this id.
    pub(crate) fn named(&self, id: &str) -> Option<Principal> {
        let client = self.clients.iter().find(|client| client.id == id);
        let user = self.user(id);
        client
            .map(Client::principal)
            .or_else(|| user.map(User::principal))
    }
}

impl Client {
    pub(crate) fn principal(&self) -> Principal {
        Principal::Client {
            kind: self.kind,
            id: self.id.clone(),
            name: self.name.clone(),
            client_id: self.client_id.clone(),
        }
    }
}

impl User {
    pub(crate) fn principal(&self) -> Principal {
        Principal::User {
            id: self.id.clone(),
            username: self.username.clone(),
        }
    }
}

/// Rules of a tenant that has been in use for a while do not begin at 1.
const FIRST_RULE: u32 = 41;

/// An integer in tokens and access rules, a string in the specification of applications.
pub(crate) const TENANT_ID: u32 = 1001;

/// The role that the tenant's administrator has.
pub(crate) const ADMINISTRATOR: u32 = 1_013;
