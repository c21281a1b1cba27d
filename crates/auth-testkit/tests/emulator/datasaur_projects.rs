//! The emulated Datasaur's uploads, its mutations, and the jobs that they start.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails by unwrapping")]

use std::time::Duration;

use auth_testkit::{Datasaur, Emulator, EmulatorBuilder, ManualClock};
use serde_json::{Value, json};

use crate::support::{JSON, Reply, get, send, sign_in};

const FORM: &str = "multipart/form-data; boundary=b";

struct Workspace {
    emulator: Emulator,
    bearer: String,
    clock: ManualClock,
}

impl Workspace {
    async fn start(datasaur: Datasaur) -> Self {
        let clock = ManualClock::new();
        let builder: EmulatorBuilder = datasaur.into();
        let emulator = builder.clock(clock.clone()).start().await.unwrap();
        let bearer = format!("Bearer {}", sign_in(&emulator).token());
        Self {
            emulator,
            bearer,
            clock,
        }
    }

    fn upload(&self, content_type: &str, body: &str) -> Reply {
        let headers = [
            ("content-type", content_type),
            ("authorization", self.bearer.as_str()),
        ];
        let url = self.emulator.upload_url().unwrap();
        send("POST", url, &headers, body.as_bytes())
    }

    fn key(&self) -> String {
        let reply = self.upload(FORM, &form("a.csv"));
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["objectKey"].as_str().unwrap().to_owned()
    }

    fn ask(&self, query: &str, input: Value) -> Value {
        let headers = [
            ("content-type", JSON),
            ("authorization", self.bearer.as_str()),
        ];
        let url = format!("{}/graphql", self.emulator.base_url());
        let body = json!({ "query": query, "variables": { "input": input } });
        send("POST", &url, &headers, body.to_string().as_bytes()).json()
    }

    fn create(&self, key: &str) -> Value {
        let query = "mutation C($input: LaunchProjectInput!) { result: createProject(input: $input) { name job { id status progress resultId errors { id stack args } } } }";
        let documents = json!([{ "document": { "name": "a.csv", "objectKey": key } }]);
        let settings = json!({ "tokenizer": "WINK", "viewer": { "mode": "TOKEN" } });
        self.ask(
            query,
            json!({ "name": "New", "kinds": ["TOKEN_BASED"], "documents": documents, "creationSettings": settings }),
        )
    }

    fn job(&self, id: &str) -> Value {
        let query = format!(
            "{{ job: getJob(jobId: \"{id}\") {{ status progress resultId errors {{ stack }} }} }}"
        );
        self.ask(&query, json!({}))["data"]["job"].clone()
    }
}

fn form(file_name: &str) -> String {
    format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\r\nx\r\n--b--\r\n"
    )
}

#[tokio::test]
async fn an_upload_gives_a_key_with_the_files_extension() {
    let workspace = Workspace::start(Datasaur::new()).await;
    let (first, second) = (workspace.key(), workspace.key());
    assert!(
        first.starts_with("temp/upload-proxy/") && first.ends_with(".csv"),
        "{first}"
    );
    assert_ne!(first, second);
    let odd = workspace.upload(FORM, &form("a%0D%0A%22.c/../s v")).json();
    assert!(odd["objectKey"].as_str().unwrap().ends_with(".sv"), "{odd}");
}

#[tokio::test]
async fn what_is_no_form_with_a_file_is_refused() {
    let workspace = Workspace::start(Datasaur::new()).await;
    let good = form("a.csv");
    for (content_type, body) in [
        (JSON, "{}".to_owned()),
        ("multipart/form-data", good.clone()),
        (FORM, String::new()),
        (FORM, good.replace("--b--", "--b")),
        (FORM, good.replace("name=\"file\"", "name=\"other\"")),
        (FORM, good.replace("; filename=\"a.csv\"", "")),
    ] {
        let reply = workspace.upload(content_type, &body);
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.json()["message"].is_string());
    }
    let url = workspace.emulator.upload_url().unwrap();
    let refused = send("POST", url, &[("content-type", FORM)], good.as_bytes());
    assert_eq!(refused.status, 401);
    let bearer = ("authorization", workspace.bearer.as_str());
    assert_eq!(send("GET", url, &[bearer], b"").status, 405);
}

