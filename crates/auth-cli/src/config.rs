//! `vauth config`: shows and changes the profiles of the configuration file.

mod list;
mod value;

use crate::arguments::{ConfigCommand, GetArguments, SetArguments, UnsetArguments};
use crate::credentials::USER;
use crate::failure::Failure;
use crate::notes::{Level, note};
use crate::output::print;
use crate::profiles::{
    Content, Document, SECRET_COMMAND, VENDOR, change, check_key, checked, holds_secret, required,
    vendor_of,
};
use crate::session::Session;
use crate::store_settings;
use crate::vendor::{Vendor, is_secret};

pub(crate) fn run(command: ConfigCommand, session: &Session) -> Result<(), Failure> {
    match command {
        ConfigCommand::Set(arguments) => set(arguments, session),
        ConfigCommand::Get(arguments) => get(&arguments, session),
        ConfigCommand::List(arguments) => list::run(&arguments, session),
        ConfigCommand::Unset(arguments) => unset(&arguments, session),
        ConfigCommand::Path => {
            let path = required(session.path())?;
            print(format!("{}\n", path.display()).as_bytes())
        }
    }
}

fn set(arguments: SetArguments, session: &Session) -> Result<(), Failure> {
    let pairs = pairs(arguments.key, arguments.rest)?;
    check_alternatives(&pairs)?;
    let path = required(session.path())?;
    let profile = session.edited();
    // Before the file is locked: a user may take long to type.
    let mut values = Vec::new();
    for (key, value) in pairs {
        let is_argument = value.is_some();
        let value = match value {
            Some(value) => value,
            None if holds_secret(&key, "") => value::read_secret(&key)?,
            None => value::read_line(&key)?,
        };
        if is_argument && holds_secret(&key, &value) {
            note(
                Level::Warning,
                &format!(
                    "other users of this machine may have seen {key} on the command line: leave it out next time, to type it or to pipe it in"
                ),
            );
        }
        values.push((key, value));
    }
    let mut replaced = Vec::new();
    change(path, |content| {
        let mut document = parsed(content, path)?;
        let vendor = vendor_after(&document, profile, &values)?;
        for (key, value) in &values {
            if key == VENDOR {
                document.set(profile, VENDOR, vendor.as_str());
                continue;
            }
            check_key(vendor, key)
                .map_err(|problem| Failure::Usage(format!("{vendor} has no setting {problem}")))?;
            let value = value::checked(vendor, key, value)?;
            for other in remove_alternatives(&mut document, profile, key) {
                replaced.push(format!(
                    "removed {other} from profile {profile:?}, since {key} replaces it"
                ));
            }
            document.set(profile, key, &value);
        }
        check_all(&document, profile, vendor)?;
        Ok((document.to_string(), document.find(holds_secret).is_some()))
    })?;
    // Only what the file no longer contains.
    for line in replaced {
        note(Level::Warning, &line);
    }
    Ok(())
}

/// Reads `KEY`, `KEY VALUE`, or `KEY=VALUE ...`.
fn pairs(key: String, rest: Vec<String>) -> Result<Vec<(String, Option<String>)>, Failure> {
    let words: Vec<_> = std::iter::once(key).chain(rest).collect();
    let is_pair = |word: &String| word.contains('=');
    if words.iter().all(is_pair) {
        let pairs = words.iter().filter_map(|word| word.split_once('='));
        return Ok(pairs
            .map(|(key, value)| (key.to_owned(), Some(value.to_owned())))
            .collect());
    }
    let mut words = words.into_iter();
    match (words.next(), words.next(), words.next()) {
        (Some(key), value, None) if !key.contains('=') => Ok(vec![(key, value)]),
        // The input is not repeated: it may contain a secret.
        _ => Err(Failure::Usage(
            "the settings are neither KEY VALUE nor all KEY=VALUE: put a value with spaces in quotes"
                .to_owned(),
        )),
    }
}

fn parsed(content: Option<Content>, path: &std::path::Path) -> Result<Document, Failure> {
    content.map_or_else(|| Ok(Document::default()), |content| checked(content, path))
}

/// Returns the vendor that the profile will have.
fn vendor_after(
    document: &Document,
    profile: &str,
    values: &[(String, String)],
) -> Result<Vendor, Failure> {
    let given = values.iter().rev().find(|(key, _)| key == VENDOR);
    if let Some((_, name)) = given {
        return vendor_of(name).map_err(|problem| Failure::Usage(format!("the vendor {problem}")));
    }
    let entries = document.profile(profile).unwrap_or_default();
    let present = entries.iter().find(|(key, _)| *key == VENDOR);
    let name = present.and_then(|(_, item)| item.as_str());
    name.and_then(|name| vendor_of(name).ok()).ok_or_else(|| {
        Failure::Usage(format!(
            "profile {profile:?} has no vendor: run `vauth config set --profile {profile} vendor NAME` first, where NAME is one of {}",
            Vendor::ALL.map(Vendor::as_str).join(", ")
        ))
    })
}

