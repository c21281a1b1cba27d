//! From the description's spellings to Rust's.

/// `createdAt`, `clientID` and `Service accounts` as `created_at`, `client_id` and `service_accounts`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut after_small = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            snake.push('_');
            after_small = false;
            continue;
        }
        if character.is_uppercase() && after_small {
            snake.push('_');
        }
        after_small = !character.is_uppercase();
        snake.extend(character.to_lowercase());
    }
    snake
}

/// `service-account`, `validate_delete` and `NotReady` as `ServiceAccount`, `ValidateDelete` and `NotReady`.
pub(crate) fn pascal_case(name: &str) -> String {
    let words = name.split(|character: char| !character.is_alphanumeric());
    words.map(capitalized).collect()
}

/// What serde's `rename_all = "camelCase"` makes of a field's name.
pub(crate) fn camel_case(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capitalized(word))
}

/// The name of a field, raw where Rust has a meaning for the word.
pub(crate) fn field(snake: &str) -> String {
    match KEYWORDS.contains(&snake) {
        true => format!("r#{snake}"),
        false => snake.to_owned(),
    }
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// Those that an API may well use for a field; the compiler finds the others.
const KEYWORDS: &[&str] = &[
    "as", "enum", "for", "in", "match", "mod", "move", "ref", "static", "type", "use", "where",
];

#[cfg(test)]
mod tests;