#[tokio::test]
async fn a_project_is_there_once_its_job_is_done() {
    let datasaur = Datasaur::new().job_duration(Duration::from_secs(100));
    let workspace = Workspace::start(datasaur).await;
    let created = workspace.create(&workspace.key());
    let job = &created["data"]["result"]["job"];
    assert_eq!(
        (&job["status"], &job["progress"]),
        (&json!("QUEUED"), &json!(0))
    );
    let id = job["id"].as_str().unwrap();
    let projects = || workspace.ask("{ getProjects(input: {}) { totalCount } }", json!({}));
    let count = |projects: Value| projects["data"]["getProjects"]["totalCount"].clone();
    workspace.clock.advance(Duration::from_secs(40));
    let running =
        json!({ "status": "IN_PROGRESS", "progress": 40, "resultId": null, "errors": [] });
    assert_eq!(workspace.job(id), running);
    assert_eq!(count(projects()), 2);
    workspace.clock.advance(Duration::from_secs(60));
    let done = json!({ "status": "DELIVERED", "progress": 100, "resultId": "p3", "errors": [] });
    assert_eq!(workspace.job(id), done);
    assert_eq!(count(projects()), 3);
    let add = "mutation A($input: AddDocumentsToProjectInput!) { addDocumentsToProject(input: $input) { name } }";
    let documents = json!([{ "document": { "name": "b", "objectKey": workspace.key() } }]);
    let added = workspace.ask(add, json!({ "projectId": "p3", "documents": documents }));
    assert_eq!(added["data"]["addDocumentsToProject"]["name"], "New");
    let nowhere = workspace.ask(add, json!({ "projectId": "p9", "documents": documents }));
    assert_eq!(nowhere["errors"][0]["message"], "Project not found");
    assert_eq!(workspace.job("nothing"), Value::Null);
}

#[tokio::test]
async fn a_failed_job_makes_no_project_and_an_unknown_object_no_job() {
    let workspace = Workspace::start(Datasaur::new().failing_jobs("unreadable")).await;
    let created = workspace.create(&workspace.key());
    let id = created["data"]["result"]["job"]["id"].as_str().unwrap();
    workspace.clock.advance(Duration::from_secs(3));
    let job = workspace.job(id);
    assert_eq!(
        (&job["status"], &job["resultId"]),
        (&json!("FAILED"), &Value::Null)
    );
    assert_eq!(job["errors"], json!([{ "stack": "unreadable" }]));
    let unknown = workspace.create("temp/nothing");
    assert_eq!(
        unknown["errors"][0]["message"],
        "Object temp/nothing not found"
    );
    assert_eq!(unknown["data"], Value::Null);
}

#[tokio::test]
async fn separate_hosts_serve_only_what_is_theirs() {
    let workspace = Workspace::start(Datasaur::new().separate_hosts()).await;
    let emulator = &workspace.emulator;
    let base = |url: &str| url[..url.rfind("/api/").unwrap()].to_owned();
    let upload_url = emulator.upload_url().unwrap();
    let [api, token, upload] = [
        emulator.base_url().to_owned(),
        base(emulator.token_url()),
        base(&upload_url.replace("/static/proxy", "")),
    ];
    assert!(api != token && token != upload && api != upload);
    workspace.key();
    assert_eq!(get(emulator, "/api/health").status, 200);
    let before = emulator.unscripted_requests();
    for (host, path) in [
        (&api, "/api/oauth/token"),
        (&api, "/api/static/proxy/upload"),
        (&token, "/graphql"),
        (&token, "/api/static/proxy/upload"),
        (&upload, "/graphql"),
        (&upload, "/api/oauth/token"),
    ] {
        let bearer = ("authorization", workspace.bearer.as_str());
        assert_eq!(
            send("POST", &format!("{host}{path}"), &[bearer], b"").status,
            404
        );
    }
    assert_eq!(emulator.unscripted_requests() - before, 6);
}
