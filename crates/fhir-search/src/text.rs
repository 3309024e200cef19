//! Folding of texts: how strings are made comparable without regard to case, accents and white space.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The most bytes of a folded text that are kept and compared.
pub const FOLDED_BYTES: usize = 128;

/// The most bytes of a text that is only used for sorting.
pub(crate) const SORT_BYTES: usize = 32;

/// The most bytes of a word that are kept and compared.
pub const WORD_BYTES: usize = 48;

/// Lower case, without accents, white space collapsed to single spaces and trimmed, at most [`FOLDED_BYTES`] long.
///
/// The text of a query is folded by the same function, so that beyond the limit both are cut at the same place.
pub fn fold(text: &str) -> String {
    fold_to(text, FOLDED_BYTES)
}

/// [`fold`] with another limit in bytes.
pub(crate) fn fold_to(text: &str, limit: usize) -> String {
    let mut folded = Folded { text: String::with_capacity(text.len().min(limit)), limit, space: false };
    if text.is_ascii() {
        for character in text.chars() {
            if !folded.push(character.to_ascii_lowercase()) {
                break;
            }
        }
    } else {
        let characters = text.nfd().filter(|character| !is_combining_mark(*character));
        for character in characters.flat_map(char::to_lowercase) {
            // Lower-casing can bring a mark back: the dotted capital I of Turkish.
            if !is_combining_mark(character) && !folded.push(character) {
                break;
            }
        }
    }
    folded.text
}

/// The words of a text for full-text search: runs of letters and digits, folded as [`fold`] does, each cut at [`WORD_BYTES`].
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|character: char| !character.is_alphanumeric() && !is_combining_mark(character))
        .map(|word| fold_to(word, WORD_BYTES))
        .filter(|word| !word.is_empty())
}

struct Folded {
    text: String,
    limit: usize,
    /// White space was seen and is written as soon as something follows.
    space: bool,
}

impl Folded {
    /// Adds a character; false when there is no room for it, and so for nothing more.
    fn push(&mut self, character: char) -> bool {
        if character.is_whitespace() {
            self.space = !self.text.is_empty();
            return true;
        }
        let needed = character.len_utf8() + usize::from(self.space);
        if self.text.len() + needed > self.limit {
            return false;
        }
        if self.space {
            self.text.push(' ');
            self.space = false;
        }
        self.text.push(character);
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_accents_and_white_space_do_not_count() {
        for (text, folded) in [
            ("Eve", "eve"),
            ("  van\t der\n Berg ", "van der berg"),
            ("Zoë Núñez", "zoe nunez"),
            ("ZOE\u{308}", "zoe"),
            ("İstanbul", "istanbul"),
            ("Σίσυφος", "σισυφος"),
            ("北京", "北京"),
            (" \t", ""),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let found: Vec<String> = words("Zoë's risk-plan (2026):  ÉTÉ\u{301} — 北京").collect();
        assert_eq!(found, ["zoe", "s", "risk", "plan", "2026", "ete", "北京"]);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(fold(&"a".repeat(500)).len(), FOLDED_BYTES);
        assert_eq!(fold(&"京".repeat(500)).len(), 126);
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_a_prefix_stays_a_prefix(text in "\\PC{0,200}", len in 0_usize..200) {
            let folded = fold(&text);
            prop_assert!(folded.len() <= FOLDED_BYTES);
            prop_assert_eq!(&fold(&folded), &folded);
            let ascii: String = text.chars().filter(char::is_ascii).collect();
            let prefix: String = ascii.chars().take(len).collect();
            prop_assert!(fold(&ascii).starts_with(&fold(&prefix)));
        }
    }
}
