//! The scopes of access rules, whose clusters, departments and projects may be named.

use auth_core::Result;
use runai_auth::admin::{AccessScope, Admin, ScopeType};

use super::organization::{self, find_in_any};
use super::{departments, projects};
use crate::arguments::runai::ScopeArgument;

/// Replaces names by ids; the type `tenant` without an id is the caller's tenant.
///
/// A type that has no names, or that is not known, is taken as written.
pub(super) async fn resolve(admin: &Admin, scopes: &[ScopeArgument]) -> Result<Vec<AccessScope>> {
    let mut resolved = Vec::new();
    for scope in scopes {
        resolved.push(resolve_one(admin, scope).await?);
    }
    Ok(resolved)
}

pub(super) async fn resolve_one(admin: &Admin, scope: &ScopeArgument) -> Result<AccessScope> {
    let ScopeArgument { scope_type, text } = scope;
    let id = match scope_type {
        ScopeType::Tenant if text.is_empty() => admin.tenant_id().await?,
        ScopeType::Cluster => organization::cluster(admin, text).await?.id,
        ScopeType::Department => {
            let list = departments::places(admin);
            find_in_any(departments::NOUN, text, list).await?.id
        }
        ScopeType::Project => {
            let list = projects::places(admin);
            find_in_any(projects::NOUN, text, list).await?.id
        }
        _ => text.clone(),
    };
    Ok(AccessScope::new(scope_type.clone(), id))
}
