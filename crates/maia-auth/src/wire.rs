//! Maia's wire format: its token request's parameter, its error texts, its paths, its lists and its pipeline executions.

use serde::Serialize;
use serde_json::{Map, Value};

/// The vendor's name in errors and logs.
pub(crate) const VENDOR: &str = "maia";

/// The token request's parameter beyond RFC 6749.
pub(crate) const AUDIENCE: &str = "audience";

/// What the vendor's pages put at the end of the base URL, and not at the start of the paths.
pub(crate) const BASE_SUFFIX: &str = "/dpc";

/// The paths below the base URL.
pub(crate) const PROJECTS_PATH: &str = "/dpc/v1/projects";
pub(crate) const ENVIRONMENTS_PATH: &str = "/dpc/v1/projects/{projectId}/environments";
pub(crate) const PIPELINES_PATH: &str = "/dpc/v1/projects/{projectId}/published-pipelines";
pub(crate) const START_PATH: &str = "/dpc/v1/projects/{projectId}/pipeline-executions";
pub(crate) const EXECUTION_PATH: &str =
    "/dpc/v1/projects/{projectId}/pipeline-executions/{pipelineExecutionId}";
pub(crate) const STATUS_PATH: &str =
    "/dpc/v1/projects/{projectId}/pipeline-executions/{pipelineExecutionId}/status";
pub(crate) const STEPS_PATH: &str =
    "/dpc/v1/projects/{projectId}/pipeline-executions/{pipelineExecutionId}/steps";
/// The executions of all projects, or of the one in the query.
pub(crate) const EXECUTIONS_PATH: &str = "/dpc/v1/pipeline-executions";

/// The parameters of the paths; the first one is also a parameter of the list of executions.
pub(crate) const PROJECT_ID: &str = "projectId";
pub(crate) const EXECUTION_ID: &str = "pipelineExecutionId";

/// The query parameters of a numbered list: the page, counted from 0, and how many entries it has.
pub(crate) const PAGE: &str = "page";
pub(crate) const SIZE: &str = "size";

/// The query parameters of the list of executions: how many entries a page has, and where it starts.
pub(crate) const LIMIT: &str = "limit";
pub(crate) const PAGINATION_TOKEN: &str = "paginationToken";

/// Starts a pipeline.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Start<'a> {
    pub(crate) pipeline_name: &'a str,
    pub(crate) environment_name: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) scalar_variables: Map<String, Value>,
}

/// Cancels an execution.
#[derive(Serialize)]
pub(crate) struct Cancel {
    status: &'static str,
}

pub(crate) const CANCEL: Cancel = Cancel {
    status: "CANCELLED",
};

/// One page of a list; its metadata may be absent or malformed.
pub(crate) struct Page {
    pub(crate) results: Vec<Entry>,
    pub(crate) size: Option<u64>,
    pub(crate) total: Option<u64>,
    pub(crate) token: Option<String>,
}

/// An object whose members are read as far as they are readable.
pub(crate) struct Entry(Value);

pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
}

pub(crate) struct Environment {
    pub(crate) name: String,
    pub(crate) agent_id: Option<String>,
    pub(crate) agent_name: Option<String>,
}

pub(crate) struct Pipeline {
    pub(crate) name: String,
    pub(crate) published_at: Option<String>,
}

#[derive(Default)]
pub(crate) struct Execution {
    pub(crate) id: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) pipeline: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) started_at: Option<String>,
    pub(crate) finished_at: Option<String>,
}

pub(crate) struct Step {
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) started_at: Option<String>,
    pub(crate) finished_at: Option<String>,
}

/// Parses a page, or returns `None` if it contains no list; one malformed entry does not affect the others.
pub(crate) fn read_page(mut body: Value) -> Option<Page> {
    let (size, total) = (count(&body, "size"), count(&body, "total"));
    let token = text(&body, PAGINATION_TOKEN).or_else(|| text(&body, "nextPaginationToken"));
    let results = take_list(&mut body, &["results"])?;
    Some(Page {
        results,
        size,
        total,
        token,
    })
}

