//! Datasaur's GraphQL: what is asked for is answered and nothing else, and what no server would run is refused.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of tests fails by unwrapping"
)]

use auth_testkit::{EmulatedVendor, Emulator};
use serde_json::{Value, json};

use crate::support::{JSON, Reply, send, sign_in};

/// An emulator and a token.
struct Workspace(Emulator, String);

impl Workspace {
    async fn start() -> Self {
        let emulator = Emulator::start(EmulatedVendor::Datasaur).await.unwrap();
        let bearer = format!("Bearer {}", sign_in(&emulator).token());
        Self(emulator, bearer)
    }

    fn post(&self, body: &str) -> Reply {
        let headers = [("content-type", JSON), ("authorization", self.1.as_str())];
        let url = format!("{}/graphql", self.0.base_url());
        send("POST", &url, &headers, body.as_bytes())
    }

    fn ask(&self, query: &str, variables: Value) -> Reply {
        self.post(&json!({ "query": query, "variables": variables }).to_string())
    }

    #[track_caller]
    fn assert_data(&self, query: &str, data: Value) {
        let reply = self.ask(query, json!({}));
        assert_eq!(
            (reply.status, reply.json()),
            (200, json!({ "data": data })),
            "{query}"
        );
    }

    /// Asserts that a query is refused as a whole, with these words in one of its errors.
    #[track_caller]
    fn assert_refused(&self, query: &str, variables: Value, words: &str) {
        let reply = self.ask(query, variables);
        let body = reply.json();
        assert_eq!(reply.status, 400, "{query}: {body}");
        assert_eq!(body.get("data"), None, "{query}");
        let errors = body["errors"].as_array().unwrap();
        let says = |error: &Value| error["message"].as_str().unwrap().contains(words);
        let found = errors.iter().find(|error| says(error));
        let found = found.unwrap_or_else(|| panic!("{words:?} is not in {body}"));
        assert_eq!(found["extensions"]["type"], "GraphQLError");
    }
}

#[tokio::test]
async fn exactly_the_fields_that_are_asked_for_come_back() {
    let workspace = Workspace::start().await;
    workspace.assert_data(
        "{ me { email } }",
        json!({ "me": { "email": "demo@example.com" } }),
    );
    workspace.assert_data("query Who { me { id id } }", json!({ "me": { "id": "1" } }));
    workspace.assert_data(
        "{ __typename me { __typename id } }",
        json!({ "__typename": "Query", "me": { "__typename": "User", "id": "1" } }),
    );
    workspace.assert_data(
        "{ who: me { number: id, id } again: me { email } }",
        json!({ "who": { "number": "1", "id": "1" }, "again": { "email": "demo@example.com" } }),
    );
    workspace.assert_data(
        "query ($yes: Boolean = true) { me { id @include(if: $yes) email @skip(if: $yes) } }",
        json!({ "me": { "id": "1" } }),
    );
}

#[tokio::test]
async fn fragments_are_taken_apart() {
    let workspace = Workspace::start().await;
    let query = "# who\n{ me { ...Who ... on User { email } ... { name } } } fragment Who on User { id ...Also } fragment Also on User { email }";
    let me = json!({ "id": "1", "email": "demo@example.com", "name": "Demo" });
    workspace.assert_data(query, json!({ "me": me }));
}

