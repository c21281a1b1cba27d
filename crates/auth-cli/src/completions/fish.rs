//! The script for fish: commands at every level, options, and values of options and arguments.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::{Arg, Command, ValueHint};

/// Returns the script for a command that has been built.
pub(super) fn script(command: &Command) -> String {
    let mut valued = BTreeSet::new();
    collect_valued(command, &mut valued);
    let valued: Vec<String> = valued.into_iter().collect();
    let mut script = HELPERS.replace("VALUED", &valued.join(" "));
    describe(command, &mut Vec::new(), &mut script);
    script
}

/// Collects the options whose next word is their value.
fn collect_valued(command: &Command, valued: &mut BTreeSet<String>) {
    for option in command.get_opts() {
        valued.extend(option.get_long().map(|long| format!("--{long}")));
        valued.extend(option.get_short().map(|short| format!("-{short}")));
    }
    for subcommand in command.get_subcommands() {
        collect_valued(subcommand, valued);
    }
}

fn describe<'a>(command: &'a Command, path: &mut Vec<&'a str>, script: &mut String) {
    let at = |count: &str, path: &[&str]| {
        let words = path.iter().map(|word| format!(" {word}"));
        format!(
            "complete -c vauth -n '__vauth_at {count}{}'",
            words.collect::<String>()
        )
    };
    let here = at("any", path);
    for arg in command.get_arguments().filter(|arg| !arg.is_positional()) {
        let mut line = here.clone();
        if let Some(short) = arg.get_short() {
            let _ = write!(line, " -s {short}");
        }
        if let Some(long) = arg.get_long() {
            let _ = write!(line, " -l {long}");
        }
        if let Some(help) = arg.get_help() {
            let _ = write!(line, " -d {}", quoted(&help.to_string()));
        }
        if arg.get_action().takes_values() {
            line.push_str(" -r");
            line.push_str(&values(arg));
        }
        script.push_str(&line);
        script.push('\n');
    }
    for (index, arg) in command.get_positionals().enumerate() {
        let is_repeated = arg
            .get_num_args()
            .is_some_and(|range| range.max_values() > 1);
        let count = if is_repeated {
            "any".to_owned()
        } else {
            index.to_string()
        };
        let values = values(arg);
        if values != NOTHING {
            let _ = writeln!(script, "{}{values}", at(&count, path));
        }
    }
    for subcommand in command.get_subcommands() {
        let about = subcommand.get_about().map(ToString::to_string);
        let about = quoted(&about.unwrap_or_default());
        let name = subcommand.get_name();
        let _ = writeln!(script, "{} -f -a {name} -d {about}", at("0", path));
        // The commands below `help` are those that it explains.
        if name != "help" {
            path.push(name);
            describe(subcommand, path, script);
            path.pop();
        }
    }
}

/// Returns fish's options for the values of an argument.
fn values(arg: &Arg) -> String {
    let possible = arg.get_possible_values();
    let names: Vec<String> = possible
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| match value.get_help() {
            // The list is evaluated once more, so a description needs quotes of its own.
            Some(help) => format!("{}\\t{}", value.get_name(), quoted(&help.to_string())),
            None => value.get_name().to_owned(),
        })
        .collect();
    if !names.is_empty() {
        return format!(" -f -a {}", quoted(&names.join("\n")));
    }
    if arg.get_id() == "profile" {
        return " -f -a '(__vauth_profiles)'".to_owned();
    }
    match arg.get_value_hint() {
        ValueHint::DirPath => " -f -a '(__fish_complete_directories)'".to_owned(),
        ValueHint::AnyPath | ValueHint::FilePath => " -F".to_owned(),
        _ => NOTHING.to_owned(),
    }
}

/// In fish, only a backslash and a quote are special between single quotes.
fn quoted(text: &str) -> String {
    let line = text.replace('\\', "\\\\").replace('\'', "\\'");
    format!("'{line}'")
}

/// No completions, and no file names either.
const NOTHING: &str = " -f";

/// Functions that find out which command is being typed.
const HELPERS: &str = "\
# Prints the words typed so far, without options and their values.
function __vauth_words
    set -l words (commandline -opc)
    set -e words[1]
    set -l is_value 0
    for word in $words
        if test $is_value = 1
            set is_value 0
        else if contains -- $word VALUED
            set is_value 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

# Succeeds if the words are a command and this many arguments, or any number.
function __vauth_at
    set -l number $argv[1]
    set -l path $argv[2..-1]
    set -l words (__vauth_words)
    test (count $words) -ge (count $path)
    or return 1
    for index in (seq (count $path))
        test $words[$index] = $path[$index]
        or return 1
    end
    test $number = any
    or test (count $words) -eq (math (count $path) + $number)
end

function __vauth_profiles
    vauth config list 2>/dev/null | string split -f 1 \\t | sort -u
end

complete -c vauth -f
";
