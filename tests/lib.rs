//! Compiles the programs in the workspace's README and in the guides; the rest of this package is its test targets.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../docs/guides/datasaur.md")]
struct DatasaurGuide;

#[cfg(doctest)]
#[doc = include_str!("../docs/guides/maia.md")]
struct MaiaGuide;

#[cfg(doctest)]
#[doc = include_str!("../docs/guides/runai.md")]
struct RunaiGuide;

#[cfg(doctest)]
#[doc = include_str!("../docs/guides/vendor.md")]
struct VendorGuide;

#[cfg(doctest)]
#[doc = include_str!("../docs/guides/tenants.md")]
struct TenantsGuide;

#[cfg(doctest)]
#[doc = include_str!("../docs/OBSERVABILITY.md")]
struct Observability;
