//! Tests of `vauth schema`: every command's JSON is what its schema says, with no member that the schema lacks.

use std::collections::BTreeSet;

use auth_testkit::{ControlPlane, EmulatedVendor};
use boon::{Compiler, Schemas};
use serde_json::Value;

use crate::shell::{ROLE, Shell};
use crate::support::{Environment, environment, start, vauth};

fn schema(name: &str) -> Value {
    let words: Vec<_> = name.split(' ').collect();
    let text = vauth(&[&["schema"], &words[..]].concat(), &Environment::new()).stdout();
    serde_json::from_str(&text).unwrap()
}

/// Forbids members that are not described, so that none is forgotten.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.contains_key("properties") {
                members.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Validates outputs, and notes which schemas were used.
#[derive(Default)]
struct Validator(BTreeSet<String>);

impl Validator {
    #[track_caller]
    fn check(&mut self, name: &str, output: &Value) {
        let mut schema = schema(name);
        close(&mut schema);
        let mut compiler = Compiler::new();
        compiler.add_resource("schema.json", schema).unwrap();
        let mut schemas = Schemas::new();
        let index = compiler.compile("schema.json", &mut schemas).unwrap();
        let problem = schemas.validate(output, index).err();
        let problem = problem.map(|error| format!("{error:#}"));
        assert_eq!(problem, None, "{name}: {output}");
        self.0.insert(name.to_owned());
    }

    #[track_caller]
    fn run(&mut self, shell: &Shell, arguments: &[&str]) -> Value {
        let output = shell.json(arguments);
        let name = ["runai", arguments[0]];
        let name = match arguments.get(1).filter(|word| !word.starts_with('-')) {
            Some(second) if arguments[0] != "permitted-scopes" => [&name[..], &[second]].concat(),
            _ => name.to_vec(),
        };
        self.check(&name.join(" "), &output);
        output
    }
}

#[tokio::test]
async fn the_json_of_every_command_follows_its_schema() {
    let mut validator = Validator::default();
    for vendor in crate::support::VENDORS {
        let emulator = start(vendor).await;
        let name = vendor.as_str();
        let environment = environment(&emulator);
        let json = |arguments: &[&str]| -> Value {
            serde_json::from_str(&vauth(arguments, &environment).stdout()).unwrap()
        };
        validator.check("token", &json(&["token", name, "--format", "json"]));
        validator.check("doctor", &json(&["doctor", name, "--json"]));
        validator.check("config list", &json(&["config", "list", name, "--json"]));
        let folder = tempfile::TempDir::new().unwrap();
        let folder = format!("file:{}", folder.path().join("tokens").display());
        for store in ["none", &folder, &folder] {
            let status = ["cache", "status", name, "--json", "--store", store];
            validator.check("cache status", &json(&status));
            json(&["token", name, "--format", "json", "--store", store]);
        }
        let clear = ["cache", "clear", name, "--json", "--store", &folder];
        validator.check("cache clear", &json(&clear));
        if vendor == EmulatedVendor::Maia {
            maia(&mut validator, &json);
        }
        if vendor == EmulatedVendor::Datasaur {
            datasaur(&mut validator, &json);
        }
    }
    let demo = vauth(&["demo", "--json"], &Environment::new()).stdout();
    validator.check("demo", &serde_json::from_str(&demo).unwrap());
    validator.check("emulate", &crate::emulate::ready_object());
    for (name, ready) in crate::servers::ready_objects().await {
        validator.check(name, &ready);
    }
    let shell = Shell::start(ControlPlane::V2_24).await;
    organization(&mut validator, &shell);
    for resource in ["apps", "service-accounts", "access-keys", "user-apps"] {
        for (number, place) in [("1", "--show-secret"), ("2", "--secret-file")] {
            let name = format!("{resource}-{number}");
            let file = shell.path(&name);
            let place = if number == "1" {
                vec![place]
            } else {
                vec![place, &file]
            };
            validator.run(&shell, &[&[resource, "create", &name][..], &place].concat());
            let renew = [resource, "regenerate-secret", &name, "--yes"];
            validator.run(&shell, &[&renew[..], &place].concat());
            validator.run(&shell, &[resource, "get", &name]);
            if ["apps", "service-accounts"].contains(&resource) {
                validator.run(&shell, &[resource, "disable", &name, "--yes"]);
                validator.run(&shell, &[resource, "enable", &name]);
            }
        }
        validator.run(&shell, &[resource, "list"]);
        let name = format!("{resource}-1");
        validator.run(&shell, &[resource, "delete", &name, "--yes"]);
    }
    validator.run(&shell, &["users", "create", "a@b.io", "--show-secret"]);
    validator.run(
        &shell,
        &[
            "users",
            "reset-password",
            "a@b.io",
            "--yes",
            "--show-secret",
        ],
    );
    validator.run(&shell, &["users", "get", "a@b.io"]);
    validator.run(&shell, &["users", "list"]);
    validator.run(&shell, &["users", "count"]);
    let subject = "user:a@b.io";
    let rule = validator.run(
        &shell,
        &[
            "access-rules",
            "create",
            "--role",
            ROLE,
            "--subject",
            subject,
        ],
    );
    let id = rule[0]["id"].to_string();
    let both = ["--subject", "group:one", "--subject", "group:two"];
    let create = ["access-rules", "create", "--role", ROLE];
    validator.run(&shell, &[&create[..], &both].concat());
    for arguments in [
        &["access-rules", "get", &id][..],
        &["access-rules", "list"],
        &["access-rules", "count"],
        &["access-rules", "delete", &id, "--dry-run"],
        &["access-rules", "delete", &id, "--yes"],
        &["users", "logout", "a@b.io", "--yes"],
        &["users", "delete", "a@b.io", "--yes"],
        &["roles", "list"],
        &["permissions"],
        &["my-access-rules"],
    ] {
        validator.run(&shell, arguments);
    }
    // The option is accepted where it changes nothing.
    shell.json(&["roles", "get", ROLE]);
    shell.json(&["permitted-scopes", "project"]);
    let role = shell.json_of(&["roles", "get", ROLE]);
    validator.check("runai roles get", &role);
    let scopes = shell.json_of(&["permitted-scopes", "project"]);
    validator.check("runai permitted-scopes", &scopes);
    let bootstrap = [
        "bootstrap",
        "--name",
        "import",
        "--role",
        ROLE,
        "--show-secret",
    ];
    validator.run(&shell, &bootstrap);
    let format = [&bootstrap[..], &["--regenerate-secret", "--format", "json"]].concat();
    let run = shell.run(&format);
    validator.check(
        "runai bootstrap",
        &serde_json::from_str(&run.stdout).unwrap(),
    );

    let listed = vauth(&["schema"], &Environment::new()).stdout();
    let listed: BTreeSet<_> = listed.lines().map(str::to_owned).collect();
    assert_eq!(listed, validator.0);
}

