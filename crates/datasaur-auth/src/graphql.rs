//! GraphQL: queries, and responses with data and errors.

mod response;
mod query;

pub use query::Query;
pub use response::{GraphqlError, GraphqlResponse};

#[cfg(test)]
mod tests;
