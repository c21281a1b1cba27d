//! Tests of `vauth datasaur upload` and `vauth datasaur job`: keys on standard output, errors that name the file or the job.

use std::fs;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use auth_testkit::{Datasaur, EmulatedVendor, Emulator, ManualClock};
use http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::hostile::{Answer, Hostile};
use crate::support::{Environment, Run, SECRET, command, environment, finish, start, vauth};

pub(crate) const CREATE: &str =
    r#"mutation($input: LaunchProjectInput!) { createProject(input: $input) { job { id } } }"#;

async fn emulator(datasaur: Datasaur) -> Emulator {
    let builder = Emulator::builder(datasaur).client_secret(SECRET);
    builder.start().await.unwrap()
}

#[tokio::test]
async fn the_keys_are_lines_in_the_order_of_the_files() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let folder = TempDir::new().unwrap();
    let path = |name: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("the text of {name}")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (one, two) = (path("one.txt"), path("zw\u{f6}lf \"2\".csv"));
    let environment = environment(&emulator);
    let text = vauth(&["datasaur", "upload", &one, &two], &environment).stdout();
    let keys: Vec<_> = text.lines().collect();
    assert_eq!(keys.len(), 2);
    assert!(
        keys[0].ends_with(".txt") && keys[1].ends_with(".csv"),
        "{text}"
    );
    let arguments = ["datasaur", "upload", &one, "--name", "other.md", "--json"];
    let text = vauth(&arguments, &environment).stdout();
    let printed: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(printed[0]["file"], one);
    assert_eq!(printed[0]["name"], "other.md");
    let key = printed[0]["object_key"].as_str().unwrap();
    assert!(key.ends_with(".md"), "{key}");
}

#[tokio::test]
async fn standard_input_needs_a_name() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let environment = environment(&emulator);
    let line = vauth(&["datasaur", "upload", "-"], &environment).failure(2);
    assert!(line.contains("--name"), "{line}");
    let mut stdin = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut stdin, b"some text").unwrap();
    std::io::Seek::rewind(&mut stdin).unwrap();
    let arguments = ["datasaur", "upload", "-", "--name", "piped.txt"];
    let output = command(&arguments, &environment).stdin(stdin).output();
    let text = Run::from(output.unwrap()).stdout();
    assert!(text.ends_with(".txt\n"), "{text}");
    let uploads = emulator.received_requests_to(&Method::POST, "/api/static/proxy/upload");
    let body = String::from_utf8_lossy(uploads[0].body()).into_owned();
    assert!(
        body.contains("some text") && body.contains("piped.txt"),
        "{body}"
    );
}

#[tokio::test]
async fn a_missing_file_is_an_error_before_anything_is_sent() {
    let emulator = start(EmulatedVendor::Datasaur).await;
    let folder = TempDir::new().unwrap();
    let (here, gone) = (folder.path().join("here"), folder.path().join("gone"));
    fs::write(&here, "text").unwrap();
    let (here, gone) = (here.to_str().unwrap(), gone.to_str().unwrap());
    let place = folder.path().to_str().unwrap();
    for (arguments, words) in [
        (&[here, gone][..], "gone cannot be opened"),
        (&[here, place], "is a folder"),
        (&[here, here, "--name", "x"], "--name is for one file"),
    ] {
        let arguments = [&["datasaur", "upload"], arguments].concat();
        let line = vauth(&arguments, &environment(&emulator)).failure(2);
        assert!(line.contains(words), "{line}");
    }
    assert_eq!(emulator.token_requests(), 0);
}

#[test]
fn a_failure_tells_which_files_are_uploaded() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| {
        let path = folder.path().join(name);
        fs::write(&path, name).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (one, two) = (path("one"), path("two"));
    for is_json in [false, true] {
        let count = AtomicUsize::new(0);
        let server = Hostile::start(move |request| {
            let is_upload = request == "POST /api/static/proxy/upload";
            is_upload.then(|| match count.fetch_add(1, Ordering::Relaxed) {
                0 => Answer::Json(200, json!({ "objectKey": "temp/one" })),
                _ => Answer::Json(500, json!({ "message": "no space" })),
            })
        });
        let environment = server.environment().into_iter();
        let environment: Environment = environment
            .map(|(name, value)| (name.replace("RUNAI", "DATASAUR"), value))
            .collect();
        let mut arguments = vec!["datasaur", "upload", &one, &two];
        arguments.extend(is_json.then_some("--json"));
        let run = vauth(&arguments, &environment);
        assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
        if is_json {
            let printed: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
            assert_eq!(printed.len(), 1);
            assert_eq!(printed[0]["name"], "one");
        }
        let line = run.failure(22);
        assert!(line.contains("the file two was not uploaded"), "{line}");
        assert!(line.contains("1 of 2 files were uploaded"), "{line}");
    }
}