#[tokio::test]
async fn variables_and_the_name_of_the_operation_count() {
    let workspace = Workspace::start().await;
    let query = "query A { me { id } } query B($input: GetProjectInput!) { getProject(input: $input) { name } }";
    let ask = |body: Value| workspace.post(&body.to_string());
    let input = json!({ "input": { "projectId": "p1" } });
    let named = ask(json!({ "query": query, "operationName": "B", "variables": input }));
    let expected = json!({ "data": { "getProject": { "name": "Demo project" } } });
    assert_eq!((named.status, named.json()), (200, expected));
    for (name, words) in [
        (json!("C"), "Unknown operation"),
        (Value::Null, "Must provide operation name"),
    ] {
        let reply = ask(json!({ "query": query, "operationName": name, "variables": input }));
        assert_eq!(reply.status, 400);
        assert!(reply.text().contains(words), "{}", reply.text());
    }
    for variables in [
        json!({}),
        json!({ "input": null }),
        json!({ "input": {} }),
        json!({ "input": { "projectId": true } }),
        json!({ "input": { "projectId": "p1", "more": 1 } }),
    ] {
        let reply = ask(json!({ "query": query, "operationName": "B", "variables": variables }));
        assert_eq!(reply.status, 400, "{variables}");
        assert!(
            reply.text().contains("Variable \\\"$input\\\""),
            "{}",
            reply.text()
        );
    }
    for body in [
        json!({ "query": "{ me { id } }", "variables": [] }),
        json!({ "query": "{ me { id } }", "operationName": 7 }),
        json!([{ "query": "{ me { id } }" }]),
    ] {
        assert_eq!(ask(body).status, 400);
    }
}

