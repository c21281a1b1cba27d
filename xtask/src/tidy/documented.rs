//! The rule that the types that a reader meets first have an example in their documentation.

use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta};

use super::code::{line, parse};
use super::tree::{Tree, is_test};
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let crates = MAIN_TYPES
        .iter()
        .filter(|(package, _)| tree.has_folder(&format!("crates/{package}/src")));
    crates
        .flat_map(|&(package, names)| check_crate(tree, package, names))
        .collect()
}

fn check_crate(tree: &Tree, package: &str, names: &[&str]) -> Vec<Violation> {
    let mut missing = names.to_vec();
    let mut violations = Vec::new();
    let folder = format!("crates/{package}/src/");
    for (path, text) in tree.below(&folder) {
        // Parsing every file takes longer than all other rules together.
        let may_define = missing.iter().any(|name| text.contains(name));
        if !path.ends_with(".rs") || is_test(path) || !may_define {
            continue;
        }
        let Ok(file) = parse(path, text) else {
            continue;
        };
        for (name, at, attributes) in file.items.iter().filter_map(definition) {
            let Some(index) = missing.iter().position(|&wanted| name == wanted) else {
                continue;
            };
            missing.swap_remove(index);
            if !attributes.iter().any(opens_a_block) {
                let message =
                    format!("`{name}` has no example: show how it is used in its documentation");
                violations.push(Violation::new(path, at, message));
            }
        }
    }
    violations.extend(missing.into_iter().map(|name| {
        let message =
            format!("`{name}` is not defined: correct the list in xtask/src/tidy/documented.rs");
        Violation::new(format!("{folder}lib.rs"), 1, message)
    }));
    violations
}

/// A public type or trait: its name, line and attributes.
fn definition(item: &Item) -> Option<(String, usize, &[Attribute])> {
    let (ident, visibility, attributes) = match item {
        Item::Struct(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Enum(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Trait(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Type(item) => (&item.ident, &item.vis, &item.attrs),
        _ => return None,
    };
    let is_public = matches!(visibility, syn::Visibility::Public(_));
    is_public.then(|| (ident.to_string(), line(ident.span()), attributes.as_slice()))
}

fn opens_a_block(attribute: &Attribute) -> bool {
    let Meta::NameValue(meta) = &attribute.meta else {
        return false;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = &meta.value
    else {
        return false;
    };
    meta.path.is_ident("doc") && text.value().trim_start().starts_with("```")
}

/// Those that most programs name, crate by crate.
const MAIN_TYPES: &[(&str, &[&str])] = &[
    (
        "auth-core",
        &[
            "AccessToken",
            "ApiClient",
            "ApiRequest",
            "ApiResponse",
            "AuthorizedClient",
            "BaseUrl",
            "BearerTokenLayer",
            "BlockingClient",
            "BlockingTokenCache",
            "Client",
            "Clock",
            "Config",
            "ConfigBuilder",
            "Credentials",
            "CredentialsProvider",
            "Error",
            "FileCredentials",
            "FileTokenStore",
            "ForwardHeaders",
            "HttpClient",
            "JsonTokenRequest",
            "KeyedTokenCache",
            "MultipartForm",
            "OAuthTokenSource",
            "Pager",
            "RefreshPolicy",
            "RequestOptions",
            "ReqwestHttpClient",
            "RetryPolicy",
            "Scope",
            "Secret",
            "Setting",
            "SharedStore",
            "SideEffect",
            "StaticTokenSource",
            "TenantClients",
            "TenantConfig",
            "TokenCache",
            "TokenEndpoint",
            "TokenResponse",
            "TokenSource",
            "TokenStore",
            "UploadBody",
            "Vendor",
        ],
    ),
    (
        "auth-store-redis",
        &["RedisTokenStore", "RedisTokenStoreBuilder"],
    ),
    (
        "auth-testkit",
        &[
            "ControlPlane",
            "Datasaur",
            "EmulatedTokenEndpoint",
            "EmulatedVendor",
            "Emulator",
            "EmulatorBuilder",
            "Fault",
            "FaultyTokenStore",
            "Maia",
            "ManualClock",
            "MemoryTokenStore",
            "ReceivedRequest",
            "Reply",
            "Runai",
            "ScriptedReply",
            "ScriptedSource",
        ],
    ),
    (
        "datasaur-auth",
        &["Client", "Config", "GraphqlResponse", "Options", "Query"],
    ),
    (
        "maia-auth",
        &[
            "Client",
            "Config",
            "Executions",
            "List",
            "NewExecution",
            "Options",
            "TenantClients",
        ],
    ),
    (
        "runai-auth",
        &[
            "Admin",
            "Bootstrap",
            "Client",
            "Config",
            "NewAccessRule",
            "NewProject",
            "NewUser",
            "Options",
            "Query",
            "Quota",
            "ScopeName",
        ],
    ),
];

#[cfg(test)]
mod tests;
