//! Typed GraphQL with `graphql_client`: the query is checked against Datasaur's schema when the program is compiled.
//!
//! ```sh
//! DATASAUR_CLIENT_ID=id DATASAUR_CLIENT_SECRET=secret cargo run -p examples --bin graphql-typed
//! ```

#![expect(clippy::print_stdout, reason = "examples print")]

use std::error::Error;

use datasaur_auth::{Client, Query};
use graphql_client::GraphQLQuery;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../../crates/auth-testkit/src/datasaur/schema.graphql",
    query_path = "graphql/projects.graphql",
    response_derives = "Debug"
)]
struct Projects;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    let body = Projects::build_query(projects::Variables { skip: 0, take: 10 });
    let query = Query::new(body.query)
        .variables(&body.variables)
        .operation_name(body.operation_name);
    let data: projects::ResponseData = client.graphql(&query).await?.data()?;
    for project in &data.get_projects.nodes {
        println!("{} {} {:?}", project.id, project.name, project.status);
    }
    println!("{} in all", data.get_projects.total_count);
    Ok(())
}
