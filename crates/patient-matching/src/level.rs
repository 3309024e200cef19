//! How well each field agrees, and what that is worth.
//!
//! A level has two probabilities: `m`, how often records of one person are on it, and `u`, how often records of two different
//! people are. Its weight is the logarithm of m/u to the base 2. The numbers are judgements for a population such as North West
//! London's (two million people), not estimates from its data; where fields depend on each other, as address and telephone number
//! of a household do, `u` is larger than chance alone would have it.

/// A field that two records are compared in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Field {
    NhsNumber,
    Identifier,
    Family,
    Given,
    BirthDate,
    Gender,
    Postcode,
    Telecom,
}

/// How well one field agrees. A field that one of the records does not have is on no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The same number.
    NhsNumberSame,
    /// One character apart, and one of the two fails its check digit: a typing error.
    NhsNumberSlip,
    /// Two valid numbers that differ.
    NhsNumberDifferent,
    /// Two numbers that differ, both traced and verified.
    NhsNumberContradiction,
    /// The same identifier of another system, such as a hospital's.
    IdentifierSame,
    /// The same family name.
    FamilySame,
    /// A part in common: `Smith-Jones` and `Jones`, `van der Berg` and `Berg`.
    FamilyPart,
    /// A typing error apart, or given and family names changed places.
    FamilySimilar,
    /// Another family name.
    FamilyDifferent,
    /// The same first name.
    GivenSame,
    /// A short form of it, or a middle name that is used.
    GivenVariant,
    /// A typing error apart, or given and family names changed places.
    GivenSimilar,
    /// Only an initial, which fits.
    GivenInitial,
    /// Another first name.
    GivenDifferent,
    /// The same day.
    BirthDateSame,
    /// One of them has no day; year and month agree.
    BirthDateMonth,
    /// One of them has only a year, which agrees.
    BirthDateYear,
    /// One wrong digit, two digits in the wrong order, or day and month changed places.
    BirthDateSlip,
    /// Another date.
    BirthDateDifferent,
    /// The same administrative gender.
    GenderSame,
    /// Another one; only male and female are compared.
    GenderDifferent,
    /// The same postcode.
    PostcodeSame,
    /// One character apart.
    PostcodeSlip,
    /// The same outward code (`NW1` of `NW1 6XE`).
    PostcodeOutward,
    /// Another postcode.
    PostcodeDifferent,
    /// A telephone number or mail address in common.
    TelecomSame,
    /// None in common.
    TelecomDifferent,
}

impl Level {
    /// All levels, of each field the best first.
    pub const ALL: [Self; 27] = [
        Self::NhsNumberSame,
        Self::NhsNumberSlip,
        Self::NhsNumberDifferent,
        Self::NhsNumberContradiction,
        Self::IdentifierSame,
        Self::FamilySame,
        Self::FamilyPart,
        Self::FamilySimilar,
        Self::FamilyDifferent,
        Self::GivenSame,
        Self::GivenVariant,
        Self::GivenSimilar,
        Self::GivenInitial,
        Self::GivenDifferent,
        Self::BirthDateSame,
        Self::BirthDateMonth,
        Self::BirthDateYear,
        Self::BirthDateSlip,
        Self::BirthDateDifferent,
        Self::GenderSame,
        Self::GenderDifferent,
        Self::PostcodeSame,
        Self::PostcodeSlip,
        Self::PostcodeOutward,
        Self::PostcodeDifferent,
        Self::TelecomSame,
        Self::TelecomDifferent,
    ];

    /// `m` and `u`.
    pub fn probabilities(self) -> (f64, f64) {
        match self {
            Self::NhsNumberSame => (0.98, 1e-9),
            Self::NhsNumberSlip => (0.005, 1e-6),
            Self::NhsNumberDifferent => (0.01, 1.0),
            Self::NhsNumberContradiction => (1e-9, 1.0),
            Self::IdentifierSame => (0.9, 1e-5),
            Self::FamilySame => (0.93, 0.002),
            Self::FamilyPart => (0.02, 0.001),
            Self::FamilySimilar => (0.02, 0.004),
            Self::FamilyDifferent => (0.03, 0.99),
            Self::GivenSame => (0.9, 0.01),
            Self::GivenVariant => (0.05, 0.01),
            Self::GivenSimilar => (0.02, 0.008),
            Self::GivenInitial => (0.01, 0.005),
            Self::GivenDifferent => (0.02, 0.97),
            Self::BirthDateSame => (0.95, 3.5e-5),
            Self::BirthDateMonth => (0.95, 1e-3),
            Self::BirthDateYear => (0.97, 0.0125),
            Self::BirthDateSlip => (0.03, 0.002),
            Self::BirthDateDifferent => (0.005, 0.99),
            Self::GenderSame => (0.98, 0.5),
            Self::GenderDifferent => (0.02, 0.5),
            Self::PostcodeSame => (0.75, 0.001),
            Self::PostcodeSlip => (0.04, 0.002),
            Self::PostcodeOutward => (0.1, 0.02),
            Self::PostcodeDifferent => (0.15, 0.97),
            Self::TelecomSame => (0.6, 0.002),
            Self::TelecomDifferent => (0.4, 0.998),
        }
    }

    /// The evidence in bits: positive for the same person, negative against.
    pub fn weight(self) -> f64 {
        let (m, u) = self.probabilities();
        (m / u).log2()
    }

    /// The field.
    pub fn field(self) -> Field {
        match self {
            Self::NhsNumberSame
            | Self::NhsNumberSlip
            | Self::NhsNumberDifferent
            | Self::NhsNumberContradiction => Field::NhsNumber,
            Self::IdentifierSame => Field::Identifier,
            Self::FamilySame | Self::FamilyPart | Self::FamilySimilar | Self::FamilyDifferent => {
                Field::Family
            }
            Self::GivenSame
            | Self::GivenVariant
            | Self::GivenSimilar
            | Self::GivenInitial
            | Self::GivenDifferent => Field::Given,
            Self::BirthDateSame
            | Self::BirthDateMonth
            | Self::BirthDateYear
            | Self::BirthDateSlip
            | Self::BirthDateDifferent => Field::BirthDate,
            Self::GenderSame | Self::GenderDifferent => Field::Gender,
            Self::PostcodeSame | Self::PostcodeSlip | Self::PostcodeOutward | Self::PostcodeDifferent => {
                Field::Postcode
            }
            Self::TelecomSame | Self::TelecomDifferent => Field::Telecom,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_better_level_weighs_more() {
        for pair in Level::ALL.windows(2).filter(|pair| pair[0].field() == pair[1].field()) {
            assert!(pair[0].weight() > pair[1].weight(), "{pair:?}");
        }
    }

    #[test]
    fn the_readme_tells_every_weight() {
        let readme = include_str!("../README.md");
        for level in Level::ALL {
            let (m, u) = level.probabilities();
            let row = format!("| `{level:?}` | {m} | {u} | {:+.1} |", level.weight());
            assert!(readme.contains(&row), "the README should have the row\n{row}");
        }
    }
}
