//! Family names: prefixes, particles and double-barrelled names.

use crate::level::Level;
use crate::text::{folded, is_slip};

/// Words that belong to the name after them. What is left without them is still most of the name.
const PARTICLES: [&str; 26] = [
    "o", "mc", "mac", "fitz", "st", "saint", "de", "da", "di", "du", "del", "della", "dos", "van", "von",
    "der", "den", "la", "le", "el", "al", "ibn", "bin", "bint", "ap", "ni",
];

/// A family name, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Family {
    /// All of it in one word: `obrien`, `smithjones`, `mcdonald`.
    pub(crate) whole: String,
    /// Its words without particles: `brien`; `smith` and `jones`.
    pub(crate) parts: Vec<String>,
}

impl Family {
    /// Reads a family name as it was written.
    pub(crate) fn read(text: &str) -> Self {
        let words =
            text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '\'' | '’' | '`' | '‐' | '–'));
        let words: Vec<String> = words.map(folded).filter(|word| !word.is_empty()).collect();
        let is_particle = |word: &String| PARTICLES.contains(&word.as_str());
        // A name that is nothing but particles (`Le`) is a name.
        let parts = words.iter().filter(|word| !is_particle(word)).map(|word| without_mac(word)).collect();
        Self { whole: without_mac(&words.concat()), parts }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// How well two family names agree; `None` if one is not there.
    pub(super) fn level(&self, other: &Self) -> Option<Level> {
        if self.is_empty() || other.is_empty() {
            return None;
        }
        let has_part = |part: &String| part.chars().count() >= 3 && other.parts.contains(part);
        Some(if self.whole == other.whole {
            Level::FamilySame
        } else if self.parts.iter().any(has_part) {
            Level::FamilyPart
        } else if is_slip(&self.whole, &other.whole) {
            Level::FamilySimilar
        } else {
            Level::FamilyDifferent
        })
    }
}

/// `MacDonald` is `McDonald`.
fn without_mac(word: &str) -> String {
    match word.strip_prefix("mac") {
        Some(rest) if rest.len() >= 3 => format!("mc{rest}"),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_agree_however_they_are_written() {
        for (a, b, expected) in [
            ("O'Brien", "OBRIEN", Level::FamilySame),
            ("O Brien", "O’Brien", Level::FamilySame),
            ("Brien", "O'Brien", Level::FamilyPart),
            ("McDonald", "Mac Donald", Level::FamilySame),
            ("MacDonald", "mcdonald", Level::FamilySame),
            ("Smith-Jones", "Smith Jones", Level::FamilySame),
            ("Smith-Jones", "Jones", Level::FamilyPart),
            ("Smith-Jones", "Jones-Smith", Level::FamilyPart),
            ("van der Berg", "Berg", Level::FamilyPart),
            ("Al-Hassan", "Hassan", Level::FamilyPart),
            ("Núñez", "Nunez", Level::FamilySame),
            ("Harper", "Harpre", Level::FamilySimilar),
            ("Le", "Le", Level::FamilySame),
            ("Harper", "Marsh", Level::FamilyDifferent),
        ] {
            let (a, b) = (Family::read(a), Family::read(b));
            assert_eq!((a.level(&b), b.level(&a)), (Some(expected), Some(expected)), "{a:?} {b:?}");
        }
        assert_eq!(Family::read("'").level(&Family::read("Le")), None);
    }
}
