//! The names by which the user gave the settings, for messages.

/// What the library calls by a variable, and what the user wrote.
#[derive(Debug, Clone, Default)]
pub(crate) struct SettingNames {
    /// Variables, each with the user's name for it.
    renamed: Vec<(String, String)>,
    is_user: bool,
    token: Option<String>,
}

impl SettingNames {
    /// `is_user` tells whether a user's name and password are the credentials.
    pub(crate) fn new(renamed: Vec<(String, String)>, is_user: bool) -> Self {
        Self {
            renamed,
            is_user,
            token: None,
        }
    }

    /// Adds the name of the setting with a token in the place of credentials, if there is one.
    pub(crate) fn with_token(self, token: Option<String>) -> Self {
        Self { token, ..self }
    }

    /// Returns the name of the setting with a token in the place of credentials.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Returns true if a user's name and password are the credentials, and not a client's id and secret.
    pub(crate) fn is_user(&self) -> bool {
        self.is_user
    }

    /// Names settings as the user wrote them: the library's messages name variables and the builder's methods.
    pub(crate) fn apply(&self, text: &str) -> String {
        let mut named = String::with_capacity(text.len());
        let mut word = String::new();
        for character in by_variable(text).chars() {
            if character.is_ascii_alphanumeric() || character == '_' {
                word.push(character);
                continue;
            }
            named.push_str(self.of(&word));
            word.clear();
            named.push(character);
        }
        named.push_str(self.of(&word));
        named
    }

    fn of<'a>(&'a self, word: &'a str) -> &'a str {
        let mut renamed = self.renamed.iter();
        let found = renamed.find(|(variable, _)| variable == word);
        found.map_or(word, |(_, name)| name)
    }
}

/// Names settings by their variables only: the library's messages also name the builder's methods.
fn by_variable(text: &str) -> String {
    let is_name = |word: &str| word.chars().all(|it| it.is_ascii_lowercase() || it == '_');
    let is_variable = |word: &str| {
        word.contains('_') && word.chars().all(|it| it.is_ascii_uppercase() || it == '_')
    };
    let text = text.replace(", or opt in with allow_http", "");
    let (text, _) = text.split_once(", or call ").unwrap_or((&text, ""));
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    // A label such as `region (MAIA_REGION)`.
    while let Some((before, (word, after))) = rest
        .split_once(" (")
        .and_then(|(before, after)| Some((before, after.split_once(')')?)))
    {
        let start = before.rfind(' ').map_or(0, |space| space + 1);
        if is_name(&before[start..]) && is_variable(word) {
            named.push_str(&before[..start]);
            named.push_str(word);
        } else {
            named.push_str(&rest[..rest.len() - after.len()]);
        }
        rest = after;
    }
    named + rest
}

#[cfg(test)]
mod tests;
