//! Sets up a service account with a role; a second run changes nothing.
//!
//! ```sh
//! cargo run -p runai-auth --features admin --example bootstrap -- nightly-import 'System administrator'
//! ```

#![expect(clippy::print_stdout, reason = "examples print")]

use std::env;
use std::error::Error;
use std::fs::OpenOptions;
use std::io::{self, Write as _};

use runai_auth::Config;
use runai_auth::admin::{Bootstrap, BootstrapEvent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(name), Some(role)) = (arguments.next(), arguments.next()) else {
        return Err("usage: bootstrap NAME ROLE".into());
    };
    // Reads RUNAI_BASE_URL, and RUNAI_USERNAME and RUNAI_PASSWORD of an administrator.
    let administrator = Config::from_env()?;
    let path = format!("{name}.secret");
    let report = Bootstrap::new(administrator, &name, role)
        .run(|step| match step {
            // Shown only once, so it is stored before anything else happens.
            BootstrapEvent::NewSecret { secret, .. } => write_secret(&path, secret.expose_secret()),
            _ => Ok(()),
        })
        .await?;
    let outcome = match (report.is_changed, report.is_verified) {
        (true, _) => "set up and can sign in",
        (false, true) => "unchanged and can sign in",
        (false, false) => "unchanged",
    };
    println!("{} is {outcome}", report.account.client_id);
    Ok(())
}

/// Creates a file that only its owner can read; an existing file is an error.
fn write_secret(path: &str, secret: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(secret.as_bytes())
}
