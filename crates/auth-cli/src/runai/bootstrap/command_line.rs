//! The command line of a bootstrap, for messages that say to run it again.

use clap::ValueEnum as _;

use crate::arguments::runai::BootstrapArguments;
use crate::quoting::quoted;

/// The command line, which contains no secret.
pub(super) fn command(arguments: &BootstrapArguments) -> String {
    let mut words = vec![
        "vauth runai bootstrap --name".to_owned(),
        quoted(&arguments.name),
        "--role".to_owned(),
        quoted(&arguments.role),
    ];
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.push(format!("{name} {}", quoted(&value)));
        }
    };
    let path = |path: &Option<std::path::PathBuf>| {
        path.as_ref()
            .map(|path| path.to_string_lossy().into_owned())
    };
    option("--scope", arguments.scope.as_ref().map(ToString::to_string));
    option("--department", arguments.department.clone());
    option("--project", arguments.project.clone());
    option("--cluster", arguments.cluster.clone());
    let number = |amount: Option<f64>| amount.map(|amount| amount.to_string());
    option("--gpus", number(arguments.quota.gpus));
    for quota in &arguments.quota.quotas {
        option("--quota", Some(quota.to_string()));
    }
    option("--department-gpus", number(arguments.department_gpus));
    for quota in &arguments.department_quotas {
        option("--department-quota", Some(quota.to_string()));
    }
    option("--secret-file", path(&arguments.secret_file));
    option("--user", arguments.user.clone());
    option("--user-password-file", path(&arguments.user_password_file));
    let format = arguments
        .format
        .and_then(|format| format.to_possible_value());
    option(
        "--format",
        format.map(|format| format.get_name().to_owned()),
    );
    option("--secret-name", arguments.secret_name.clone());
    option("--namespace", arguments.namespace.clone());
    if arguments.show_secret {
        words.push("--show-secret".to_owned());
    }
    words.join(" ")
}
