//! Tests of pipeline executions: named by names, started once, and an exit code for each end.

use std::time::Duration;

use auth_testkit::{Emulator, Maia, ManualClock};
use serde_json::{Value, json};

use crate::hostile::{Answer, Hostile};
use crate::support::{Environment, Run, SECRET, environment, vauth};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// An emulator whose time only the test moves.
struct Maias {
    emulator: Emulator,
    clock: ManualClock,
}

impl Maias {
    async fn start() -> Self {
        let clock = ManualClock::new();
        let maia = Maia::new()
            .projects(3)
            .pipeline("Long", 2 * HOUR)
            .failing_pipeline("Long failure", 2 * HOUR, "table SALES is locked");
        let builder = Emulator::builder(maia).client_secret(SECRET);
        let emulator = builder.clock(clock.clone()).start().await.unwrap();
        Self { emulator, clock }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        vauth(
            &[&["maia"], arguments].concat(),
            &environment(&self.emulator),
        )
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let text = self.run(&[arguments, &["--json"]].concat()).stdout();
        serde_json::from_str(&text).unwrap()
    }

    /// Starts a pipeline in the second project and returns the id.
    fn start_run(&self, pipeline: &str) -> String {
        let run = ["run", "Project 02", pipeline, "--environment", "Production"];
        let text = self.run(&run).stdout();
        assert_eq!(text.lines().count(), 1, "{text}");
        text.trim_end().to_owned()
    }

    fn starts(&self) -> Vec<Value> {
        let requests = self.emulator.received_requests();
        let starts = requests.iter().filter(|request| {
            request.method() == "POST" && request.path().ends_with("/pipeline-executions")
        });
        starts
            .map(|request| serde_json::from_slice(request.body()).unwrap())
            .collect()
    }
}

#[tokio::test]
async fn a_run_is_started_by_names_and_its_id_finds_it() {
    let maia = Maias::start().await;
    let arguments = [
        "run",
        "Project 02",
        "Load sales",
        "--environment",
        "Production",
        "--var",
        "day=2026-11-28",
        "--var",
        "empty=",
    ];
    let started = maia.json(&arguments);
    let id = started["id"].as_str().unwrap();
    let expected = json!([{
        "pipelineName": "Load sales",
        "environmentName": "Production",
        "scalarVariables": { "day": "2026-11-28", "empty": "" },
    }]);
    assert_eq!(Value::from(maia.starts()), expected);
    // With its project by name, by id, and without.
    let project = started["project_id"].as_str().unwrap();
    for words in [&["Project 02", id][..], &[project, id], &[id]] {
        let status = maia.json(&[&["status"], words].concat());
        assert_eq!(status["status"], "QUEUED");
        assert_eq!(status["pipeline"], "Load sales");
        assert_eq!(status["environment"], "Production");
    }
    let steps = maia.json(&["steps", id]);
    assert_eq!(steps[0]["name"], "Extract");
    let line = maia.run(&["status", "Project 01", id]).failure(22);
    assert!(
        line.contains(&format!("execution {id} was not found")),
        "{line}"
    );
    let line = maia.run(&["status", "no-such"]).failure(2);
    assert!(
        line.contains("no execution \"no-such\" in any of the 3 projects"),
        "{line}"
    );
}

