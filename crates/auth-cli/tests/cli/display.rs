//! Tests of names from a server on their way to people: they break no line and no column and command no terminal, and JSON holds them as they came.

use serde_json::{Value, json};

use crate::hostile::{Answer, Hostile};
use crate::support::{Run, command};

const EVIL: [&str; 6] = [
    "a\nforged\tline",
    "a\r\u{1b}]0;title\u{7}",
    "\u{202e}nimda",
    "a\u{2066}b\u{2069}\u{200f}",
    "a\u{85}b\u{2028}c\u{2029}d",
    "a\u{9b}31mb\u{200b}\u{feff}\u{e0041}",
];

/// The answer to a list whose entries have this name.
type List = fn(&str) -> Value;

fn run(server: &Hostile, arguments: &[&str]) -> Run {
    let output = command(arguments, &server.environment()).output();
    output.unwrap().into()
}

#[test]
fn a_name_can_neither_end_a_line_nor_command_the_terminal() {
    let lists: [(&str, usize, List); 5] = [
        (
            "apps",
            5,
            |name| json!([{ "id": name, "name": name, "clientId": name, "enabled": true, "lastLogin": name }]),
        ),
        (
            "service-accounts",
            5,
            |name| json!([{ "id": name, "name": name, "clientId": name, "enabled": true, "lastLogin": name }]),
        ),
        (
            "access-keys",
            5,
            |name| json!({ "accessKeys": [{ "id": name, "name": name, "clientId": name }] }),
        ),
        (
            "users",
            4,
            |name| json!([{ "id": name, "username": name, "isLocal": true }]),
        ),
        (
            "roles",
            2,
            |name| json!({ "roles": [{ "id": "1", "name": name }] }),
        ),
    ];
    for (resource, columns, list) in lists {
        for name in EVIL {
            let server = Hostile::start(move |request| {
                let is_list = request.starts_with("GET ");
                is_list.then(|| Answer::Json(200, list(name)))
            });
            let text = run(&server, &["runai", resource, "list"]).stdout();
            assert_eq!(text.lines().count(), 1, "{resource}: {text:?}");
            let line = text.strip_suffix('\n').unwrap();
            assert_eq!(line.split('\t').count(), columns, "{resource}: {text:?}");
            let invisible = |character: char| {
                character != '\t' && (character.is_control() || is_disguise(character))
            };
            assert!(!line.contains(invisible), "{resource}: {text:?}");
            let text = run(&server, &["runai", resource, "list", "--json"]).stdout();
            let entries: Value = serde_json::from_str(&text).unwrap();
            let key = if resource == "users" {
                "username"
            } else {
                "name"
            };
            assert_eq!(entries[0][key], name, "{resource}: {text}");
        }
    }
}

#[test]
fn a_servers_words_in_a_message_and_a_users_own_stay_one_line() {
    for name in EVIL {
        let body = json!({ "code": 400, "message": name });
        let server = Hostile::start(move |request| {
            request
                .starts_with("GET ")
                .then(|| Answer::Json(400, body.clone()))
        });
        for arguments in [
            &["runai", "users", "list"][..],
            // The question is not asked without a terminal, and the message repeats it.
            &["runai", "users", "delete", name],
        ] {
            let run = run(&server, arguments);
            assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
            let line = run.stderr.strip_suffix('\n').unwrap();
            assert!(
                !line.contains(|c: char| c.is_control() || is_disguise(c)),
                "{run:?}"
            );
        }
    }
}

/// Characters without a width, and those that turn the direction of text.
fn is_disguise(character: char) -> bool {
    matches!(
        character,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}
