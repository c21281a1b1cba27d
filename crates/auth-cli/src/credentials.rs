//! Which settings are credentials, and which of them belong together.

/// The settings of one kind of credentials: what has some of one replaces those of all others.
pub(crate) type Family = &'static [&'static str];

/// Every setting of every vendor that belongs to credentials.
pub(crate) const FAMILIES: [Family; 4] = [CLIENT, USER, &[TOKEN], &[EXTERNAL_TOKEN_FILE]];

/// The credentials of a client.
const CLIENT: Family = &[CLIENT_ID, CLIENT_SECRET, "client_secret_file"];

/// The credentials of a user.
pub(crate) const USER: Family = &[USERNAME, PASSWORD, "password_file"];

/// The credentials that can come from a file or a command instead.
pub(crate) const SECRETS: [&str; 2] = [CLIENT_SECRET, PASSWORD];

pub(crate) const CLIENT_ID: &str = "client_id";
pub(crate) const CLIENT_SECRET: &str = "client_secret";
pub(crate) const USERNAME: &str = "username";
pub(crate) const PASSWORD: &str = "password";
/// An access token in the place of credentials.
pub(crate) const TOKEN: &str = "token";
/// An identity provider's token, which is exchanged.
pub(crate) const EXTERNAL_TOKEN_FILE: &str = "external_token_file";

/// Returns the credentials that a setting belongs to, if any.
pub(crate) fn family_of(setting: &str) -> Option<Family> {
    FAMILIES
        .into_iter()
        .find(|family| family.contains(&setting))
}

/// Returns the name of the setting with the file that contains a secret.
pub(crate) fn file_of(secret: &str) -> String {
    format!("{secret}_file")
}

#[cfg(test)]
mod tests;