#[tokio::test]
async fn an_unknown_name_starts_nothing_and_lists_the_candidates() {
    let maia = Maias::start().await;
    for (project, pipeline, environment, words) in [
        (
            "Project 9",
            "Long",
            "Production",
            ["no project \"Project 9\"", "Project 01"],
        ),
        (
            "Project 01",
            "Lond",
            "Production",
            [
                "no published pipeline \"Lond\" in project Project 01",
                "Long",
            ],
        ),
        (
            "Project 01",
            "Long",
            "Prod",
            [
                "no environment \"Prod\" in project Project 01",
                "Production",
            ],
        ),
    ] {
        let run = maia.run(&["run", project, pipeline, "--environment", environment]);
        assert_eq!(run.stdout, "");
        let line = run.failure(2);
        for words in words {
            assert!(line.contains(words), "{line}");
        }
    }
    for (variables, words) in [
        (&["--var", SECRET][..], "a name, an equals sign"),
        (&["--var", "a=1", "--var", "a=2"], "sets a twice"),
        (&["--time-limit", "2h"], "--wait"),
        (&["--wait", "--time-limit", "soon"], "'90s'"),
        (&["--wait", "--time-limit", "0s"], "'90s'"),
    ] {
        let run = ["run", "Project 01", "Long", "--environment", "Production"];
        let run = maia.run(&[&run[..], variables].concat());
        assert_eq!(run.code, Some(2), "{run:?}");
        run.assert_no_secret();
        assert!(run.stderr.contains(words), "{run:?}");
    }
    assert!(maia.starts().is_empty());
}

#[tokio::test]
async fn lists_are_tables_and_json() {
    let maia = Maias::start().await;
    let environments = maia.run(&["environments", "Project 01"]).stdout();
    assert!(environments.starts_with("Development\t"), "{environments}");
    let pipelines = maia.json(&["pipelines", "Project 01"]);
    let names = pipelines.as_array().unwrap().iter();
    let names: Vec<_> = names.map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["Load sales", "Broken pipeline", "Long", "Long failure"]
    );
    let ids = ["Long", "Load sales", "Long"].map(|name| maia.start_run(name));
    let listed = |arguments: &[&str]| -> Vec<String> {
        let all = maia.json(&[&["executions", "Project 02"], arguments].concat());
        let ids = all.as_array().unwrap().iter();
        ids.map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    };
    // The most recent first.
    let mut expected = ids.to_vec();
    expected.reverse();
    assert_eq!(listed(&[]), expected);
    assert_eq!(listed(&["--limit", "2"]), expected[..2]);
    assert_eq!(maia.json(&["executions", "Project 01"]), json!([]));
}

#[tokio::test]
async fn each_end_of_a_wait_has_its_exit_code() {
    let maia = Maias::start().await;
    let good = maia.start_run("Long");
    let bad = maia.start_run("Long failure");
    let ended = maia.start_run("Long");
    let line = maia.run(&["cancel", &ended]).failure(2);
    assert!(
        line.contains(&format!("refusing to cancel execution {ended}")),
        "{line}"
    );
    assert_eq!(maia.run(&["cancel", &ended, "--yes"]).stdout(), "");
    let line = maia.run(&["wait", &ended]).failure(8);
    assert!(line.contains("ended as CANCELLED"), "{line}");

    let line = maia.run(&["wait", &good, "--time-limit", "1s"]).failure(9);
    assert!(
        line.contains(" after 1 s; ") && line.contains("continues"),
        "{line}"
    );
    assert!(
        line.contains("vauth maia wait ") && line.contains("vauth maia cancel "),
        "{line}"
    );

    maia.clock.advance(2 * HOUR);
    let finished = maia.json(&["wait", &good]);
    assert_eq!(finished["status"], "SUCCESS");
    let run = maia.run(&["wait", &bad, "--json"]);
    let finished: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(finished["message"], "table SALES is locked");
    let line = run.failure(7);
    for words in [
        "ended as FAILED: table SALES is locked",
        "vauth maia steps ",
    ] {
        assert!(line.contains(words), "{line}");
    }
}

