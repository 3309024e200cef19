//! UK postcodes, whole or only their outward code.

use crate::level::Level;
use crate::text::is_one_error;

/// A postcode, without spaces, in upper case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postcode {
    text: Box<str>,
    /// Length of the outward code.
    outward: usize,
}

/// Characters of the inward code, the second half: a digit and two letters.
const INWARD: usize = 3;

impl Postcode {
    /// Reads a postcode however it was written (`nw1 6xe`, `NW16XE`) or an outward code alone (`NW1`); `None` for anything that
    /// can be neither.
    pub fn read(text: &str) -> Option<Self> {
        let plain: String =
            text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        let starts_well = plain.starts_with(|first: char| first.is_ascii_alphabetic());
        let outward = match plain.len() {
            _ if !starts_well => return None,
            2..=4 => plain.len(),
            5..=7 => plain.len() - INWARD,
            _ => return None,
        };
        Some(Self { text: plain.into(), outward })
    }

    /// `NW1`
    pub fn outward(&self) -> &str {
        self.text.get(..self.outward).unwrap_or_default()
    }

    /// `6XE`; `None` if only the outward code is known.
    pub fn inward(&self) -> Option<&str> {
        self.text.get(self.outward..).filter(|inward| !inward.is_empty())
    }

    /// Without spaces.
    pub fn compact(&self) -> &str {
        &self.text
    }
}

/// How well the postcodes of two records agree: the best of all pairs.
pub(crate) fn level(a: &[Postcode], b: &[Postcode]) -> Option<Level> {
    a.iter().flat_map(|a| b.iter().map(move |b| level_of_pair(a, b))).min()
}

fn level_of_pair(a: &Postcode, b: &Postcode) -> Level {
    let both_whole = a.inward().is_some() && b.inward().is_some();
    match both_whole {
        true if a.text == b.text => Level::PostcodeSame,
        true if is_one_error(&a.text, &b.text) => Level::PostcodeSlip,
        _ if a.outward() == b.outward() => Level::PostcodeOutward,
        _ => Level::PostcodeDifferent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_agree_however_they_are_written() {
        let level =
            |a: &str, b: &str| level_of_pair(&Postcode::read(a).unwrap(), &Postcode::read(b).unwrap());
        assert_eq!(level("NW1 6XE", "nw16xe"), Level::PostcodeSame);
        assert_eq!(level("NW1 6XE", "NW1 6XF"), Level::PostcodeSlip);
        assert_eq!(level("NW1 6XE", "NW1 6EX"), Level::PostcodeSlip);
        assert_eq!(level("NW1 6XE", "NW1"), Level::PostcodeOutward);
        assert_eq!(level("NW1", "NW1"), Level::PostcodeOutward);
        assert_eq!(level("NW1 6XE", "NW1 2AB"), Level::PostcodeOutward);
        assert_eq!(level("NW1 6XE", "W5 2AB"), Level::PostcodeDifferent);
        for none in ["", "1", "75001", "12 34", "SW1A 1AAX"] {
            assert_eq!(Postcode::read(none), None, "{none}");
        }
    }
}
