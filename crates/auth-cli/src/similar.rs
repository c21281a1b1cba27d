//! Suggestions for names that were probably mistyped.

/// Returns the known name that is most similar to a given one, if it is similar at all.
pub(crate) fn similar<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let distances = known.into_iter().map(|known| {
        let distance = strsim::damerau_levenshtein(&name, &known.to_ascii_lowercase());
        (distance, known)
    });
    let nearest = distances.min_by_key(|(distance, _)| *distance);
    nearest
        // A short name resembles too many others.
        .filter(|(distance, known)| *distance <= MAX_TYPOS.min(known.len() / 3))
        .map(|(_, known)| known)
}

/// Returns the end of a message: the similar name, or else all known ones.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    match similar(name, known.clone()) {
        Some(similar) => format!("did you mean {similar}?"),
        None => {
            let known: Vec<_> = known.into_iter().collect();
            format!("use one of {}", known.join(", "))
        }
    }
}

/// Two slips of the finger, or one and a transposition.
const MAX_TYPOS: usize = 2;

#[cfg(test)]
mod tests;
