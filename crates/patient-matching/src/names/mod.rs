//! Names of people, as they are written in England.

mod family;
mod nicknames;

use fhir_model::Node;

pub(crate) use self::family::Family;
use self::nicknames::are_forms;
pub(crate) use self::nicknames::forms;
use crate::level::Level;
use crate::text::{folded, is_slip};

/// A name, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub(crate) family: Family,
    /// The given names, each in one word, the first one first.
    pub(crate) given: Vec<String>,
    /// As they were written, for searches: family name, first given name.
    pub(crate) written: (String, String),
}

impl Name {
    /// Reads a HumanName. Where it has only a text, the last word of it is the family name.
    pub fn read(name: Node<'_>) -> Option<Self> {
        let family = name.get_str("family").unwrap_or_default().trim();
        let given = name.get("given").into_iter().flat_map(Node::items).filter_map(Node::as_str);
        let given: Vec<&str> = given.flat_map(str::split_whitespace).collect();
        if !family.is_empty() || !given.is_empty() {
            return Self::of(family, &given);
        }
        let mut words: Vec<&str> = name.get_str("text")?.split_whitespace().collect();
        let family = words.pop()?;
        Self::of(family, &words)
    }

    fn of(family: &str, given: &[&str]) -> Option<Self> {
        let written = (family.to_owned(), given.first().copied().unwrap_or_default().to_owned());
        let given: Vec<String> =
            given.iter().map(|name| folded(name)).filter(|name| !name.is_empty()).collect();
        let family = Family::read(family);
        (!family.is_empty() || !given.is_empty()).then_some(Self { family, given, written })
    }

    fn first(&self) -> Option<&str> {
        self.given.first().map(String::as_str)
    }

    fn given_level(&self, other: &Self) -> Option<Level> {
        let (a, b) = (self.first()?, other.first()?);
        let is_other = |name: &str, names: &Self| names.given.iter().skip(1).any(|other| other == name);
        let is_initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
        Some(if a == b {
            Level::GivenSame
        } else if are_forms(a, b) || is_other(a, other) || is_other(b, self) {
            Level::GivenVariant
        } else if is_slip(a, b) {
            Level::GivenSimilar
        } else if is_initial(a, b) || is_initial(b, a) {
            Level::GivenInitial
        } else {
            Level::GivenDifferent
        })
    }

    /// Whether the given name of one is the family name of the other, and the other way round.
    fn is_swapped(&self, other: &Self) -> bool {
        let fits = |a: &str, b: &str| !a.is_empty() && (a == b || is_slip(a, b));
        match (self.first(), other.first()) {
            (Some(a), Some(b)) => fits(a, &other.family.whole) && fits(&self.family.whole, b),
            _ => false,
        }
    }

    fn levels(&self, other: &Self) -> (Option<Level>, Option<Level>) {
        let straight = (self.family.level(&other.family), self.given_level(other));
        let swapped = (Some(Level::FamilySimilar), Some(Level::GivenSimilar));
        if self.is_swapped(other) && weight(swapped) > weight(straight) { swapped } else { straight }
    }
}

fn weight((family, given): (Option<Level>, Option<Level>)) -> f64 {
    family.map_or(0.0, Level::weight) + given.map_or(0.0, Level::weight)
}

/// How well the names of two records agree, family and given name: the best of all pairs.
pub(crate) fn levels(a: &[Name], b: &[Name]) -> (Option<Level>, Option<Level>) {
    let pairs = a.iter().flat_map(|a| b.iter().map(move |b| a.levels(b)));
    pairs.max_by(|a, b| weight(*a).total_cmp(&weight(*b))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(family: &str, given: &[&str]) -> Name {
        Name::of(family, given).unwrap()
    }

    #[test]
    fn given_names_have_short_forms_and_initials() {
        for (a, b, expected) in [
            (&["Robert"][..], &["robert", "James"][..], Level::GivenSame),
            (&["Bob"], &["Robert"], Level::GivenVariant),
            (&["James", "Robert"], &["Robert"], Level::GivenVariant),
            (&["Siobhán"], &["Siobhan"], Level::GivenSame),
            (&["Mary-Jane"], &["Maryjane"], Level::GivenSame),
            (&["Olivia"], &["Oliva"], Level::GivenSimilar),
            (&["R"], &["Robert"], Level::GivenInitial),
            (&["Robert"], &["Alan"], Level::GivenDifferent),
        ] {
            let (a, b) = (name("x", a), name("x", b));
            assert_eq!(
                (a.given_level(&b), b.given_level(&a)),
                (Some(expected), Some(expected)),
                "{a:?} {b:?}"
            );
        }
    }

    #[test]
    fn the_best_pair_counts_and_names_may_change_places() {
        let now = name("Bennett", &["Chloe"]);
        let before = name("Marsh", &["Chloe"]);
        let other = name("Marsh", &["Chloe"]);
        assert_eq!(
            levels(&[now, before], std::slice::from_ref(&other)),
            (Some(Level::FamilySame), Some(Level::GivenSame))
        );
        let swapped = name("Chloe", &["Marsh"]);
        assert_eq!(levels(&[swapped], &[other]), (Some(Level::FamilySimilar), Some(Level::GivenSimilar)));
        assert_eq!(levels(&[], &[name("x", &[])]), (None, None));
    }
}
