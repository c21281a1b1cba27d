//! The emulated Maia's pipeline executions, which run by the clock.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails by unwrapping")]

use std::time::Duration;

use auth_testkit::{Emulator, EmulatorBuilder, Maia, ManualClock};
use serde_json::{Value, json};

use crate::support::{JSON, Reply, get_with, send, sign_in};

struct Plane {
    emulator: Emulator,
    token: String,
    clock: ManualClock,
    project: String,
}

impl Plane {
    async fn start(maia: Maia) -> Self {
        let clock = ManualClock::new();
        let builder: EmulatorBuilder = maia.into();
        let builder = builder.clock(clock.clone());
        // One token for all of a test.
        let builder = builder.token_lifetime(Duration::from_secs(86_400));
        let emulator = builder.start().await.unwrap();
        let token = sign_in(&emulator).token();
        let page = get_with(&emulator, "/dpc/v1/projects", &token).json();
        let project = page["results"][0]["id"].as_str().unwrap().to_owned();
        Self {
            emulator,
            token,
            clock,
            project,
        }
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("content-type", JSON), ("authorization", bearer.as_str())];
        let url = format!("{}/dpc/v1/{path}", self.emulator.base_url());
        send(method, &url, &headers, body.as_bytes())
    }

    fn of_project(&self, method: &str, rest: &str, body: &Value) -> Reply {
        let path = format!("projects/{}/{rest}", self.project);
        self.send(method, &path, &body.to_string())
    }

    fn run(&self, pipeline: &str) -> String {
        let body = json!({ "pipelineName": pipeline, "environmentName": "Production" });
        let reply = self.of_project("POST", "pipeline-executions", &body);
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["pipelineExecutionId"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn get(&self, rest: &str) -> Value {
        let reply = self.of_project("GET", &format!("pipeline-executions/{rest}"), &json!(null));
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    fn status(&self, id: &str) -> Value {
        self.get(&format!("{id}/status"))["status"].clone()
    }
}

#[tokio::test]
async fn a_run_is_queued_and_runs_and_ends_by_the_clock() {
    let hour = Duration::from_secs(3_600);
    let plane = Plane::start(Maia::new().pipeline("Long", 2 * hour)).await;
    let id = plane.run("Long");
    assert_eq!(plane.status(&id), "QUEUED");
    plane.clock.advance(hour / 2);
    assert_eq!(plane.status(&id), "RUNNING");
    let details = plane.get(&id);
    assert_eq!(details["startedAt"], "2026-01-01T00:00:00Z");
    assert_eq!(details.get("finishedAt"), None);
    assert_eq!(
        plane.get(&format!("{id}/steps"))["result"][0]["result"]["status"],
        "RUNNING"
    );
    plane
        .clock
        .advance(hour + hour / 2 - Duration::from_secs(1));
    assert_eq!(plane.status(&id), "RUNNING");
    plane.clock.advance(Duration::from_secs(1));
    assert_eq!(plane.status(&id), "SUCCESS");
    assert_eq!(plane.get(&id)["finishedAt"], "2026-01-01T02:00:00Z");
}

#[tokio::test]
async fn a_run_may_fail_or_be_cancelled() {
    let plane = Plane::start(Maia::new()).await;
    let id = plane.run("Broken pipeline");
    plane.clock.advance(Duration::from_secs(5));
    assert_eq!(plane.status(&id), "FAILED");
    assert_eq!(plane.get(&id)["message"], "\"Load table\": Failed");
    let id = plane.run("Load sales");
    let path = format!("pipeline-executions/{id}");
    let wrong = plane.of_project("PATCH", &path, &json!({ "status": "PAUSED" }));
    assert_eq!(wrong.status, 400);
    let cancel = json!({ "status": "CANCELLED" });
    assert_eq!(plane.of_project("PATCH", &path, &cancel).status, 200);
    plane.clock.advance(Duration::from_secs(60));
    assert_eq!(plane.status(&id), "CANCELLED");
    // One that has ended stays as it is.
    let id = plane.run("Load sales");
    plane.clock.advance(Duration::from_secs(10));
    let path = format!("pipeline-executions/{id}");
    assert_eq!(plane.of_project("PATCH", &path, &cancel).status, 200);
    assert_eq!(plane.status(&id), "SUCCESS");
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let plane = Plane::start(Maia::new()).await;
    let start = |body: Value| {
        let reply = plane.of_project("POST", "pipeline-executions", &body);
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        (reply.status, message)
    };
    let body = |pipeline: &str, environment: &str| json!({ "pipelineName": pipeline, "environmentName": environment });
    let unpublished = (
        404,
        "Pipeline Nope is not published in Production".to_owned(),
    );
    assert_eq!(start(body("Nope", "Production")), unpublished);
    let nowhere = (404, "Environment Nowhere not found".to_owned());
    assert_eq!(start(body("Load sales", "Nowhere")), nowhere);
    for bad in [json!({}), json!([]), body("", "Production")] {
        assert_eq!(start(bad).0, 400);
    }
    let mut odd = body("Load sales", "Production");
    odd["scalarVariables"] = json!({ "a": 1 });
    assert_eq!(start(odd).0, 400);
    for (method, path, status) in [
        ("POST", "projects/nope/pipeline-executions", 404),
        ("GET", "projects/nope/environments", 404),
        ("GET", "pipeline-executions?projectId=nope", 404),
        ("GET", "pipeline-executions?limit=101", 400),
        ("GET", "pipeline-executions?paginationToken=nope", 400),
        ("DELETE", "pipeline-executions", 405),
        ("GET", "nothing", 404),
    ] {
        assert_eq!(plane.send(method, path, "{}").status, status, "{path}");
    }
    assert_eq!(plane.emulator.unscripted_requests(), 1);
}

#[tokio::test]
async fn executions_are_paged_by_tokens_and_filtered() {
    let plane = Plane::start(Maia::new()).await;
    let mut ids: Vec<_> = (0..5).map(|_| plane.run("Load sales")).collect();
    ids.reverse();
    let list = |query: &str| {
        let path = format!("pipeline-executions?projectId={}{query}", plane.project);
        let page = plane.send("GET", &path, "").json();
        let results = page["results"].as_array().unwrap();
        let ids: Vec<_> = results
            .iter()
            .map(|run| run["pipelineExecutionId"].as_str().unwrap().to_owned())
            .collect();
        (ids, page["paginationToken"].as_str().map(str::to_owned))
    };
    let (first, token) = list("&limit=2");
    assert_eq!(first, ids[..2]);
    let token = token.unwrap();
    // A run that starts meanwhile does not move the pages.
    plane.run("Load sales");
    let (second, token) = list(&format!("&limit=2&paginationToken={token}"));
    assert_eq!(second, ids[2..4]);
    let (third, token) = list(&format!("&limit=2&paginationToken={}", token.unwrap()));
    assert_eq!((third.as_slice(), token), (&ids[4..], None));
    assert!(list("&status=SUCCESS").0.is_empty());
    assert_eq!(list("&environmentName=Production").0.len(), 6);
}

#[tokio::test]
async fn the_shapes_of_third_party_descriptions_are_served_on_demand() {
    let plane = Plane::start(Maia::new().short_shapes()).await;
    let body = json!({ "pipelineName": "Load sales", "environmentName": "Production" });
    let started = plane
        .of_project("POST", "pipeline-executions", &body)
        .json();
    let id = started["id"].as_str().unwrap();
    assert_eq!(started["status"], "QUEUED");
    assert_eq!(started.get("pipelineExecutionId"), None);
    let status = json!({ "result": { "id": id, "status": "QUEUED" } });
    assert_eq!(plane.get(&format!("{id}/status")), status);
}
