//! The emulated workspace: one user, two projects and their tags, and what uploads and mutations add to them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth_core::ClockReading;
use serde_json::{Map, Value, json};

use super::jobs::Job;
use crate::jwt;

/// The response for something that does not exist.
pub(crate) struct NotFound(pub(crate) String);

/// What the workspace starts with, and what was added since.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) me_is_null: bool,
    pub(crate) job_duration: Duration,
    /// Why jobs fail, if they do.
    pub(crate) job_failure: Option<String>,
    added: Mutex<Added>,
}

#[derive(Debug, Default)]
struct Added {
    object_keys: Vec<String>,
    jobs: Vec<Job>,
    projects: Vec<Value>,
}

impl Default for Workspace {
    fn default() -> Self {
        Self {
            me_is_null: false,
            job_duration: DEFAULT_JOB_DURATION,
            job_failure: None,
            added: Mutex::default(),
        }
    }
}

impl Workspace {
    /// Keeps an uploaded file's name, and returns the key for it.
    pub(crate) fn upload(&self, file_name: &str) -> String {
        let extension = file_name
            .rsplit_once('.')
            .map_or("bin", |(_, extension)| extension);
        let extension: String = extension
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let key = format!("temp/upload-proxy/{}.{extension}", jwt::uuid());
        self.added().object_keys.push(key.clone());
        key
    }

    /// Returns what a field of the query or of the mutation is, with all its members.
    pub(crate) fn answer(
        &self,
        field: &str,
        arguments: &Map<String, Value>,
        now: ClockReading,
    ) -> Result<Value, NotFound> {
        let input = &arguments.get("input").cloned().unwrap_or_default();
        let not_found = || NotFound("Project not found".to_owned());
        let job = |id: &Value| {
            let id = text(id);
            let added = self.added();
            let found = added.jobs.iter().find(|job| job.id() == id);
            found.map_or(Value::Null, |job| job.state(now))
        };
        match field {
            "me" if self.me_is_null => Ok(Value::Null),
            "me" => Ok(me()),
            "getProject" => self.project(&input["projectId"], now).ok_or_else(not_found),
            "project" => {
                let id = arguments.get("id").unwrap_or(&Value::Null);
                self.project(id, now).ok_or_else(not_found)
            }
            "getProjects" => Ok(page(input, self.projects(now))),
            "getTags" => Ok(tags().into()),
            "getJob" => Ok(job(arguments.get("jobId").unwrap_or(&Value::Null))),
            "getJobs" => match arguments.get("jobIds") {
                Some(Value::Array(ids)) => Ok(ids.iter().map(job).collect()),
                Some(one) => Ok(vec![job(one)].into()),
                None => Ok(Value::Array(Vec::new())),
            },
            "createProject" => self.create_project(input, now),
            "addDocumentsToProject" => {
                let project = self.project(&input["projectId"], now);
                let project = project.ok_or_else(not_found)?;
                self.check_documents(input)?;
                Ok(self.launch(&text(&project["name"]), &text(&project["id"]), now))
            }
            _ => Ok(Value::Null),
        }
    }

    fn create_project(&self, input: &Value, now: ClockReading) -> Result<Value, NotFound> {
        self.check_documents(input)?;
        let name = text(&input["name"]);
        let id = format!("p{}", self.added().projects.len() + 3);
        let kind = text(&input["kinds"][0]);
        let mut project = new_project(&id, &name, "CREATED", &[]);
        project["type"] = kind.into();
        let launched = self.launch(&name, &id, now);
        self.added().projects.push(project);
        Ok(launched)
    }

    /// A document must have been uploaded.
    fn check_documents(&self, input: &Value) -> Result<(), NotFound> {
        let added = self.added();
        let documents = input["documents"].as_array();
        for document in documents.into_iter().flatten() {
            let key = text(&document["document"]["objectKey"]);
            if !added.object_keys.contains(&key) {
                return Err(NotFound(format!("Object {key} not found")));
            }
        }
        Ok(())
    }

    fn launch(&self, name: &str, project: &str, now: ClockReading) -> Value {
        let job = Job::new(project, self.job_duration, self.job_failure.clone(), now);
        let state = job.state(now);
        self.added().jobs.push(job);
        json!({ "job": state, "name": name })
    }

    /// An id may be sent as a text or as a number (GraphQL section 3.5.5).
    fn project(&self, id: &Value, now: ClockReading) -> Option<Value> {
        let id = text(id);
        let mut projects = self.projects(now).into_iter();
        projects.find(|project| project["id"] == id)
    }

    /// A project is there once its job is done.
    fn projects(&self, now: ClockReading) -> Vec<Value> {
        let added = self.added();
        let is_there = |project: &&Value| {
            let mut jobs = added.jobs.iter();
            jobs.any(|job| job.is_delivered(now) && project["id"] == job.project())
        };
        let created = added.projects.iter().filter(is_there).cloned();
        projects().into_iter().chain(created).collect()
    }

    fn added(&self) -> MutexGuard<'_, Added> {
        self.added.lock().unwrap_or_else(PoisonError::into_inner)
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

fn page(input: &Value, mut projects: Vec<Value>) -> Value {
    let filter = &input["filter"];
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
    vec![
        new_project("p1", "Demo project", "IN_PROGRESS", &[&global, &own]),
        new_project("p2", "Finished project", "COMPLETE", &[&own]),
    ]
}

fn new_project(id: &str, name: &str, status: &str, tags: &[&Value]) -> Value {
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

/// Long enough to be seen, and short enough for a demonstration.
const DEFAULT_JOB_DURATION: Duration = Duration::from_secs(3);
