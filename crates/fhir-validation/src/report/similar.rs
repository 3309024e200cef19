//! Names that the client may have meant.

/// At most this many edits make a name similar to another, and never more than a third of its letters.
const MOST_EDITS: usize = 3;

/// The candidates closest to a misspelt name, the closest first: at most three.
pub(crate) fn similar<'n>(name: &str, candidates: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    // A longer name cannot be a slip of the pen, and the comparison is quadratic.
    if name.len() > 64 {
        return Vec::new();
    }
    let name = name.to_lowercase();
    let most = MOST_EDITS.min(name.chars().count() / 3).max(1);
    let mut close: Vec<(usize, &str)> = candidates
        .map(|candidate| (edits(&name, &candidate.to_lowercase()), candidate))
        .filter(|(edits, _)| *edits <= most)
        .collect();
    close.sort_unstable();
    close.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// Insertions, deletions and replacements of characters that turn one text into the other (Levenshtein).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (deleted, character) in from.chars().enumerate() {
        let mut left = deleted + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(left);
        for ((above_left, above), other) in row.iter().zip(row.iter().skip(1)).zip(&to) {
            let replaced = above_left + usize::from(character != *other);
            left = replaced.min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_names_are_offered() {
        let names = ["birthDate", "name", "gender", "given"];
        assert_eq!(similar("birthdate", names.into_iter()), ["birthDate"]);
        assert_eq!(similar("gendr", names.into_iter()), ["gender"]);
        assert!(similar("favouriteColour", names.into_iter()).is_empty());
        assert!(similar(&"x".repeat(1000), names.into_iter()).is_empty());
    }

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("abc", ""), 3);
    }
}
