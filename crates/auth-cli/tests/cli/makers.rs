//! Every command that creates or replaces something: how it is called, what it sends, and what has to be said if it is cut short.

use std::path::Path;

use serde_json::{Value, json};

use crate::hostile::{Answer, Hostile};

/// In every answer that holds a secret; no message may repeat it.
pub(crate) const NEW_SECRET: &str = "Qw7-fake-new-secret";

/// One command that changes something.
#[derive(Debug, Clone)]
pub(crate) struct Maker {
    pub(crate) arguments: Vec<&'static str>,
    /// The one request that does it.
    pub(crate) request: &'static str,
    /// What a control plane answers to that.
    pub(crate) answer: Value,
    /// The member of the answer that holds the secret; `None` if there is no secret.
    pub(crate) secret: Option<&'static str>,
    /// What the message must name once something exists or may exist: the thing, and how to go on.
    pub(crate) named: Vec<&'static str>,
    /// Whether it replaces a secret that was there.
    pub(crate) replaces: bool,
}

impl Maker {
    /// A server that answers its request so, lists what it replaces the secret of, and answers all others as usual.
    pub(crate) fn serve(&self, answer: Answer) -> Hostile {
        let request = self.request;
        let owner = request.strip_prefix("POST ");
        let owner = owner.and_then(|path| path.split_once("/id-7/"));
        let list = owner.map(|(list, _)| format!("GET {list}"));
        Hostile::start(move |seen| {
            if Some(seen) == list.as_deref() {
                let owner = json!({ "id": "id-7", "name": "old-import", "username": "a@b.io" });
                return Some(Answer::Json(200, json!([owner])));
            }
            (seen == request).then(|| answer.clone())
        })
    }

    pub(crate) fn good(&self) -> Answer {
        Answer::Json(201, self.answer.clone())
    }

    /// Its answer with a member changed, or removed where there is no value.
    pub(crate) fn with(&self, member: &str, value: Option<Value>) -> Answer {
        let mut body = self.answer.clone();
        let members = body.as_object_mut().unwrap();
        match value {
            Some(value) => members.insert(member.to_owned(), value),
            None => members.remove(member),
        };
        Answer::Json(201, body)
    }

    /// The command line with the secret shown, where there is one.
    pub(crate) fn shown(&self) -> Vec<&str> {
        let mut arguments = self.arguments.clone();
        arguments.extend(self.secret.map(|_| "--show-secret"));
        arguments
    }

    /// The command line with the secret in a file.
    pub(crate) fn to_file<'a>(&'a self, path: &'a Path) -> Vec<&'a str> {
        let mut arguments = self.arguments.clone();
        arguments.extend(["--secret-file", path.to_str().unwrap()]);
        arguments
    }
}

/// The commands that give a secret.
pub(crate) fn with_secrets() -> Vec<Maker> {
    let mut all = Vec::new();
    for (resource, path, created, renewed) in [
        ("apps", "apps", "secret", "secret"),
        (
            "service-accounts",
            "service-accounts",
            "clientSecret",
            "clientSecret",
        ),
        ("access-keys", "access-keys", "clientSecret", "clientSecret"),
        ("user-apps", "user-applications", "secret", "clientSecret"),
    ] {
        all.push(Maker {
            arguments: vec!["runai", resource, "create", "nightly-import"],
            request: leak(format!("POST /api/v1/{path}")),
            answer: json!({ "id": "id-7", "name": "nightly-import", "clientId": "nightly-import", created: NEW_SECRET }),
            secret: Some(created),
            named: vec![
                "nightly-import",
                leak(format!("vauth runai {resource} regenerate-secret ")),
                leak(format!("vauth runai {resource} delete ")),
            ],
            replaces: false,
        });
        all.push(Maker {
            arguments: vec!["runai", resource, "regenerate-secret", "id-7", "--yes"],
            request: leak(format!("POST /api/v1/{path}/id-7/secret")),
            answer: json!({ renewed: NEW_SECRET }),
            secret: Some(renewed),
            named: vec![leak(format!(
                "vauth runai {resource} regenerate-secret id-7 "
            ))],
            replaces: true,
        });
    }
    all.push(Maker {
        arguments: vec!["runai", "users", "create", "a@b.io"],
        request: "POST /api/v1/users",
        answer: json!({ "id": "id-7", "username": "a@b.io", "tempPassword": NEW_SECRET }),
        secret: Some("tempPassword"),
        named: vec![
            "a@b.io",
            "vauth runai users reset-password ",
            "vauth runai users delete ",
        ],
        replaces: false,
    });
    all.push(Maker {
        arguments: vec!["runai", "users", "reset-password", "id-7", "--yes"],
        request: "POST /api/v1/users/id-7/password",
        answer: json!({ "tempPassword": NEW_SECRET }),
        secret: Some("tempPassword"),
        named: vec!["vauth runai users reset-password id-7 "],
        replaces: true,
    });
    let arguments = [
        "runai",
        "bootstrap",
        "--name",
        "nightly-import",
        "--role",
        "Viewer",
    ];
    all.push(Maker {
        arguments: arguments.into(),
        request: "POST /api/v1/service-accounts",
        answer: json!({ "id": "id-7", "name": "nightly-import", "clientId": "nightly-import", "clientSecret": NEW_SECRET }),
        secret: Some("clientSecret"),
        named: vec!["nightly-import", "vauth runai "],
        replaces: false,
    });
    all
}

/// The commands that change something without a secret to lose; the files hold the passwords to change.
pub(crate) fn without_secrets(current: &Path, new: &Path) -> Vec<Maker> {
    let create = ["runai", "access-rules", "create", "--role", "Viewer"];
    let (one, two) = (["--subject", "user:a@b.io"], ["--subject", "user:c@d.io"]);
    vec![
        Maker {
            arguments: [&create[..], &one].concat(),
            request: "POST /api/v1/authorization/access-rules",
            answer: rule(5, "a@b.io"),
            secret: None,
            named: vec!["vauth runai access-rules list"],
            replaces: false,
        },
        Maker {
            arguments: [&create[..], &one, &two].concat(),
            request: "POST /api/v1/authorization/access-rules/batch-create",
            answer: json!({ "succeeded": [rule(5, "a@b.io"), rule(6, "c@d.io")], "failed": [] }),
            secret: None,
            named: vec!["vauth runai access-rules list"],
            replaces: false,
        },
        Maker {
            arguments: vec![
                "runai",
                "change-password",
                "--current-password-file",
                leak(current.to_str().unwrap().to_owned()),
                "--new-password-file",
                leak(new.to_str().unwrap().to_owned()),
            ],
            request: "POST /api/v1/me/password",
            answer: json!({}),
            secret: None,
            named: vec!["the password may have been changed", "RUNAI_PASSWORD_FILE="],
            replaces: true,
        },
    ]
}

/// A rule as a control plane returns it.
fn rule(id: u32, user: &str) -> Value {
    json!({
        "id": id, "roleId": 1, "roleName": "Viewer", "scopeId": "t1", "scopeType": "tenant",
        "subjectId": user, "subjectType": "user"
    })
}

/// A table of tests lives as long as they do.
fn leak(text: String) -> &'static str {
    text.leak()
}