#[tokio::test]
async fn a_run_that_is_waited_for_prints_its_id_first() {
    let builder = Emulator::builder(
        Maia::new()
            .pipeline("Quick", Duration::from_millis(1))
            .failing_pipeline("Quick failure", Duration::from_millis(1), "no disk"),
    );
    let emulator = builder.client_secret(SECRET).start().await.unwrap();
    let environment = environment(&emulator);
    for (pipeline, code) in [("Quick", 0), ("Quick failure", 7)] {
        let run = [
            "maia",
            "run",
            "Project 01",
            pipeline,
            "--environment",
            "Production",
            "--wait",
        ];
        let run = vauth(&run, &environment);
        assert_eq!(run.code, Some(code), "{run:?}");
        let lines: Vec<_> = run.stdout.lines().collect();
        assert_eq!(lines.len(), 2, "{run:?}");
        let row: Vec<_> = lines[1].split('\t').collect();
        assert_eq!(row[0], lines[0]);
        assert_eq!(row[2], pipeline);
        assert_eq!(row.len(), 7);
    }
    let run = [
        "maia",
        "run",
        "Project 01",
        "Quick",
        "--environment",
        "Production",
        "--wait",
        "--json",
    ];
    let run = vauth(&run, &environment);
    let finished: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(finished["status"], "SUCCESS");
    let note = format!(
        "vauth: started execution {} in project",
        finished["id"].as_str().unwrap()
    );
    assert!(run.stderr.starts_with(&note), "{run:?}");
}

/// The command's clock is the machine's, so this one test takes seconds: the library's own tests do it for hours.
#[tokio::test]
async fn a_wait_outlives_its_tokens() {
    let maia = Maia::new().pipeline("Seconds", Duration::from_secs(4));
    let builder = Emulator::builder(maia).client_secret(SECRET);
    let emulator = builder
        .token_lifetime(Duration::from_secs(3))
        .start()
        .await
        .unwrap();
    let run = [
        "maia",
        "run",
        "Project 01",
        "Seconds",
        "--environment",
        "Production",
        "--wait",
    ];
    let run = vauth(&run, &environment(&emulator));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(emulator.token_requests() >= 2);
    assert_eq!(emulator.unauthorized_responses(), 0);
}

#[test]
fn a_start_whose_response_is_lost_is_not_repeated_and_said() {
    let maybe = "pipeline Long may not have been started";
    let certainly = "pipeline Long was started";
    for (answer, said) in [
        (Answer::HangUp, maybe),
        (Answer::Json(503, json!({})), maybe),
        (Answer::Json(201, json!({ "status": "QUEUED" })), certainly),
    ] {
        let server = server(move |request| request.starts_with("POST ").then(|| answer.clone()));
        let run = ["maia", "run", "p-1", "Long", "--environment", "Production"];
        let run = vauth(&run, &maia_environment(&server));
        assert_eq!(server.count(START), 1);
        assert_eq!(run.stdout, "");
        assert!(run.code.is_some_and(|code| code > 0), "{run:?}");
        assert!(run.stderr.contains(said), "{run:?}");
        assert!(
            run.stderr.contains("`vauth maia executions p-1`"),
            "{run:?}"
        );
    }
    let server = server(|request| {
        let is_start = request.starts_with("POST ");
        is_start.then(|| Answer::Json(404, json!({ "message": "no" })))
    });
    let run = ["maia", "run", "p-1", "Long", "--environment", "Production"];
    let line = vauth(&run, &maia_environment(&server)).failure(22);
    assert!(
        line.contains("pipeline Long was not started in environment Production of project p-1"),
        "{line}"
    );
    assert!(!line.contains("vauth maia executions"), "{line}");
}

/// A server whose lists may not be read, so that names are taken as they are.
pub(crate) fn server(rule: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> Hostile {
    Hostile::start(move |request| match request {
        _ if request.ends_with("/token") => None,
        "GET /dpc/v1/projects"
        | "GET /dpc/v1/projects/p-1/environments"
        | "GET /dpc/v1/projects/p-1/published-pipelines" => {
            Some(Answer::Json(403, json!({ "message": "no" })))
        }
        _ => rule(request),
    })
}

pub(crate) fn maia_environment(server: &Hostile) -> Environment {
    let mut environment = Environment::new();
    for (name, value) in server.environment() {
        if name == "RUNAI_BASE_URL" {
            environment.push(("MAIA_TOKEN_URL".to_owned(), format!("{value}/token")));
        }
        environment.push((name.replace("RUNAI", "MAIA"), value));
    }
    environment
}

pub(crate) const START: &str = "POST /dpc/v1/projects/p-1/pipeline-executions";
