//! Texts without regard to case, accents and white space.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Of every string only so many bytes are compared (`docs/search.md`).
pub(crate) const COMPARED_BYTES: usize = 128;

/// The text in lower case and without accents, words one space apart, cut to at most `bytes`.
pub(crate) fn folded(text: &str, bytes: usize) -> String {
    let bare = |text: &str| text.nfd().filter(|letter| !is_combining_mark(*letter)).collect::<String>();
    // Letter by letter: whether a sigma stands at the end of a word does not count.
    let lower = bare(&bare(text).chars().flat_map(char::to_lowercase).collect::<String>());
    let mut whole = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut end = bytes.min(whole.len());
    while !whole.is_char_boundary(end) {
        end -= 1;
    }
    whole.truncate(end);
    whole.trim_end().to_owned()
}

/// [`folded`] as strings are compared.
pub(crate) fn comparable(text: &str) -> String {
    folded(text, COMPARED_BYTES)
}

/// The words of a text: what stands between characters that are neither letters nor digits.
pub(crate) fn words(text: &str) -> Vec<String> {
    const WORD_BYTES: usize = 48;
    text.split(|letter: char| !letter.is_alphanumeric() && !is_combining_mark(letter))
        .map(|word| folded(word, WORD_BYTES))
        .filter(|word| !word.is_empty())
        .collect()
}