/// Fails if two of the settings exclude each other.
fn check_alternatives(pairs: &[(String, Option<String>)]) -> Result<(), Failure> {
    for (number, (key, _)) in pairs.iter().enumerate() {
        let others = pairs.iter().skip(number + 1);
        if let Some((other, _)) = others.into_iter().find(|(it, _)| are_alternatives(key, it)) {
            return Err(Failure::Usage(format!(
                "{key} and {other} exclude each other: set one of them"
            )));
        }
    }
    Ok(())
}

/// Removes the settings that another one is about to replace, and returns their names.
fn remove_alternatives(document: &mut Document, profile: &str, key: &str) -> Vec<String> {
    let entries = document.profile(profile).unwrap_or_default();
    let names = entries.iter().map(|(name, _)| (*name).to_owned());
    let others: Vec<_> = names.filter(|name| are_alternatives(key, name)).collect();
    for other in &others {
        document.unset(profile, other);
    }
    others
}

/// Returns true for two settings of which a profile has only one: a secret, its file and the command that prints it, or two ways to name a store or its key.
fn are_alternatives(key: &str, other: &str) -> bool {
    if key == other {
        return false;
    }
    let pairs = [
        [store_settings::STORE, store_settings::URL_FILE],
        [store_settings::KEY, store_settings::KEY_FILE],
    ];
    if pairs
        .iter()
        .any(|pair| pair.contains(&key) && pair.contains(&other))
    {
        return true;
    }
    let of_secret = |name: &str| {
        name == SECRET_COMMAND
            || is_secret(name)
            || name.strip_suffix("_file").is_some_and(is_secret)
    };
    let is_user = |name: &str| USER.contains(&name);
    let is_same = is_user(key) == is_user(other) || [key, other].contains(&SECRET_COMMAND);
    of_secret(key) && of_secret(other) && is_same
}

/// A changed vendor may not have the other settings.
fn check_all(document: &Document, profile: &str, vendor: Vendor) -> Result<(), Failure> {
    for (key, _) in document.profile(profile).unwrap_or_default() {
        if key != VENDOR && check_key(vendor, key).is_err() {
            return Err(Failure::Usage(format!(
                "{vendor} has no setting {key:?}, which profile {profile:?} contains: unset it first, or choose another profile"
            )));
        }
    }
    Ok(())
}

fn get(arguments: &GetArguments, session: &Session) -> Result<(), Failure> {
    let name = session.edited();
    let profile = session.profiles()?.required(name)?;
    let key = arguments.key.as_str();
    if key != VENDOR {
        check_key(profile.vendor, key).map_err(|problem| {
            Failure::Usage(format!("{} has no setting {problem}", profile.vendor))
        })?;
    }
    let mut settings = profile.settings.iter();
    let value = match key {
        VENDOR => Some(profile.vendor.as_str().to_owned()),
        SECRET_COMMAND => profile.secret_command.as_ref().map(|words| {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            shlex::try_join(words).unwrap_or_default()
        }),
        key => settings
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.clone()),
    };
    let value =
        value.ok_or_else(|| Failure::Usage(format!("{key} is not set in profile {name:?}")))?;
    if holds_secret(key, &value) && !arguments.show_secret {
        return Err(Failure::Usage(format!(
            "{key} is a secret: pass --show-secret to print it"
        )));
    }
    print(&[value.as_bytes(), b"\n"].concat())
}

fn unset(arguments: &UnsetArguments, session: &Session) -> Result<(), Failure> {
    let path = required(session.path())?;
    let profile = session.edited();
    // An unknown profile is an error before anything is created.
    let profiles = session.profiles()?;
    if !profiles.names().contains(&profile) {
        profiles.required(profile)?;
    }
    change(path, |content| {
        let mut document = parsed(content, path)?;
        if arguments.all {
            document.remove(profile);
        }
        for key in &arguments.keys {
            if !document.unset(profile, key) {
                return Err(not_set(&document, profile, key));
            }
        }
        let rest = document.profile(profile).unwrap_or_default();
        if !rest.is_empty() && !rest.iter().any(|(key, _)| *key == VENDOR) {
            return Err(Failure::Usage(format!(
                "profile {profile:?} needs a vendor while it has other settings: pass --all to remove the whole profile"
            )));
        }
        Ok((document.to_string(), document.find(holds_secret).is_some()))
    })
}

fn not_set(document: &Document, profile: &str, key: &str) -> Failure {
    let entries = document.profile(profile).unwrap_or_default();
    let keys = entries.iter().map(|(key, _)| *key);
    let advice = crate::similar::did_you_mean(key, keys);
    Failure::Usage(format!(
        "{key:?} is not set in profile {profile:?}: {advice}"
    ))
}
