//! Tests of `vauth completions`: each shell gets a script that knows the commands.

use crate::support::{Environment, vauth};

#[test]
fn each_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = vauth(&["completions", shell], &Environment::new()).stdout();
        for word in ["vauth", "doctor", "projects", "page-size"] {
            assert!(script.contains(word), "{shell}");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_can_read_its_script() {
    let script = vauth(&["completions", "bash"], &Environment::new()).stdout();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("vauth-completions.bash");
    std::fs::write(&path, script).unwrap();
    match std::process::Command::new("bash")
        .arg("-n")
        .arg(&path)
        .output()
    {
        Ok(output) => assert!(output.status.success(), "{output:?}"),
        Err(_) => {
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr(), "skipped: no bash on this machine");
        }
    }
}
