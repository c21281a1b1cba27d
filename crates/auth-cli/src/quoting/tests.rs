//! Tests of the quoting, by the shells themselves where they are installed.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;

/// Values that a careless quoting would change, or execute.
const HOSTILE: [&str; 12] = [
    "plain",
    "",
    "it's",
    "\"quoted\"",
    "$(touch /tmp/vauth-forged) `id` $HOME ${HOME} %PATH% !1",
    "two\nlines\r\nand three",
    "back\\slash \\' \\\" \\n",
    " spaces  and\ttab ",
    "\u{fc}\u{4f60}\u{1f600}",
    "'''; exit 7; '",
    "# not a comment = a=b;c&d|e<f>g",
    "-n\u{2019}; \u{201b}x",
];

/// Returns what the variable contains after the shell ran the assignment, or `None` if the shell is not installed.
fn run(shell: &[&str], script: &str) -> Option<String> {
    let mut child = Command::new(shell[0])
        .args(&shell[1..])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(script.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{script}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn skipped(shell: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {shell} is not installed");
}

#[test]
fn shells_read_the_value_back() {
    let printf = "printf '%s' \"$V\"";
    for (shell, syntax) in [
        (&["sh"][..], Syntax::Sh),
        (&["sh"], Syntax::ShNoExport),
        (&["dash"], Syntax::Sh),
        (&["bash", "--norc"], Syntax::Sh),
        (&["zsh", "-f"], Syntax::Sh),
        (&["fish", "--no-config"], Syntax::Fish),
        (&["pwsh", "-NoProfile", "-Command", "-"], Syntax::Powershell),
    ] {
        for value in HOSTILE {
            let assignment = syntax.assign("V", value).unwrap();
            let print = match syntax {
                Syntax::Powershell => "[Console]::Out.Write($Env:V)\n",
                _ => printf,
            };
            let Some(read) = run(shell, &[&assignment, print].concat()) else {
                skipped(shell[0]);
                break;
            };
            assert_eq!(read, value, "{shell:?}");
        }
    }
}

#[test]
fn each_syntax_has_its_own_form() {
    let assign = |syntax: Syntax, value| syntax.assign("V", value).unwrap();
    assert_eq!(assign(Syntax::Sh, "a'b"), "export V='a'\\''b'\n");
    assert_eq!(assign(Syntax::ShNoExport, "a"), "V='a'\n");
    assert_eq!(assign(Syntax::Fish, "a'b\\"), "set -gx V 'a\\'b\\\\'\n");
    assert_eq!(
        assign(Syntax::Powershell, "a'b\u{2019}"),
        "$Env:V = 'a''b\u{2019}\u{2019}'\n"
    );
    assert_eq!(assign(Syntax::Cmd, "a&b c"), "set \"V=a&b c\"\n");
    assert_eq!(assign(Syntax::Dotenv, "a-b_c.D"), "V=a-b_c.D\n");
    assert_eq!(assign(Syntax::Dotenv, "a $b"), "V='a $b'\n");
    assert_eq!(assign(Syntax::Dotenv, "say \"x\""), "V='say \"x\"'\n");
    assert_eq!(assign(Syntax::Dotenv, "it's\nx"), "V=\"it's\\nx\"\n");
}

#[test]
fn a_value_that_cannot_be_written_is_an_error_that_does_not_repeat_it() {
    for value in ["sekret%PATH%", "sekret\"&calc", "sekret!x", "sekret\nx"] {
        let Err(Failure::Usage(message)) = Syntax::Cmd.assign("V", value) else {
            panic!("{value}");
        };
        assert!(!message.contains("sekret"), "{message}");
    }
    // Readers of .env files differ in which of these backslashes they remove.
    for value in [
        "sekret\\x",
        "sekret'\\",
        "sekret'\"",
        "sekret\n$x",
        "sekret'`x`",
    ] {
        let Err(Failure::Usage(message)) = Syntax::Dotenv.assign("V", value) else {
            panic!("{value}");
        };
        assert!(message.contains("another format"), "{message}");
        assert!(!message.contains("sekret"), "{message}");
    }
    assert!(Syntax::Sh.assign("V", "a\0b").is_err());
}

#[test]
fn a_word_is_quoted_such_that_a_shell_reads_it_as_one() {
    for (word, written) in [
        ("nightly-import.secret", "nightly-import.secret"),
        ("", "''"),
        ("two words", "'two words'"),
        ("7; rm -rf ~", "'7; rm -rf ~'"),
        ("it's", r"'it'\''s'"),
        ("$(id)", "'$(id)'"),
    ] {
        assert_eq!(quoted(word), written);
    }
}
