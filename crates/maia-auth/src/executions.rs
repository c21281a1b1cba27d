//! Pipeline executions: start one, follow it, wait for its end, cancel it, list them.

mod execution;
mod start;
mod text;

pub use execution::{Execution, ExecutionStatus, Step};
pub use start::NewExecution;

use auth_core::vendor::{ApiClient, Page, Pager, Wait};
use auth_core::{
    ApiRequest, ApiResponse, Error, RequestOptions, Result, RetryPolicy, display_text,
};
use http::{Method, StatusCode};
use serde_json::Value;

use self::text::{clean_executions, clean_steps};
use crate::lists::in_project;
use crate::wire;

/// The pipeline executions that the credentials can access.
///
/// # Examples
/// ```no_run
/// use std::time::Duration;
///
/// use maia_auth::NewExecution;
///
/// # async fn example(client: maia_auth::Client) -> maia_auth::auth_core::Result<()> {
/// let executions = client.executions();
/// let sales = NewExecution::new("Load sales", "Production").variable("day", "2026-11-28");
/// let started = executions.start("7f3a", &sales).await?;
/// let finished = executions
///     .wait("7f3a", started.id())
///     .time_limit(Duration::from_secs(4 * 60 * 60))
///     .on_progress(|execution| println!("{execution:?}"))
///     .await?;
/// println!("{}", finished.message().unwrap_or("done"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Executions {
    pub(crate) api: ApiClient,
}

impl Executions {
    /// Requests the status of an execution.
    ///
    /// # Errors
    /// As [`Client::execute_json`](crate::Client::execute_json); an unknown execution is named.
    pub async fn status(&self, project: &str, id: &str) -> Result<Execution> {
        let request = self.request(Method::GET, wire::STATUS_PATH, project, id);
        self.read(&request, project, id).await
    }

    /// Requests an execution with its pipeline, its environment, its message and its times.
    ///
    /// # Errors
    /// As [`Executions::status`].
    pub async fn get(&self, project: &str, id: &str) -> Result<Execution> {
        let request = self.request(Method::GET, wire::EXECUTION_PATH, project, id);
        self.read(&request, project, id).await
    }

    /// Requests the steps of an execution.
    ///
    /// # Errors
    /// As [`Executions::status`], and [`ErrorKind::InvalidResponse`](auth_core::ErrorKind::InvalidResponse) for a response without a list.
    pub async fn steps(&self, project: &str, id: &str) -> Result<Vec<Step>> {
        let request = self.request(Method::GET, wire::STEPS_PATH, project, id);
        let response = self.api.execute(&request).await?;
        let unreadable = response.invalid("no list of steps");
        let body = response.list_json();
        let body = body.map_err(|error| of_execution(error, project, id))?;
        let steps = wire::read_steps(body).ok_or(unreadable)?;
        let mut steps: Vec<_> = steps.iter().map(wire::Entry::step).collect();
        clean_steps(&mut steps, &response);
        Ok(steps.into_iter().map(Step::from).collect())
    }

    /// Asks the API to cancel an execution, which may take a while: wait for it to see its end.
    ///
    /// # Errors
    /// As [`Executions::status`]; it is not retried.
    pub async fn cancel(&self, project: &str, id: &str) -> Result<Execution> {
        let request = self.request(Method::PATCH, wire::EXECUTION_PATH, project, id);
        self.read(&request.json(&wire::CANCEL), project, id).await
    }

    /// Returns the executions of a project as a stream, the most recent first.
    ///
    /// The next page is requested when the current one is exhausted. The list is complete or ends with an error: see [`Pager`],
    /// which also limits how many are read. An execution that the API reports as another project's is not part of it.
    pub fn list(&self, project: &str) -> Pager<Execution> {
        let first = ApiRequest::new(Method::GET, wire::EXECUTIONS_PATH)
            .query(wire::PROJECT_ID, project)
            .query(wire::LIMIT, PAGE_SIZE);
        let (project, named) = (project.to_owned(), project.to_owned());
        let key =
            |execution: &Execution| Some(execution.id().to_owned()).filter(|id| !id.is_empty());
        self.api
            .cursor_pages(first, wire::PAGINATION_TOKEN, key, move |response| {
                let unreadable = response.invalid("no list of executions");
                let page = wire::read_page(response.list_json()?).ok_or(unreadable)?;
                let entries = page.results.iter();
                let mut executions: Vec<_> = entries.map(wire::Entry::execution).collect();
                clean_executions(&mut executions, &response);
                let executions = executions.into_iter().map(|mut execution| {
                    let id = execution.id.take().unwrap_or_default();
                    Execution::new(&project, id, execution)
                });
                // The filter is not documented by the vendor, so a server may ignore it.
                let own = executions.filter(|execution| execution.project_id() == project);
                Ok(Page::new(own.collect()).with_next(page.token))
            })
            .map_err(move |error| in_project(error, Some(&named)))
    }

    /// Waits for the end of an execution, for longer than any token is valid.
    ///
    /// The result is the finished execution, or an error that quotes its message if it failed or was cancelled;
    /// [`Wait::outcome`] returns the execution either way. Dropping the wait does not cancel the execution.
    /// A status that this version does not know counts as unfinished, until the time limit.
    pub fn wait(&self, project: &str, id: &str) -> Wait<Execution> {
        let (executions, project, id) = (self.clone(), project.to_owned(), id.to_owned());
        let what = format!("pipeline execution {}", display_text(&id));
        self.api.wait(what, move || {
            let (executions, project, id) = (executions.clone(), project.clone(), id.clone());
            async move {
                let request = executions.request(Method::GET, wire::STATUS_PATH, &project, &id);
                // The wait polls again by itself, and reports the outage at once.
                let once = RequestOptions::new().with_retry_policy(RetryPolicy::NONE);
                let request = request.options(once);
                let polled = executions.read(&request, &project, &id).await?;
                if !polled.is_finished() {
                    return Ok(polled);
                }
                // The status alone does not say why.
                let details = executions.get(&project, &id).await;
                Ok(match details {
                    Ok(details) => polled.with_details(details),
                    Err(_) => polled,
                })
            }
        })
    }

    fn request(&self, method: Method, path: &'static str, project: &str, id: &str) -> ApiRequest {
        ApiRequest::new(method, path)
            .parameter(wire::PROJECT_ID, project)
            .parameter(wire::EXECUTION_ID, id)
    }

    async fn read(&self, request: &ApiRequest, project: &str, id: &str) -> Result<Execution> {
        let response = self.api.execute(request).await?;
        let body: Value = response
            .json()
            .map_err(|error| of_execution(error, project, id))?;
        let mut execution = read_execution(body, &response);
        // The request says which one it is.
        execution.id = None;
        Ok(Execution::new(project, id.to_owned(), execution))
    }
}

/// Reads the execution that a response describes.
fn read_execution(body: Value, response: &ApiResponse) -> wire::Execution {
    let mut execution = wire::Entry::from(body).execution();
    clean_executions(std::slice::from_mut(&mut execution), response);
    execution
}

/// Names the execution that the API does not know.
fn of_execution(error: Error, project: &str, id: &str) -> Error {
    if error.status() != Some(StatusCode::NOT_FOUND) {
        return error;
    }
    let [id, project] = [id, project].map(display_text);
    error.with_context(format!(
        "pipeline execution {id} was not found in project {project}"
    ))
}

/// As many as a page of any list of this API can have.
const PAGE_SIZE: u32 = 100;
