//! Escapes in query values (R4 search, section 3.1.1.4.3): `\,`, `\$`, `\|` and `\\` stand for the plain characters.

use std::borrow::Cow;

/// Splits at every `separator` that is not escaped. The parts keep their escapes.
pub(crate) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut escaped = false;
    text.split(|character: char| {
        let splits = character == separator && !escaped;
        escaped = character == '\\' && !escaped;
        splits
    })
    .collect()
}

/// The text without its escapes; `None` where a backslash stands before anything else.
pub(crate) fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('\\') {
        return Some(Cow::Borrowed(text));
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.push(characters.next().filter(|next| matches!(next, ',' | '$' | '|' | '\\'))?),
            other => plain.push(other),
        }
    }
    Some(Cow::Owned(plain))
}

/// A text as one alternative: without meaning for its commas and backslashes; `|` and `$` keep theirs.
pub(crate) fn whole(text: &str) -> String {
    text.replace('\\', "\\\\").replace(',', "\\,")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escaped_separators_do_not_split() {
        assert_eq!(split("a,b", ','), ["a", "b"]);
        assert_eq!(split(r"a\,b,c", ','), [r"a\,b", "c"]);
        assert_eq!(split(r"a\\,b", ','), [r"a\\", "b"]);
        assert_eq!(split("", ','), [""]);
        assert_eq!(unescape(r"a\,b\|c\$d\\").unwrap(), r"a,b|c$d\");
        assert_eq!(unescape(r"a\b"), None);
        assert_eq!(unescape("a\\"), None);
        assert_eq!(whole(r"a,b\c|d"), r"a\,b\\c|d");
    }

    proptest! {
        #[test]
        fn what_is_escaped_comes_back_whole(text in "[a-c,$|\\\\é]{0,20}") {
            let mut escaped = String::new();
            for character in text.chars() {
                if matches!(character, ',' | '$' | '|' | '\\') {
                    escaped.push('\\');
                }
                escaped.push(character);
            }
            for separator in [',', '$', '|'] {
                prop_assert_eq!(split(&escaped, separator), [escaped.as_str()]);
            }
            prop_assert_eq!(unescape(&escaped).unwrap(), text);
        }
    }
}
