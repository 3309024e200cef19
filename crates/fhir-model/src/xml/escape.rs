//! The characters of XML 1.0: which are allowed, which make a name, and which must be escaped.

use std::fmt::Write;

/// Whether XML 1.0 allows the character at all, be it by reference.
pub(super) fn is_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..) && !matches!(character, '\u{fffe}' | '\u{ffff}')
}

/// White space of XML, which is less than that of Unicode.
pub(super) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

/// Whether a text is a name, with or without a prefix. Beyond ASCII every character is taken for a letter.
pub(super) fn is_name(text: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    let continues = |c: char| starts(c) || c.is_ascii_digit() || matches!(c, '-' | '.');
    text.split(':').count() <= 2
        && text.split(':').all(|part| part.starts_with(starts) && part.chars().all(continues))
}

/// Appends the value of an attribute such that it is read back as it was: white space other than blanks would become blanks.
pub(super) fn push_attribute_value(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "&#{};", u32::from(character));
            }
            character => out.push(character),
        }
    }
}