#[tokio::test]
async fn a_job_is_shown_waited_for_and_its_failure_is_7_with_its_own_errors() {
    let long = Duration::from_secs(2 * 60 * 60);
    for failure in [None, Some("the tokenizer is unknown")] {
        // The first state is seen, and then the clock passes the end.
        let clock = ManualClock::new();
        let mut datasaur = Datasaur::new().job_duration(long);
        if let Some(text) = failure {
            datasaur = datasaur.failing_jobs(text);
        }
        let builder = Emulator::builder(datasaur).client_secret(SECRET);
        let emulator = builder.clock(clock.clone()).start().await.unwrap();
        let environment = environment(&emulator);
        let id = job(&emulator);
        let shown = vauth(&["datasaur", "job", &id, "--json"], &environment).stdout();
        let shown: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(shown["status"], "QUEUED");
        assert_eq!(shown["errors"], json!([]));

        let arguments = ["datasaur", "job", &id, "--wait", "--time-limit", "1s"];
        let line = vauth(&arguments, &environment).failure(9);
        assert!(line.contains(&format!("job {id} is QUEUED")), "{line}");
        assert!(line.contains("vauth datasaur job"), "{line}");

        clock.advance(long);
        for arguments in [&["--wait", "--json"][..], &["--json"]] {
            let arguments = [&["datasaur", "job", &id], arguments].concat();
            let run = vauth(&arguments, &environment);
            let printed: Value = serde_json::from_str(&run.stdout).unwrap();
            match failure {
                None => {
                    assert_eq!(run.code, Some(0), "{run:?}");
                    assert!(printed["result_id"].is_string(), "{printed}");
                }
                Some(text) => {
                    assert_eq!(printed["errors"][0]["message"], text);
                    let line = run.failure(7);
                    assert!(line.contains(&id) && line.contains(text), "{line}");
                }
            }
        }
    }
}

/// Uploads a file and starts a job with it.
pub(crate) fn job(emulator: &Emulator) -> String {
    let environment = environment(emulator);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("a.txt");
    fs::write(&file, "text").unwrap();
    let upload = ["datasaur", "upload", file.to_str().unwrap()];
    let key = vauth(&upload, &environment).stdout();
    let variables = json!({ "input": {
        "name": "from a file",
        "kinds": ["TOKEN_BASED"],
        "documents": [{ "document": { "name": "a.txt", "objectKey": key.trim() } }],
    }});
    let variables = variables.to_string();
    let query = ["datasaur", "query", CREATE, "--variables", &variables];
    let data: Value = serde_json::from_str(&vauth(&query, &environment).stdout()).unwrap();
    data["createProject"]["job"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_job_that_does_not_exist_is_named() {
    let emulator = emulator(Datasaur::new()).await;
    for arguments in [&["job", "no-such"][..], &["job", "no-such", "--wait"]] {
        let arguments = [&["datasaur"], arguments].concat();
        let line = vauth(&arguments, &environment(&emulator)).failure(22);
        assert!(line.contains("no job no-such"), "{line}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_terminal_shows_a_bar() {
    use std::io::Read as _;

    let emulator = start(EmulatedVendor::Datasaur).await;
    emulator.set_api_latency(Duration::from_millis(300));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("minutes.txt");
    fs::write(&path, "text").unwrap();
    let (controller, terminal) = crate::progress::terminal();
    let arguments = ["datasaur", "upload", path.to_str().unwrap()];
    let child = command(&arguments, &environment(&emulator))
        .stdout(Stdio::piped())
        .env("TERM", "xterm")
        .stderr(terminal)
        .spawn()
        .unwrap();
    let run = finish(child);
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut shown = vec![0; 64 * 1024];
    let length = (&controller).read(&mut shown).unwrap();
    let shown = String::from_utf8_lossy(&shown[..length]).into_owned();
    assert!(shown.contains("minutes.txt 100 %"), "{shown:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_path_need_not_be_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let emulator = start(EmulatedVendor::Datasaur).await;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(OsStr::from_bytes(b"odd-\xff.txt"));
    fs::write(&path, "some text").unwrap();
    let mut upload = command(&["datasaur", "upload", "--json"], &environment(&emulator));
    let text = Run::from(upload.arg(&path).output().unwrap()).stdout();
    let printed: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(printed[0]["name"], "odd-\u{fffd}.txt");
    let gone = folder.path().join(OsStr::from_bytes(b"gone-\xff"));
    let mut upload = command(&["datasaur", "upload"], &environment(&emulator));
    let line = Run::from(upload.arg(&gone).output().unwrap()).failure(2);
    assert!(line.contains("gone-\u{fffd}"), "{line}");
}
