//! Sets up a service account in Run:ai, and prints a Kubernetes Secret with its credentials.
//!
//! ```sh
//! cargo run -p examples --bin kubernetes-secret -- nightly-import 'Research manager' > secret.json && kubectl apply -f secret.json
//! ```
//!
//! A second run changes nothing and prints nothing, since the secret cannot be read again: apply the file only if it is not empty.

use std::error::Error;
use std::io::{self, Write as _};

use runai_auth::Config;
use runai_auth::admin::{Bootstrap, BootstrapEvent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(role)) = (arguments.next(), arguments.next()) else {
        return Err("usage: kubernetes-secret NAME ROLE".into());
    };
    // Reads RUNAI_BASE_URL, and RUNAI_USERNAME and RUNAI_PASSWORD of an administrator.
    let administrator = Config::from_env()?;
    let base_url = administrator.endpoints().base_url().as_str().to_owned();
    let report = Bootstrap::new(administrator, &name, role)
        .run(|step| match step {
            // Printed before anything else happens; an error keeps the secret in `Error::side_effect`.
            BootstrapEvent::NewSecret { account, secret } => {
                let entries = [
                    ("RUNAI_BASE_URL", base_url.as_str()),
                    ("RUNAI_CLIENT_ID", &account.client_id),
                    ("RUNAI_CLIENT_SECRET", secret.expose_secret()),
                ];
                print_manifest(&name, &entries)
            }
            _ => Ok(()),
        })
        .await?;
    let outcome = if report.is_changed {
        "was set up"
    } else {
        "is unchanged"
    };
    writeln!(io::stderr(), "{} {outcome}", report.account.client_id)?;
    Ok(())
}

/// JSON is YAML, and needs no quoting rules of its own; a pod gets the entries with `envFrom`.
fn print_manifest(name: &str, entries: &[(&str, &str)]) -> io::Result<()> {
    let data: serde_json::Map<_, _> = entries
        .iter()
        .map(|&(key, value)| (key.to_owned(), value.into()))
        .collect();
    let manifest = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": name },
        "type": "Opaque",
        "stringData": data,
    });
    let mut output = io::stdout().lock();
    writeln!(output, "{manifest:#}")?;
    output.flush()
}