/// Parses the steps of an execution, or returns `None` if there is no list.
pub(crate) fn read_steps(mut body: Value) -> Option<Vec<Entry>> {
    take_list(&mut body, &["steps", "results", RESULT])
}

/// One object, which may be in a member of its own.
impl From<Value> for Entry {
    fn from(mut body: Value) -> Self {
        match body.get_mut(RESULT) {
            Some(inner @ Value::Object(_)) => Self(inner.take()),
            _ => Self(body),
        }
    }
}

/// Takes the list in the first of these members, or the body if it is a list itself.
fn take_list(body: &mut Value, members: &[&str]) -> Option<Vec<Entry>> {
    let found = members.iter().find(|member| body.get(member).is_some());
    let list = match found {
        Some(member) => body.get_mut(member)?.take(),
        None => body.take(),
    };
    match list {
        Value::Array(entries) => Some(entries.into_iter().map(Entry).collect()),
        // The steps may be one level deeper.
        mut object @ Value::Object(_) if found.is_some() => {
            let inner = members.iter().find(|member| object.get(member).is_some())?;
            match object.get_mut(inner)?.take() {
                Value::Array(entries) => Some(entries.into_iter().map(Entry).collect()),
                _ => None,
            }
        }
        _ => None,
    }
}

impl Entry {
    pub(crate) fn project(&self) -> Project {
        Project {
            id: text(&self.0, "id").unwrap_or_default(),
            name: text(&self.0, "name").unwrap_or_default(),
            description: text(&self.0, "description"),
        }
    }

    pub(crate) fn environment(&self) -> Environment {
        Environment {
            name: text(&self.0, "name").unwrap_or_default(),
            agent_id: text(&self.0, "defaultAgentId"),
            agent_name: text(&self.0, "defaultAgentName"),
        }
    }

    pub(crate) fn pipeline(&self) -> Pipeline {
        Pipeline {
            name: text(&self.0, "name").unwrap_or_default(),
            published_at: text(&self.0, "publishedTime"),
        }
    }

    /// The vendor documents `pipelineExecutionId`; third-party descriptions have `id`.
    pub(crate) fn execution(&self) -> Execution {
        Execution {
            id: text(&self.0, EXECUTION_ID).or_else(|| text(&self.0, "id")),
            project: text(&self.0, PROJECT_ID),
            pipeline: text(&self.0, "pipelineName"),
            environment: text(&self.0, "environmentName"),
            status: text(&self.0, "status"),
            message: text(&self.0, "message"),
            started_at: text(&self.0, "startedAt"),
            finished_at: text(&self.0, "finishedAt"),
        }
    }

    /// What became of a step is beside its name, or in an object of its own.
    pub(crate) fn step(&self) -> Step {
        let outcome = self.0.get(RESULT);
        let member = |name| {
            let inner = outcome.and_then(|outcome| text(outcome, name));
            inner.or_else(|| text(&self.0, name))
        };
        Step {
            name: text(&self.0, "name"),
            status: member("status"),
            message: member("message"),
            started_at: member("startedAt"),
            finished_at: member("finishedAt"),
        }
    }
}

/// Reads text that may be a number; an empty one counts as absent.
fn text(entry: &Value, member: &str) -> Option<String> {
    match entry.get(member)? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Reads a count, which may be text.
fn count(body: &Value, member: &str) -> Option<u64> {
    match body.get(member)? {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

/// Reads plain text, which a 403 may contain; markup and JSON are excluded.
pub(crate) fn read_prose(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_prose = !text.is_empty() && !text.starts_with(['<', '{', '[']);
    is_prose.then(|| text.to_owned())
}

const RESULT: &str = "result";

#[cfg(test)]
mod tests;