fn maia(validator: &mut Validator, json: &dyn Fn(&[&str]) -> Value) {
    let project = "Project 01";
    let run = [
        "maia",
        "run",
        project,
        "Load sales",
        "--environment",
        "Production",
        "--json",
    ];
    let started = json(&run);
    let id = started["id"].as_str().unwrap();
    validator.check("maia run", &started);
    for (name, arguments) in [
        ("projects", &[][..]),
        ("environments", &[project]),
        ("pipelines", &[project]),
        ("executions", &[project]),
        ("status", &[id]),
        ("steps", &[id]),
    ] {
        let arguments = [&["maia", name], arguments, &["--json"]].concat();
        validator.check(&format!("maia {name}"), &json(&arguments));
    }
    let cancelled = json(&["maia", "cancel", id, "--yes", "--json"]);
    validator.check("maia cancel", &cancelled);
    // An execution that was cancelled is printed as any other.
    let status = json(&["maia", "status", id, "--json"]);
    validator.check("maia wait", &status);
}

fn datasaur(validator: &mut Validator, json: &dyn Fn(&[&str]) -> Value) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let uploaded = json(&["datasaur", "upload", path, "--name", "a.txt", "--json"]);
    validator.check("datasaur upload", &uploaded);
    let variables = serde_json::json!({ "input": {
        "name": "from a file",
        "kinds": ["TOKEN_BASED"],
        "documents": [{ "document": { "name": "a.txt", "objectKey": uploaded[0]["object_key"] } }],
    }});
    let variables = variables.to_string();
    let query = crate::datasaur_files::CREATE;
    let created = json(&["datasaur", "query", query, "--variables", &variables]);
    let id = created["createProject"]["job"]["id"].as_str().unwrap();
    validator.check("datasaur job", &json(&["datasaur", "job", id, "--json"]));
}

fn organization(validator: &mut Validator, shell: &Shell) {
    for arguments in [
        &["clusters", "list"][..],
        &["clusters", "get", "demo"],
        &["node-pools", "list"],
        &["node-pools", "count"],
        &["node-pools", "get", "default"],
        &["departments", "create", "research", "--gpus", "2"],
        &["departments", "list"],
        &["departments", "count"],
        &["departments", "get", "research"],
        &["projects", "create", "team-a", "--department", "research"],
        &["projects", "list"],
        &["projects", "count"],
        &["projects", "get", "team-a"],
        &["projects", "set-quota", "team-a", "--gpus", "1"],
        &["projects", "delete", "team-a", "--yes"],
        &["departments", "create", "empty"],
        &["departments", "delete", "empty", "--yes"],
    ] {
        validator.run(shell, arguments);
    }
}

#[test]
fn every_schema_is_valid_and_every_file_is_used() {
    let listed = vauth(&["schema"], &Environment::new()).stdout();
    let mut titles = BTreeSet::new();
    for name in listed.lines() {
        let schema = schema(name);
        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        titles.insert(schema["title"].as_str().unwrap().to_owned());
    }
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas")).unwrap();
    assert_eq!(files.count(), titles.len());
}

#[test]
fn a_command_without_a_schema_is_an_error_that_lists_those_with_one() {
    let line = vauth(&["schema", "runai", "fly"], &Environment::new()).failure(2);
    assert!(line.contains("runai users list"), "{line}");
}