/// The queries are those of the vendor's own examples and of its tool, word for word.
#[tokio::test]
async fn the_vendors_samples_work() {
    let workspace = Workspace::start().await;
    let tags = "query GetTagsQuery($input: GetTagsInput!) { result: getTags(input: $input) { ...TagFragment __typename } } fragment TagFragment on Tag { id name globalTag __typename }";
    let input = json!({ "input": { "teamId": "1", "filter": { "includeGlobalTag": true } } });
    let found = workspace.ask(tags, input).json()["data"]["result"].clone();
    assert_eq!(
        found[1],
        json!({ "id": "t2", "name": "TAG_NAME", "globalTag": false, "__typename": "Tag" })
    );

    let projects = "query GetProjectsQuery($input: GetProjectsPaginatedInput!) { result: getProjects(input: $input) { nodes { id name tags { id name } __typename status } pageInfo { nextCursor prevCursor __typename } } }";
    let input = |tags: Value, page: Value| json!({ "input": { "cursor": "", "filter": { "teamId": "1", "tags": tags }, "sort": [], "page": page } });
    let page = json!({ "skip": 0, "take": 100 });
    let found = workspace
        .ask(projects, input(json!(["t1"]), page.clone()))
        .json();
    let expected = json!({ "data": { "result": {
        "nodes": [{
            "id": "p1",
            "name": "Demo project",
            "tags": [{ "id": "t1", "name": "demo" }, { "id": "t2", "name": "TAG_NAME" }],
            "__typename": "Project",
            "status": "IN_PROGRESS",
        }],
        "pageInfo": { "nextCursor": null, "prevCursor": null, "__typename": "PageInfo" },
    } } });
    assert_eq!(found, expected);
    let ids = |tags, page| {
        let body = workspace.ask(projects, input(tags, page)).json();
        let nodes = body["data"]["result"]["nodes"].as_array().unwrap().clone();
        nodes
            .iter()
            .map(|node| node["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(json!(["t2"]), page.clone()), ["p1", "p2"]);
    assert_eq!(ids(json!([]), json!({ "skip": 1, "take": 1 })), ["p2"]);
    assert!(ids(json!(["t9"]), page).is_empty());

    let job = "query GetJob($input: String!) { job: getJob(jobId: $input) { ...JobFragment __typename }} fragment JobFragment on Job { id status progress errors { id stack __typename } resultId __typename}";
    let found = workspace.ask(job, json!({ "input": "j1" }));
    assert_eq!(
        (found.status, found.json()),
        (200, json!({ "data": { "job": null } }))
    );
}

#[tokio::test]
async fn what_is_not_found_is_an_error_of_its_field() {
    let workspace = Workspace::start().await;
    let error = |path: &str| json!([{ "message": "Project not found", "path": [path], "extensions": { "type": "NotFoundError" } }]);
    let required = "{ me { id } one: getProject(input: { projectId: 7 }) { id } }";
    let reply = workspace.ask(required, Value::Null);
    let expected = json!({ "data": null, "errors": error("one") });
    assert_eq!((reply.status, reply.json()), (200, expected));
    let optional = "{ me { id } project(id: 7) { id } }";
    let reply = workspace.ask(optional, Value::Null);
    let expected =
        json!({ "data": { "me": { "id": "1" }, "project": null }, "errors": error("project") });
    assert_eq!((reply.status, reply.json()), (200, expected));
}

#[tokio::test]
async fn what_the_schema_has_not_is_refused() {
    let workspace = Workspace::start().await;
    for (query, words) in [
        (
            "{ projects { name } }",
            "Cannot query field \"projects\" on type \"Query\".",
        ),
        (
            "{ me { id salary } }",
            "Cannot query field \"salary\" on type \"User\".",
        ),
        ("{ me }", "must have a selection of subfields"),
        ("{ me { id { x } } }", "must not have a selection"),
        (
            "{ me(id: 1) { id } }",
            "Unknown argument \"id\" on field \"Query.me\".",
        ),
        (
            "{ getProject { id } }",
            "argument \"input\" of type \"GetProjectInput!\" is required",
        ),
        (
            "{ getProject(input: { }) { id } }",
            "\"GetProjectInput.projectId\" of required type",
        ),
        (
            "{ getProject(input: { projectId: 1.5 }) { id } }",
            "Expected value of type \"ID\".",
        ),
        (
            "{ getProject(input: { projectId: 1, x: 2 }) { id } }",
            "\"x\" is not defined by type",
        ),
        ("{ getProject(input: null) { id } }", "found null"),
        (
            "{ getProjects(input: { sort: { field: \"a\", order: UP } }) { totalCount } }",
            "\"OrderType\"",
        ),
        ("{ getProject(input: 7) { id } }", "\"GetProjectInput\""),
        (
            "mutation { createProject { name } }",
            "\"input\" of type \"LaunchProjectInput!\" is required",
        ),
        (
            "mutation { launchTextProjectAsync { id } }",
            "Cannot query field \"launchTextProjectAsync\" on type \"Mutation\".",
        ),
        (
            "{ createProject { name } }",
            "Cannot query field \"createProject\" on type \"Query\".",
        ),
        (
            "subscription { me { id } }",
            "not configured to execute subscription",
        ),
        ("{ __schema { types { name } } }", "introspection"),
        ("{ me { ...Nobody } }", "Unknown fragment \"Nobody\"."),
        (
            "{ me { id } } fragment A on User { id }",
            "Fragment \"A\" is never used.",
        ),
        (
            "{ me { ...A } } fragment A on User { ...B } fragment B on User { ...A }",
            "within itself",
        ),
        (
            "{ me { ...A } } fragment A on Tag { id }",
            "can never be of type \"Tag\"",
        ),
        (
            "{ me { ... on Tag { id } } }",
            "can never be of type \"Tag\"",
        ),
        (
            "{ me { ... on Nothing { id } } }",
            "Unknown type \"Nothing\".",
        ),
        (
            "{ me { ...A } } fragment A on User { salary }",
            "\"salary\"",
        ),
        ("query ($a: ID) { me { id } }", "\"$a\" is never used"),
        (
            "query Q { project(id: $a) { id } }",
            "\"$a\" is not defined by operation \"Q\"",
        ),
        (
            "query ($a: String!) { project(id: $a) { id } }",
            "used in position expecting type \"ID!\"",
        ),
        (
            "query ($a: ID) { project(id: $a) { id } }",
            "used in position expecting type \"ID!\"",
        ),
        (
            "query ($a: Project) { project(id: $a) { id } }",
            "cannot be non-input type",
        ),
        (
            "query ($a: Foo) { project(id: $a) { id } }",
            "Unknown type \"Foo\".",
        ),
        (
            "{ me { id @uppercase } }",
            "Unknown directive \"@uppercase\".",
        ),
        (
            "{ me { id @skip } }",
            "argument \"if\" of type \"Boolean!\" is required",
        ),
        (
            "{ me { a: id a: email } }",
            "\"id\" and \"email\" are different fields",
        ),
        (
            "{ p: project(id: 1) { id } p: project(id: 2) { id } }",
            "differing arguments",
        ),
        (
            "query A { me { id } } query A { me { id } }",
            "only one operation named \"A\"",
        ),
        ("{ me { id } } query A { me { id } }", "anonymous operation"),
        (
            "type Foo { id: ID }",
            "The \"Foo\" definition is not executable.",
        ),
        ("fragment A on User { id }", "Fragment \"A\" is never used."),
    ] {
        workspace.assert_refused(query, json!({}), words);
    }
}

#[tokio::test]
async fn what_is_no_graphql_is_a_syntax_error_with_its_place() {
    let workspace = Workspace::start().await;
    for query in [
        "{",
        "}",
        "{}",
        "me",
        "{ me { } }",
        "{ me { id }",
        "query {",
        "{ me { id } } }",
        "\"text\"",
        "{ me(: 1) }",
        "{ ... }",
        "{ me { id } \u{0} }",
    ] {
        workspace.assert_refused(query, json!({}), "Syntax Error");
    }
    let reply = workspace.ask("{\n  me {\n    wörk: id\n    salary\n  }\n}", json!({}));
    assert_eq!(reply.status, 400);
    assert!(reply.json()["errors"][0]["locations"][0]["line"].is_u64());
    let reply = workspace.ask("{\n  me { id\n    salary }\n}", json!({}));
    let expected = json!({ "errors": [{
        "message": "Cannot query field \"salary\" on type \"User\".",
        "locations": [{ "line": 3, "column": 5 }],
        "extensions": { "type": "GraphQLError" },
    }] });
    assert_eq!((reply.status, reply.json()), (400, expected));
}

#[tokio::test]
async fn hostile_queries_are_refused_in_no_time() {
    let workspace = Workspace::start().await;
    let many = |text: &str, number: usize| text.repeat(number);
    let bomb: String = (0..500)
        .map(|n| format!("fragment F{n} on User {{ ...F{} ...F{} }}\n", n + 1, n + 1))
        .collect();
    let aliases: String = (0..600).map(|n| format!("a{n}:me{{...A}}")).collect();
    let fields: String = (0..600).map(|n| format!("b{n}:id ")).collect();
    for query in [
        many("{ me ", 100_000),
        format!("{}{}", many("{me", 50_000), many("}", 50_000)),
        format!(
            "{{ project(id: {}1{}) {{ id }} }}",
            many("[", 50_000),
            many("]", 50_000)
        ),
        format!(
            "query ($a: {}ID{}) {{ me {{ id }} }}",
            many("[", 50_000),
            many("]", 50_000)
        ),
        format!("{{ me {{ {} }} }}", many("x ", 400_000)),
        format!("{{ me {{ ...F0 }} }} {bomb} fragment F500 on User {{ salary }}"),
        many("fragment A on User { id } ", 1_000),
        many("\"", 400_000),
        many("#", 999_999),
    ] {
        let reply = workspace.ask(&query, json!({}));
        assert_eq!(reply.status, 400, "{}", &query[..40]);
        assert!(reply.json()["errors"].as_array().unwrap().len() <= 100);
    }
    let multiplied = format!("{{{aliases}}} fragment A on User {{{fields}}}");
    workspace.assert_refused(&multiplied, json!({}), "too many values");
    let jobs: String = (0..600)
        .map(|n| format!("a{n}:getJobs(jobIds:$j){{id}}"))
        .collect();
    let ids = vec!["j"; 200_000];
    let query = format!("query ($j: [String!]!) {{ {jobs} }}");
    workspace.assert_refused(&query, json!({ "j": ids }), "too many values");
    workspace.assert_data("{ me { id } }", json!({ "me": { "id": "1" } }));
}
