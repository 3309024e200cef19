//! The lexical rules of the primitive types that are plain text (R4 "Data Types", section 2.24.0.1).

/// `string`, `markdown`: not empty, and no control characters but tab, line feed and carriage return. (White space
/// at the ends, which the specification advises against, is stored as it came.)
pub(super) fn is_string(text: &str) -> bool {
    !text.is_empty() && !text.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

/// `code`: words, with one white space character between two of them.
pub(super) fn is_code(text: &str) -> bool {
    !text.is_empty() && text.split(|c: char| c.is_ascii_whitespace()).all(|word| !word.is_empty())
}

/// `uri`, `url`, `canonical`: not empty, and no white space.
pub(super) fn is_uri(text: &str) -> bool {
    !text.is_empty() && !text.bytes().any(|byte| byte.is_ascii_whitespace())
}

/// `base64Binary`: groups of four characters, the last filled up with `=`; white space may stand anywhere.
pub(super) fn is_base64(text: &str) -> bool {
    let (mut characters, mut padding) = (0_usize, 0_usize);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        match byte {
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => characters += 1,
            _ => return false,
        }
    }
    characters > 0 && padding <= 2 && (characters + padding).is_multiple_of(4)
}

/// `xhtml`: not blank. What is inside is for the narrative rules of profile validation.
pub(super) fn is_xhtml(text: &str) -> bool {
    !text.trim_ascii().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_have_text_without_control_characters() {
        assert!(is_string(" a\tb\r\n") && is_string("é"));
        assert!(!is_string("") && !is_string("a\u{0}") && !is_string("a\u{1b}"));
    }

    #[test]
    fn codes_have_single_spaces_inside() {
        assert!(is_code("a") && is_code("a b"));
        for text in ["", " ", " a", "a ", "a  b"] {
            assert!(!is_code(text), "{text:?} was accepted");
        }
    }

    #[test]
    fn uris_have_no_white_space() {
        assert!(is_uri("urn:x") && is_uri("Patient/1") && is_uri("#p"));
        assert!(!is_uri("") && !is_uri("a b") && !is_uri(" a"));
    }

    #[test]
    fn base64_comes_in_fours() {
        assert!(is_base64("AAAA") && is_base64("AA==") && is_base64("AAA=") && is_base64("AA A\nA"));
        for text in ["", "====", "A", "AAA", "AA=A", "A===", "AA-_", "AAAA=="] {
            assert!(!is_base64(text), "{text:?} was accepted");
        }
    }
}
