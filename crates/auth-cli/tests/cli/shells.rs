//! Tests of completion in the shells themselves; a shell that the machine lacks is skipped.

use std::io::Write as _;
use std::process::Command;

use crate::home::Home;

/// Runs a script in a shell after the completion script was loaded; returns none without that shell.
fn completed(shell: &str, flags: &[&str], load: &str, script: &str) -> Option<String> {
    let home = Home::new();
    let file = home.path("_vauth");
    let completions = home.run(&["completions", shell]).stdout();
    std::fs::write(&file, completions).unwrap();
    let program = load
        .replace("FILE", &file)
        .replace("FOLDER", home.folder.path().to_str().unwrap())
        + script;
    let output = Command::new(shell)
        .args(flags)
        .arg("-c")
        .arg(program)
        .output();
    let Ok(output) = output else {
        let _ = writeln!(std::io::stderr(), "skipped: no {shell} on this machine");
        return None;
    };
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{shell}");
    assert!(output.status.success(), "{shell}: {output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn fish_completes_commands_values_and_vendors_and_no_file_names() {
    let script = "
        for line in 'vauth ' 'vauth token ' 'vauth token --format ' 'vauth runai apps list --js' \\
            'vauth request ' 'vauth --profile p token m' 'vauth completions z' 'vauth token --client-id ' \\
            'vauth config set bas' 'vauth config get client_i' 'vauth config unset sec' 'vauth config set client_id ' 'vauth runai users create a --secret-file FOLDER_MARK'
            set -l found (complete -C $line | string split -f 1 \\t)
            echo \"$line: $found\"
        end";
    let Some(output) = completed("fish", &["--no-config"], "source FILE\n", script) else {
        return;
    };
    for expected in [
        "vauth token : datasaur maia runai\n",
        "vauth token --format : dotenv env env-no-export exec-credential fish header json powershell token windows-cmd\n",
        "vauth runai apps list --js: --json\n",
        "vauth request : datasaur maia runai\n",
        "vauth --profile p token m: maia\n",
        "vauth completions z: zsh\n",
        "vauth token --client-id : \n",
        "vauth config set bas: base_url\n",
        "vauth config get client_i: client_id\n",
        "vauth config unset sec: secret_command\n",
        "vauth config set client_id : \n",
    ] {
        assert!(output.contains(expected), "{expected}{output}");
    }
    let commands = output.lines().next().unwrap();
    for command in ["completions", "config", "doctor", "man", "token"] {
        assert!(commands.contains(command), "{output}");
    }
}

#[test]
fn bash_completes_commands_values_and_vendors() {
    let script = "
        compopt() { :; }
        try() {
            COMP_WORDS=(\"$@\"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
            _vauth vauth \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"
            echo \"$*: ${COMPREPLY[*]}\"
        }
        try vauth token m; try vauth token --format ''; try vauth completions z; try vauth token --client-id ''
        try vauth runai apps list --js; try vauth conf; try vauth config set bas; try vauth config unset ve";
    let Some(output) = completed("bash", &["--norc"], "source FILE\n", script) else {
        return;
    };
    for expected in [
        "vauth token m: maia\n",
        "vauth token --format : token header json env env-no-export dotenv fish powershell windows-cmd exec-credential\n",
        "vauth completions z: zsh\n",
        "vauth token --client-id : \n",
        "vauth runai apps list --js: --json\n",
        "vauth conf: config\n",
        "vauth config set bas: base_url\n",
        "vauth config unset ve: vendor\n",
    ] {
        assert!(output.contains(expected), "{expected}{output}");
    }
}

#[test]
fn zsh_loads_its_script_which_lists_vendors_and_no_file_names() {
    let load =
        "fpath=(FOLDER $fpath); autoload -Uz compinit; compinit -u -D; autoload -Uz _vauth\n";
    let script = "autoload +X _vauth && [[ ${_comps[vauth]} = _vauth ]] && echo loaded && print -r -- $functions[_vauth]";
    let Some(output) = completed("zsh", &["-f"], load, script) else {
        return;
    };
    assert!(output.starts_with("loaded\n"), "{output}");
    assert!(output.contains("(datasaur maia runai)"), "{output}");
    assert!(
        output.contains("(allow_http audience base_url client_"),
        "{output}"
    );
    // Only arguments that are paths complete names of files.
    assert!(!output.contains(":_default"), "{output}");
}
