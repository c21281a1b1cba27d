//! Tests of Maia's error texts, pages, executions and steps.

use super::*;

#[test]
fn only_prose_is_read_as_a_message() {
    let text = read_prose(b"IP not allowed for any organization\n");
    assert_eq!(text.as_deref(), Some("IP not allowed for any organization"));
    for body in ["<html>fake</html>", "[\"fake\"]", "{}", "", " \n"] {
        assert_eq!(read_prose(body.as_bytes()), None, "{body}");
    }
    assert_eq!(read_prose(b"\xff"), None);
}

#[test]
fn a_page_needs_its_results_alone_and_an_odd_project_is_read_as_far_as_it_goes() {
    let page = |json| read_page(serde_json::from_str(json).unwrap());
    let read = page(r#"{"results":[{"id":"1","name":"n","description":null,"more":[]}],"more":1}"#);
    let read = read.unwrap();
    assert_eq!((read.size, read.total), (None, None));
    assert_eq!(read.results[0].project().description, None);
    assert!(page(r#"{"total":0}"#).is_none());
    let read = page(r#"{"results":[{"id":1},null],"total":"2","size":-1}"#).unwrap();
    assert_eq!(
        (read.size, read.total, read.results.len()),
        (None, Some(2), 2)
    );
    let project = read.results[0].project();
    assert_eq!((project.id.as_str(), project.name.as_str()), ("1", ""));
}

#[test]
fn an_execution_is_read_from_every_shape() {
    let read = |json: &str| {
        let execution = Entry::from(serde_json::from_str::<Value>(json).unwrap()).execution();
        (execution.id, execution.status)
    };
    let is =
        |id: Option<&str>, status: Option<&str>| (id.map(str::to_owned), status.map(str::to_owned));
    assert_eq!(read(r#"{"pipelineExecutionId":"e"}"#), is(Some("e"), None));
    let short = r#"{"id":"e","status":"RUNNING"}"#;
    assert_eq!(read(short), is(Some("e"), Some("RUNNING")));
    let wrapped = r#"{"result":{"id":7,"status":"FAILED"}}"#;
    assert_eq!(read(wrapped), is(Some("7"), Some("FAILED")));
    let both = r#"{"pipelineExecutionId":"e","id":"other","result":null}"#;
    assert_eq!(read(both), is(Some("e"), None));
    for odd in ["null", "[]", r#"{"id":""}"#, r#"{"id":{}}"#, "7"] {
        assert_eq!(read(odd), is(None, None), "{odd}");
    }
}

#[test]
fn steps_are_read_from_every_shape() {
    let read = |json: &str| {
        let steps = read_steps(serde_json::from_str(json).unwrap())?;
        let steps = steps.iter().map(|entry| {
            let step = entry.step();
            format!(
                "{}={}",
                step.name.unwrap_or_default(),
                step.status.unwrap_or_default()
            )
        });
        Some(steps.collect::<Vec<_>>().join(","))
    };
    let expected = Some("a=SUCCESS,b=".to_owned());
    let list = r#"[{"name":"a","status":"SUCCESS"},{"name":"b"}]"#;
    assert_eq!(read(list), expected);
    for member in ["steps", "results", "result"] {
        assert_eq!(read(&format!(r#"{{"{member}":{list}}}"#)), expected);
    }
    assert_eq!(
        read(&format!(r#"{{"result":{{"steps":{list}}}}}"#)),
        expected
    );
    let inner = r#"{"result":[{"name":"a","result":{"status":"SUCCESS"}},{"name":"b"}]}"#;
    assert_eq!(read(inner), expected);
    for odd in ["{}", "7", r#"{"steps":{}}"#] {
        assert_eq!(read(odd), None, "{odd}");
    }
}
