//! Compiles the programs in the workspace's README and in the guides; the rest of this package is its test targets.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../crates/datasaur-auth/docs/guide.md")]
struct DatasaurGuide;

#[cfg(doctest)]
#[doc = include_str!("../crates/maia-auth/docs/guide.md")]
struct MaiaGuide;

#[cfg(doctest)]
#[doc = include_str!("../crates/runai-auth/docs/guide.md")]
struct RunaiGuide;

#[cfg(doctest)]
#[doc = include_str!("../crates/auth-core/docs/vendor-crate.md")]
struct VendorGuide;

#[cfg(doctest)]
#[doc = include_str!("../crates/auth-core/docs/tenants.md")]
struct TenantsGuide;

#[cfg(doctest)]
#[doc = include_str!("../crates/auth-core/docs/many-processes.md")]
struct ManyProcessesGuide;

#[cfg(doctest)]
#[doc = include_str!("../crates/auth-core/docs/observability.md")]
struct Observability;
