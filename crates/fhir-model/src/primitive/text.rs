//! `string`, `markdown` and `code`.

use super::PrimitiveError;

/// The greatest length of a `string` or `markdown`, in characters.
pub const MAX_CHARACTERS: usize = 1024 * 1024;

/// Checks a FHIR `string`: not empty, at most 1 MiB of characters, no control characters but tab and line ends.
/// White space alone passes, since the standard only advises against it.
pub fn check_string(text: &str) -> Result<(), PrimitiveError> {
    check("string", text)
}

/// Checks a FHIR `markdown`; the rules of `string` apply.
pub fn check_markdown(text: &str) -> Result<(), PrimitiveError> {
    check("markdown", text)
}

/// Checks a FHIR `code`: no white space but single characters of it between others.
pub fn check_code(text: &str) -> Result<(), PrimitiveError> {
    const EXPECTED: &str = "words separated by single spaces, without white space at the ends";
    let only_words = text.split(char::is_whitespace).all(|word| !word.is_empty());
    if only_words && !text.contains(char::is_control) {
        Ok(())
    } else {
        Err(PrimitiveError::new("code", text, EXPECTED))
    }
}

fn check(type_name: &'static str, text: &str) -> Result<(), PrimitiveError> {
    let expected = if text.is_empty() {
        "at least one character"
    } else if text.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\t' | b'\r' | b'\n')) {
        "no control characters other than tab, carriage return and line feed"
    } else if text.len() > MAX_CHARACTERS && text.chars().count() > MAX_CHARACTERS {
        "at most 1048576 characters"
    } else {
        return Ok(());
    };
    Err(PrimitiveError::new(type_name, text, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_checked() {
        assert!(check_string("a\tb\r\n ü").is_ok() && check_markdown(" ").is_ok());
        assert!(check_string("").is_err() && check_string("a\u{b}").is_err() && check_string("\0").is_err());
        assert!(check_string(&"ü".repeat(MAX_CHARACTERS)).is_ok());
        assert!(check_string(&"a".repeat(MAX_CHARACTERS + 1)).is_err());
    }

    #[test]
    fn codes_are_checked() {
        assert!(check_code("a").is_ok() && check_code("a b-c").is_ok());
        for text in ["", " a", "a ", "a  b", " ", "a\u{1}"] {
            assert!(check_code(text).is_err(), "{text:?} was accepted");
        }
    }
}
