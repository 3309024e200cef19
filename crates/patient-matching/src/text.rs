//! What all texts have in common: letters without case and accents, and how far two texts are apart.

use unicode_normalization::UnicodeNormalization;

/// The letters and digits of a text, without accents, in lower case.
pub(crate) fn folded(text: &str) -> String {
    text.nfkd().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether two texts of at least four characters are a typing error apart: one character wrong, left out or too many, or two in
/// the wrong order; two such errors in texts of at least eight.
pub(crate) fn is_slip(a: &str, b: &str) -> bool {
    let shorter = a.chars().count().min(b.chars().count());
    let errors = match shorter {
        0..4 => return false,
        4..8 => 1,
        _ => 2,
    };
    a != b && strsim::osa_distance(a, b) <= errors
}

/// Whether two texts of the same length are one wrong character, or two neighbours in the wrong order, apart.
pub(crate) fn is_one_error(a: &str, b: &str) -> bool {
    a.len() == b.len() && a != b && strsim::osa_distance(a, b) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_leaves_the_letters() {
        assert_eq!(folded("Ó Siobhán-Łucja d’Arcy 3"), "osiobhanłucjadarcy3");
    }

    #[test]
    fn slips_are_small() {
        assert!(
            is_slip("harper", "harpre") && is_slip("harper", "harpr") && is_slip("gallagher", "galaghar")
        );
        assert!(!is_slip("jon", "jan") && !is_slip("harper", "harper") && !is_slip("marsh", "marks"));
        assert!(is_one_error("19870102", "19780102") && !is_one_error("1987", "198"));
    }
}
