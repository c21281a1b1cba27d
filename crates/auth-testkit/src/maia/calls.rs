//! Maia's API: numbered lists of a project, and its pipeline executions.

use auth_core::ClockReading;
use http::StatusCode;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::runs::{Run, Workspace};
use crate::error::phrase;
use crate::jwt;
use crate::reply::Reply;
use crate::request::ReceivedRequest;

/// A request whose token is good.
pub(super) struct Call<'a> {
    pub(super) request: &'a ReceivedRequest,
    pub(super) now: ClockReading,
    pub(super) workspace: &'a Workspace,
}

impl Call<'_> {
    pub(super) fn reply(&self) -> Reply {
        let path = self.request.path();
        let parts: Vec<String> = path
            .split('/')
            .skip(3)
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let is_version_one = path.starts_with("/dpc/v1/");
        match (parts.as_slice(), self.request.method().as_str()) {
            _ if !is_version_one => unknown(),
            (["projects"], "GET") => self.projects(),
            (["pipeline-executions"], "GET") => self.executions(),
            (["projects", project, rest @ ..], method) => {
                if !self.has_project(project) {
                    let text = format!("Project {project} not found");
                    return message(StatusCode::NOT_FOUND, &text);
                }
                self.of_project(project, rest, method)
            }
            (["projects"] | ["pipeline-executions"], _) => not_allowed(),
            _ => unknown(),
        }
    }

    fn of_project(&self, project: &str, rest: &[&str], method: &str) -> Reply {
        match (rest, method) {
            (["environments"], "GET") => {
                let environments = ENVIRONMENTS.iter().map(|name| {
                    json!({
                        "name": name,
                        "defaultAgentId": jwt::uuid_from(1),
                        "defaultAgentName": "Emulated agent",
                    })
                });
                self.numbered(environments.collect())
            }
            (["published-pipelines"], "GET") => {
                let pipelines = self.workspace.pipelines.iter().map(|pipeline| {
                    json!({ "name": pipeline.name, "publishedTime": "2026-01-01T00:00:00Z" })
                });
                self.numbered(pipelines.collect())
            }
            (["pipeline-executions"], "POST") => self.start(project),
            (["pipeline-executions", id, rest @ ..], _) => {
                let Some(run) = self.workspace.runs.find(project, id) else {
                    let text = format!("Pipeline execution {id} not found");
                    return message(StatusCode::NOT_FOUND, &text);
                };
                self.of_run(&run, rest, method)
            }
            (["environments" | "published-pipelines" | "pipeline-executions"], _) => not_allowed(),
            _ => unknown(),
        }
    }

    fn of_run(&self, run: &Run, rest: &[&str], method: &str) -> Reply {
        match (rest, method) {
            ([], "GET") => self.shaped(run, run.details(self.now)),
            (["status"], "GET") => {
                let status = json!({ "status": run.status(self.now) });
                self.shaped(run, status)
            }
            (["steps"], "GET") => Reply::json(json!({ "result": run.steps(self.now) })),
            ([], "PATCH") => {
                if self.body()["status"] != "CANCELLED" {
                    return message(StatusCode::BAD_REQUEST, "status must be CANCELLED");
                }
                self.workspace.runs.cancel(&run.id, self.now);
                Reply::empty()
            }
            ([] | ["status" | "steps"], _) => not_allowed(),
            _ => unknown(),
        }
    }

    fn start(&self, project: &str) -> Reply {
        let body = self.body();
        let text = |name: &str| body[name].as_str().filter(|text| !text.is_empty());
        let (Some(pipeline), Some(environment)) = (text("pipelineName"), text("environmentName"))
        else {
            let text = "pipelineName and environmentName are required";
            return message(StatusCode::BAD_REQUEST, text);
        };
        let variables = body
            .get("scalarVariables")
            .cloned()
            .unwrap_or_else(|| json!({}));
        let is_text = |variables: &Value| {
            let members = variables.as_object();
            members.is_some_and(|members| members.values().all(Value::is_string))
        };
        if !is_text(&variables) {
            let text = "scalarVariables must be an object of strings";
            return message(StatusCode::BAD_REQUEST, text);
        }
        if !ENVIRONMENTS.contains(&environment) {
            let text = format!("Environment {environment} not found");
            return message(StatusCode::NOT_FOUND, &text);
        }
        let mut pipelines = self.workspace.pipelines.iter();
        let Some(pipeline) = pipelines.find(|known| known.name == pipeline) else {
            let text = format!("Pipeline {pipeline} is not published in {environment}");
            return message(StatusCode::NOT_FOUND, &text);
        };
        let runs = &self.workspace.runs;
        let run = runs.start(project, environment, pipeline, variables, self.now);
        let body = match self.workspace.has_short_shapes {
            true => json!({ "id": run.id, "status": run.status(self.now) }),
            false => json!({ "pipelineExecutionId": run.id }),
        };
        Reply::json(body).with_status(201)
    }

    /// Writes a run as the vendor documents it, or as third-party descriptions have it.
    fn shaped(&self, run: &Run, mut body: Value) -> Reply {
        if !self.workspace.has_short_shapes {
            return Reply::json(body);
        }
        body["id"] = run.id.as_str().into();
        if let Some(members) = body.as_object_mut() {
            members.remove("pipelineExecutionId");
        }
        Reply::json(json!({ "result": body }))
    }

    /// Lists the executions, the most recent first; a page starts after the one that its token names.
    fn executions(&self) -> Reply {
        let query = |name| self.request.query(name);
        let limit = query("limit").map_or(Some(25), |text| text.parse().ok());
        let Some(limit @ 1..=100) = limit else {
            return message(StatusCode::BAD_REQUEST, "limit must be 1 to 100");
        };
        if let Some(project) = query("projectId").filter(|project| !self.has_project(project)) {
            let text = format!("Project {project} not found");
            return message(StatusCode::NOT_FOUND, &text);
        }
        let mut runs = self.workspace.runs.all();
        let is = |name, value: &str| query(name).is_none_or(|wanted| wanted == value);
        runs.retain(|run| {
            is("projectId", &run.project)
                && is("pipelineName", &run.pipeline)
                && is("environmentName", &run.environment)
                && is("status", run.status(self.now))
        });
        let start = match query("paginationToken") {
            None => 0,
            Some(token) => match runs.iter().position(|run| run.id == token) {
                Some(last) => last + 1,
                None => return message(StatusCode::BAD_REQUEST, "paginationToken is invalid"),
            },
        };
        let rest = runs.get(start..).unwrap_or_default();
        let page: Vec<Value> = rest
            .iter()
            .take(limit)
            .map(|run| run.details(self.now))
            .collect();
        let mut body = json!({ "results": page });
        if let Some(last) = rest.get(limit - 1).filter(|_| rest.len() > limit) {
            body["paginationToken"] = last.id.as_str().into();
        }
        Reply::json(body)
    }

    fn projects(&self) -> Reply {
        let total = self.workspace.projects;
        self.numbered((0..total).map(|index| project(index, total)).collect())
    }

    /// Cuts one page out of a list.
    fn numbered(&self, items: Vec<Value>) -> Reply {
        let number = |name, default| {
            self.request
                .query(name)
                .map_or(Some(default), |text| text.parse::<usize>().ok())
        };
        let (Some(page), Some(size @ 1..=100)) = (number("page", 0), number("size", 25)) else {
            let text = "page must be 0 or more, size must be 1 to 100";
            return message(StatusCode::BAD_REQUEST, text);
        };
        let total = items.len();
        let skip = page.saturating_mul(size);
        let results: Vec<Value> = items.into_iter().skip(skip).take(size).collect();
        let body = json!({ "page": page, "results": results, "size": size, "total": total });
        Reply::json(body)
    }

    fn has_project(&self, id: &str) -> bool {
        (0..self.workspace.projects).any(|index| project_id(index) == id)
    }

    fn body(&self) -> Value {
        serde_json::from_slice(self.request.body()).unwrap_or_default()
    }
}

/// The same number is the same project in every emulator, so that a test may name one.
fn project(index: usize, total: usize) -> Value {
    let number = index + 1;
    json!({
        "id": project_id(index),
        "name": format!("Project {number:02}"),
        "description": format!("Seeded project {number} of {total}"),
    })
}

fn project_id(index: usize) -> String {
    // An odd multiplier spreads the numbers over all digits and keeps them distinct.
    let number = index as u128 + 1;
    jwt::uuid_from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

/// The API's error bodies are not documented.
pub(super) fn message(status: StatusCode, text: &str) -> Reply {
    Reply::json_with(status, &json!({ "message": text }))
}

fn not_allowed() -> Reply {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    message(status, phrase(status))
}

fn unknown() -> Reply {
    let status = StatusCode::NOT_FOUND;
    message(status, phrase(status)).unscripted()
}

const ENVIRONMENTS: [&str; 2] = ["Development", "Production"];
