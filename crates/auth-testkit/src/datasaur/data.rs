//! The emulated workspace: one user, two projects and their tags, no jobs.

use serde_json::{Map, Value, json};

/// The response for something that does not exist.
pub(crate) struct NotFound(pub(crate) &'static str);

/// Returns what a field of the query is, with all its members.
pub(crate) fn find(field: &str, arguments: &Map<String, Value>) -> Result<Value, NotFound> {
    let input = &arguments.get("input").cloned().unwrap_or_default();
    match field {
        "me" => Ok(me()),
        "getProject" => project(&input["projectId"]).ok_or(NotFound("Project not found")),
        "project" => {
            let id = arguments.get("id").unwrap_or(&Value::Null);
            project(id).ok_or(NotFound("Project not found"))
        }
        "getProjects" => Ok(page(input)),
        "getTags" => Ok(tags().into()),
        "getJobs" => {
            let ids = arguments.get("jobIds").and_then(Value::as_array);
            Ok(vec![Value::Null; ids.map_or(1, Vec::len)].into())
        }
        // A job that does not exist is null, by its type.
        _ => Ok(Value::Null),
    }
}

fn me() -> Value {
    json!({
        "id": "1",
        "email": "demo@example.com",
        "displayName": "Demo",
        "name": "Demo",
        "username": "demo",
        "emailVerified": true,
        "profilePicture": null,
    })
}

/// An id may be sent as a text or as a number (GraphQL section 3.5.5).
fn project(id: &Value) -> Option<Value> {
    let id = text(id);
    projects().into_iter().find(|project| project["id"] == id)
}

fn page(input: &Value) -> Value {
    let filter = &input["filter"];
    let mut projects = projects();
    if let Some(keyword) = filter["keyword"].as_str() {
        let keyword = keyword.to_lowercase();
        projects.retain(|project| text(&project["name"]).to_lowercase().contains(&keyword));
    }
    if let Some(is_archived) = filter["isArchived"].as_bool() {
        projects.retain(|project| project["isArchived"] == is_archived);
    }
    // One item stands for a list of one (GraphQL section 3.11).
    let wanted: Vec<String> = match &filter["tags"] {
        Value::Array(tags) => tags.iter().map(text).collect(),
        Value::Null => Vec::new(),
        one => vec![text(one)],
    };
    projects.retain(|project| {
        let tags = project["tags"].as_array();
        wanted
            .iter()
            .all(|id| tags.is_some_and(|tags| tags.iter().any(|tag| tag["id"] == *id)))
    });
    let total = projects.len();
    let number = |name: &str| {
        let number = input["page"][name].as_u64();
        number.and_then(|number| usize::try_from(number).ok())
    };
    let skip = number("skip").unwrap_or_default();
    let take = number("take").unwrap_or(total);
    let nodes: Vec<Value> = projects.into_iter().skip(skip).take(take).collect();
    json!({
        "totalCount": total,
        "pageInfo": { "nextCursor": null, "prevCursor": null },
        "nodes": nodes,
    })
}

fn projects() -> Vec<Value> {
    let [global, own] = tags();
    let project = |id: &str, name: &str, status: &str, tags: &[&Value]| {
        json!({
            "id": id,
            "name": name,
            "type": "TOKEN_BASED",
            "status": status,
            "isArchived": false,
            "createdDate": "2025-01-01T00:00:00Z",
            "updatedDate": "2025-01-02T00:00:00Z",
            "tags": tags,
        })
    };
    vec![
        project("p1", "Demo project", "IN_PROGRESS", &[&global, &own]),
        project("p2", "Finished project", "COMPLETE", &[&own]),
    ]
}

/// The second name is the placeholder of the vendor's samples, which look a tag up by it.
fn tags() -> [Value; 2] {
    [
        json!({ "id": "t1", "name": "demo", "globalTag": true }),
        json!({ "id": "t2", "name": "TAG_NAME", "globalTag": false }),
    ]
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
