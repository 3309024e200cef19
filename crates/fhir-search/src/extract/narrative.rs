//! The text of a narrative (R4, section 2.4): XHTML without its tags.

/// Elements that may stand within a word; all others separate the words before and behind their tags.
const WITHIN_WORDS: [&str; 22] = [
    "a", "abbr", "acronym", "b", "big", "cite", "code", "dfn", "em", "i", "kbd", "q", "samp", "small",
    "span", "strong", "sub", "sup", "tt", "u", "var", "bdo",
];

/// The longest entity that is looked for, with `&` and `;`: `&#x10FFFF;`.
const LONGEST_ENTITY: usize = 10;

/// The text between the tags, with entities resolved. What is not well-formed is taken as it stands: nothing fails here.
pub(super) fn text(xhtml: &str) -> String {
    let mut text = String::with_capacity(xhtml.len());
    let mut rest = xhtml;
    while let Some((before, found)) = rest.find(['<', '&']).and_then(|at| rest.split_at_checked(at)) {
        text.push_str(before);
        rest = if found.starts_with('<') { tag(found, &mut text) } else { entity(found, &mut text) };
    }
    text.push_str(rest);
    text
}

/// Passes over the tag or comment at the beginning and returns what follows.
fn tag<'t>(markup: &'t str, text: &mut String) -> &'t str {
    if let Some(comment) = markup.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let inner = markup.trim_start_matches(['<', '/']);
    let name = inner.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
    if !WITHIN_WORDS.contains(&name) {
        text.push(' ');
    }
    let mut quote = None;
    let end = inner.find(|letter: char| {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
        letter == '>' && quote.is_none()
    });
    end.and_then(|end| inner.get(end + 1..)).unwrap_or_default()
}

/// Writes the character for the entity at the beginning, or `&` where there is none, and returns what follows.
fn entity<'t>(markup: &'t str, text: &mut String) -> &'t str {
    let inner = markup.strip_prefix('&').unwrap_or(markup);
    let named = inner.split_once(';').filter(|(name, _)| name.len() + 2 <= LONGEST_ENTITY);
    match named.and_then(|(name, rest)| Some((character(name)?, rest))) {
        Some((character, rest)) => {
            text.push(character);
            rest
        }
        None => {
            text.push('&');
            inner
        }
    }
}

/// The character of an entity of XML, of a number, or of the one entity of HTML that many write.
fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::words;

    fn words_of(xhtml: &str) -> String {
        words(&text(xhtml)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tags_separate_words_unless_they_stand_within_one() {
        for (xhtml, expected) in [
            ("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Eve</p><p>Adams</p></div>", "eve adams"),
            ("<td>a</td><td>b</td>c<br/>d", "a b c d"),
            ("H<sub>2</sub>O and <b>b</b>old", "h2o and bold"),
            ("<img alt='a > b' src=\"x\"/>after", "after"),
            ("be<!-- not <p> this -->fore", "before"),
            ("open <p title='", "open"),
        ] {
            assert_eq!(words_of(xhtml), expected, "{xhtml}");
        }
    }

    #[test]
    fn entities_are_characters() {
        for (xhtml, expected) in [
            ("N&#250;&#xF1;ez", "nunez"),
            ("R&amp;D", "r d"),
            ("O&apos;Neill", "o neill"),
            ("a&nbsp;b", "a b"),
            ("&lt;b&gt;", "b"),
            ("a &unknown; b & c; &#xFFFFFFF; &", "a unknown b c xfffffff"),
        ] {
            assert_eq!(words_of(xhtml), expected, "{xhtml}");
        }
    }

    proptest! {
        #[test]
        fn texts_of_any_shape_are_read(xhtml in "[<>/&;#x!a-c'\" é-]{0,60}") {
            let read = text(&xhtml);
            if !xhtml.contains(['<', '&']) {
                prop_assert_eq!(read, xhtml);
            }
        }
    }
}
