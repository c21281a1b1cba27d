//! The rule that data flows one way: a module imports only from modules of its own rank or a lower one.

pub(super) mod paths;

use std::collections::{BTreeMap, BTreeSet};

use self::paths::references;
use super::code::parse;
use super::tree::{Tree, is_test};
use super::use_tree::imports;
use super::violation::Violation;

pub(crate) fn check(tree: &Tree) -> Vec<Violation> {
    let vendors = tree.vendor_crates().into_iter();
    let vendors: Vec<_> = vendors.map(|name| format!("crates/{name}/src/")).collect();
    let vendors = vendors.iter().map(|sources| Order {
        sources,
        modules: VENDOR_MODULES,
    });
    let mut violations: Vec<_> = ORDERS.iter().flat_map(|order| order.check(tree)).collect();
    violations.extend(vendors.flat_map(|order| order.check(tree)));
    violations
}

/// The modules of one crate, lowest rank first.
struct Order<'a> {
    sources: &'a str,
    modules: &'static [&'static str],
}

impl Order<'_> {
    fn check(&self, tree: &Tree) -> Vec<Violation> {
        let mut violations = Vec::new();
        let root = ROOT_MODULES
            .iter()
            .map(|root| format!("{}{root}.rs", self.sources))
            .find(|path| tree.text(path).is_some())
            .unwrap_or_default();
        let homes = match parse(&root, tree.text(&root).unwrap_or_default()) {
            Ok(root) => homes(&root),
            Err(violation) => return vec![violation],
        };
        let mut unranked = BTreeSet::new();
        for (path, text) in tree
            .below(self.sources)
            .filter(|(path, _)| path.ends_with(".rs"))
        {
            let module = module_of(&path[self.sources.len()..]);
            if ROOT_MODULES.contains(&module) || is_test(path) {
                continue;
            }
            match self.rank(module) {
                Some(rank) => violations.extend(self.check_file(path, text, rank, &homes)),
                None if unranked.insert(module) => {
                    let message = format!(
                        "module `{module}` has no rank: give it a rank in xtask's import_order"
                    );
                    violations.push(Violation::new(path, 1, message));
                }
                None => {}
            }
        }
        violations
    }

    fn check_file(&self, path: &str, text: &str, rank: usize, homes: &Homes) -> Vec<Violation> {
        let file = match parse(path, text) {
            Ok(file) => file,
            Err(violation) => return vec![violation],
        };
        let fault = |name: &str| {
            let module = if self.rank(name).is_some() {
                name
            } else {
                homes.get(name).map_or(name, String::as_str)
            };
            match self.rank(module) {
                Some(imported) if imported > rank => Some(format!(
                    "`{}` imports from `{module}`, which ranks higher: move the code up or the import down",
                    self.modules[rank],
                )),
                // A name that the root imports from another crate has no rank here.
                None if name.is_empty() => {
                    Some("the root has no rank: name the module that is meant".to_owned())
                }
                None if !homes.contains_key(name) => Some(format!(
                    "`crate::{name}` has no rank: import it from the module it lives in"
                )),
                _ => None,
            }
        };
        let module = module_path(&path[self.sources.len()..]);
        references(&file, module)
            .iter()
            .filter_map(|reference| {
                let name = reference.path.first().map_or("", String::as_str);
                Some(Violation::new(path, reference.line, fault(name)?))
            })
            .collect()
    }

    fn rank(&self, module: &str) -> Option<usize> {
        self.modules.iter().position(|&ranked| ranked == module)
    }
}

/// From the names that the root imports to the module or crate that each one comes from.
pub(super) type Homes = BTreeMap<String, String>;

pub(super) fn homes(root: &syn::File) -> Homes {
    imports(root)
        .into_iter()
        .filter_map(|leaf| {
            let mut path = leaf.path.into_iter();
            let home = path.find(|segment| !["crate", "self"].contains(&segment.as_str()));
            home.map(|home| (leaf.name, home))
        })
        .collect()
}

/// Where a file below `src/` stands in the crate: `a` and `b` for `a/b.rs` and for `a/b/mod.rs`.
pub(super) fn module_path(path: &str) -> Vec<String> {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').map(str::to_owned).collect()
}

/// The first component of a path below `src/`: `a` for `a.rs`, `a/mod.rs` and `a/b.rs`.
fn module_of(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.strip_suffix(".rs").unwrap_or(first)
}

const ORDERS: &[Order<'static>] = &[
    Order {
        sources: "crates/auth-core/src/",
        modules: &[
            "error",
            "secret",
            "clock",
            "scope",
            "token",
            "http",
            "retry",
            "credential",
            "oauth",
            "source",
            "sync",
            "store",
            "cache",
            "client",
            "vendor",
            "tenants",
            "guide",
        ],
    },
    Order {
        sources: "crates/auth-cli/src/",
        modules: &[
            "vendor",
            "store_settings",
            "credentials",
            "arguments",
            "interruption",
            "text",
            "paths",
            "ownership",
            "style",
            "notes",
            "names",
            "similar",
            "variables",
            "proxy_variables",
            "failure",
            "logging",
            "signals",
            "stdout",
            "output",
            "quoting",
            "file_error",
            "secret_file",
            "source",
            "layer",
            "store",
            "profiles",
            "settings",
            "session",
            "work",
            "secrets",
            "lookup",
            "confirm",
            "progress",
            "operation",
            "server",
            "config",
            "token",
            "exec",
            "cache",
            "request",
            "datasaur",
            "maia",
            "runai",
            "doctor",
            "forward",
            "token_server",
            "emulate",
            "schema",
            "completions",
            "man",
            "demo",
        ],
    },
    // The vendors stand behind the engine, which knows none of them.
    Order {
        sources: "crates/auth-testkit/src/",
        modules: &[
            "clock",
            "scripted",
            "store",
            "control_plane",
            "timestamp",
            "jwt",
            "error",
            "reply",
            "request",
            "reading",
            "path_template",
            "fault",
            "clients",
            "issued",
            "concurrency",
            "records",
            "engine",
            "model",
            "route",
            "token_endpoint",
            "described",
            "emulation",
            "server",
            "emulator",
            "builder",
            "datasaur",
            "maia",
            "runai",
            "vendor",
        ],
    },
];

/// The files that may be the root of a crate; a root imports from anywhere.
pub(super) const ROOT_MODULES: [&str; 2] = ["lib", "main"];

/// Those of every vendor crate. The facts come last: they name the calls, which know nothing of them.
const VENDOR_MODULES: &[&str] = &[
    "names",
    "wire",
    "token",
    "graphql",
    "lists",
    "executions",
    "admin",
    "calls",
    "jobs",
    "uploads",
    "vendor",
    "guide",
];

#[cfg(test)]
mod tests;
