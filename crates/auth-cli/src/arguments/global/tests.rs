//! Tests of finding the choice of colours before the arguments are parsed.

use super::*;

#[test]
fn the_choice_of_colours_is_found_in_both_spellings_and_not_after_the_options() {
    let among = |words: &[&str]| Color::among(words.iter());
    assert_eq!(among(&["token", "maia"]), Color::Auto);
    assert_eq!(among(&["--color=never", "token"]), Color::Never);
    assert_eq!(among(&["token", "--color", "always"]), Color::Always);
    assert_eq!(among(&["token", "--color", "pink"]), Color::Auto);
    assert_eq!(among(&["--", "--color", "always"]), Color::Auto);
}
