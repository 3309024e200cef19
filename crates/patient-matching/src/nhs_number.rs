//! NHS numbers: ten digits of which the last is a check digit (modulus 11).

use strsim::osa_distance;

use crate::level::Level;

/// The system of identifiers that are NHS numbers.
pub const NHS_NUMBER_SYSTEM: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// An NHS number as a record has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NhsNumber {
    /// What was written, without spaces and hyphens.
    pub digits: Box<str>,
    /// Whether it has ten digits and the right check digit.
    pub is_valid: bool,
    /// Whether the record says that it was traced and verified.
    pub is_verified: bool,
}

impl NhsNumber {
    /// Reads a number as it was written; `None` if nothing is left without spaces and hyphens.
    pub fn read(text: &str, is_verified: bool) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let is_valid = is_valid(&digits);
        (!digits.is_empty()).then(|| Self {
            is_valid,
            digits: digits.into(),
            is_verified: is_verified && is_valid,
        })
    }
}

/// The sum of the digits, weighted from 10 down to 1, is a multiple of 11.
fn is_valid(digits: &str) -> bool {
    let values: Option<Vec<u32>> = digits.chars().map(|character| character.to_digit(10)).collect();
    let Some(values) = values.filter(|values| values.len() == 10) else { return false };
    let sum: u32 = values.iter().zip((1..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    sum > 0 && sum.is_multiple_of(11)
}

/// How well the numbers of two records agree: the best of all pairs, and a contradiction only where no pair agrees.
pub(crate) fn level(a: &[NhsNumber], b: &[NhsNumber]) -> Option<Level> {
    let pairs = || a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
    if pairs().any(|(a, b)| a.is_valid && a.digits == b.digits) {
        return Some(Level::NhsNumberSame);
    }
    if pairs().any(|(a, b)| !(a.is_valid && b.is_valid) && osa_distance(&a.digits, &b.digits) <= 1) {
        return Some(Level::NhsNumberSlip);
    }
    let mut valid = pairs().filter(|(a, b)| a.is_valid && b.is_valid).peekable();
    valid.peek()?;
    if valid.any(|(a, b)| a.is_verified && b.is_verified) {
        return Some(Level::NhsNumberContradiction);
    }
    Some(Level::NhsNumberDifferent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, is_verified: bool) -> NhsNumber {
        NhsNumber::read(text, is_verified).unwrap()
    }

    #[test]
    fn check_digits_are_checked() {
        assert!(number("943 476 5919", true).is_valid);
        assert!(number("943-476-5919", true).is_verified);
        for bad in ["9434765918", "943476591", "0000000000", "94347659199", "943476591x"] {
            assert!(!number(bad, true).is_valid, "{bad}");
            assert!(!number(bad, true).is_verified, "{bad}");
        }
        assert_eq!(NhsNumber::read(" - ", true), None);
    }

    #[test]
    fn numbers_agree_slip_or_contradict() {
        let (one, other) = (number("9434765919", true), number("9000000009", true));
        let level_of = |a: &NhsNumber, b: &NhsNumber| level(std::slice::from_ref(a), std::slice::from_ref(b));
        assert_eq!(level_of(&one, &number("943 476 5919", false)), Some(Level::NhsNumberSame));
        assert_eq!(level_of(&one, &number("9434756919", false)), Some(Level::NhsNumberSlip));
        assert_eq!(level_of(&one, &other), Some(Level::NhsNumberContradiction));
        assert_eq!(level_of(&one, &number("9000000009", false)), Some(Level::NhsNumberDifferent));
        assert_eq!(level_of(&one, &number("123", false)), None);
        assert_eq!(level(&[one.clone(), other.clone()], &[other]), Some(Level::NhsNumberSame));
        assert_eq!(level(&[one], &[]), None);
    }
}
