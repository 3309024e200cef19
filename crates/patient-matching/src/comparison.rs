//! The comparison of two people: levels, evidence, score, grade.

use crate::level::Level;
use crate::person::Person;
use crate::{birth_date, names, nhs_number, postcode, telecom};

/// What the comparison of two records yields.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The level of each field that both records have.
    pub levels: Vec<Level>,
    /// The probability that both are the same person, from 0 to 1.
    pub score: f64,
    /// The score in words.
    pub grade: Grade,
}

/// MatchGrade (R4 match-grade).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "codes of MatchGrade")]
pub enum Grade {
    CertainlyNot,
    Possible,
    Probable,
    Certain,
}

/// Bits of evidence against, before anything is compared: one record in a million is that of the person.
const PRIOR: f64 = -19.93;

const CERTAIN: f64 = 0.99999;
const PROBABLE: f64 = 0.9;
const POSSIBLE: f64 = 0.01;

/// The greatest score that is only probable, and only possible.
const AT_MOST_PROBABLE: f64 = 0.9999;
const AT_MOST_POSSIBLE: f64 = 0.89;

impl Grade {
    /// The grade of a score.
    pub fn of(score: f64) -> Self {
        match score {
            _ if score >= CERTAIN => Self::Certain,
            _ if score >= PROBABLE => Self::Probable,
            _ if score >= POSSIBLE => Self::Possible,
            _ => Self::CertainlyNot,
        }
    }

    /// The code of MatchGrade.
    pub fn code(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Probable => "probable",
            Self::Possible => "possible",
            Self::CertainlyNot => "certainly-not",
        }
    }
}

/// Compares two people; the order of the two does not matter.
pub fn compare(a: &Person, b: &Person) -> Comparison {
    let levels = levels(a, b);
    let score = score(&levels);
    Comparison { score, grade: Grade::of(score), levels }
}

fn levels(a: &Person, b: &Person) -> Vec<Level> {
    let (family, given) = names::levels(&a.names, &b.names);
    let has_identifier = a.identifiers.iter().any(|identifier| b.identifiers.contains(identifier));
    let gender = a.gender.zip(b.gender);
    let all = [
        nhs_number::level(&a.nhs_numbers, &b.nhs_numbers),
        has_identifier.then_some(Level::IdentifierSame),
        family,
        given,
        a.birth_date.zip(b.birth_date).map(|(a, b)| birth_date::level(a, b)),
        gender.map(|(a, b)| if a == b { Level::GenderSame } else { Level::GenderDifferent }),
        postcode::level(&a.postcodes, &b.postcodes),
        telecom::level(&a.telecoms, &b.telecoms),
    ];
    all.into_iter().flatten().collect()
}

/// The probability that levels stand for, within what single levels allow at most and at least.
fn score(levels: &[Level]) -> f64 {
    let bits = PRIOR + levels.iter().map(|level| level.weight()).sum::<f64>();
    let probability = 1.0 / (1.0 + (-bits).exp2());
    let same_number = levels.contains(&Level::NhsNumberSame);
    let most = levels.iter().map(|level| ceiling(*level, same_number)).fold(1.0, f64::min);
    let least = if same_number { POSSIBLE } else { 0.0 };
    probability.clamp(least, most)
}

/// The greatest score that a level allows. Fields depend on each other (twins share all but their first name), which a sum of
/// weights does not see.
fn ceiling(level: Level, same_number: bool) -> f64 {
    match level {
        Level::NhsNumberContradiction => AT_MOST_POSSIBLE,
        Level::GivenDifferent if !same_number => AT_MOST_POSSIBLE,
        Level::FamilyDifferent if !same_number => AT_MOST_PROBABLE,
        Level::NhsNumberDifferent | Level::BirthDateDifferent => AT_MOST_PROBABLE,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All ways in which fields can agree: of each field one level, or none.
    fn every_combination(visit: &mut impl FnMut(&[Level])) {
        fn go(fields: &[Vec<Level>], chosen: &mut Vec<Level>, visit: &mut impl FnMut(&[Level])) {
            let Some((field, rest)) = fields.split_first() else { return visit(chosen) };
            go(rest, chosen, visit);
            for level in field {
                chosen.push(*level);
                go(rest, chosen, visit);
                chosen.pop();
            }
        }
        let mut fields: Vec<Vec<Level>> = Vec::new();
        for level in Level::ALL {
            match fields.last_mut().filter(|field| field[0].field() == level.field()) {
                Some(field) => field.push(level),
                None => fields.push(vec![level]),
            }
        }
        go(&fields, &mut Vec::new(), visit);
    }

    #[test]
    fn a_better_level_never_lowers_the_score() {
        let mut seen = 0_u32;
        every_combination(&mut |levels| {
            let of_these = score(levels);
            assert!((0.0..=1.0).contains(&of_these));
            for (position, level) in levels.iter().enumerate() {
                let better =
                    Level::ALL.iter().rev().find(|other| other.field() == level.field() && *other < level);
                if let Some(better) = better {
                    let mut improved = levels.to_vec();
                    improved[position] = *better;
                    assert!(score(&improved) >= of_these, "{levels:?} {better:?}");
                }
            }
            seen += 1;
        });
        assert_eq!(seen, 5 * 2 * 5 * 6 * 6 * 3 * 5 * 3);
    }

    #[test]
    fn grades_are_what_a_clerk_would_say() {
        use Level::*;
        for (levels, expected) in [
            (&[NhsNumberSame, BirthDateSame, FamilySame, GivenSame][..], Grade::Certain),
            (&[NhsNumberSame, BirthDateSame], Grade::Certain),
            (&[NhsNumberSame], Grade::Probable),
            (&[NhsNumberSame, BirthDateSlip, FamilyDifferent, GivenSame, GenderSame], Grade::Probable),
            (&[NhsNumberSame, BirthDateDifferent, FamilySame, GivenSame, GenderSame], Grade::Probable),
            (&[NhsNumberSame, BirthDateDifferent, FamilyDifferent, GivenDifferent], Grade::Possible),
            (&[FamilySame, GivenSame, BirthDateSame, GenderSame, PostcodeSame], Grade::Certain),
            (&[FamilySame, GivenSame, BirthDateSame, GenderSame], Grade::Probable),
            (&[FamilySame, GivenVariant, BirthDateSame, PostcodeDifferent], Grade::Probable),
            (&[FamilySame, GivenSame, BirthDateSlip, PostcodeSame], Grade::Probable),
            (&[FamilySame, GivenSame], Grade::Possible),
            (
                &[FamilySame, GivenDifferent, BirthDateSame, GenderSame, PostcodeSame, TelecomSame],
                Grade::Possible,
            ),
            (
                &[NhsNumberContradiction, FamilySame, GivenSame, BirthDateSame, PostcodeSame, TelecomSame],
                Grade::Possible,
            ),
            (
                &[
                    NhsNumberContradiction,
                    FamilySame,
                    GivenDifferent,
                    BirthDateSame,
                    PostcodeSame,
                    TelecomSame,
                ],
                Grade::CertainlyNot,
            ),
            (&[FamilySame, GivenSame, BirthDateDifferent], Grade::CertainlyNot),
            (&[GenderSame, PostcodeOutward], Grade::CertainlyNot),
            (&[], Grade::CertainlyNot),
        ] {
            assert_eq!(Grade::of(score(levels)), expected, "{levels:?} {}", score(levels));
        }
    }
}
