//! JSON text that remembers for each of its values and names where the XML said it.

use crate::document::Document;
use crate::parse::{Limits, ParseError, parse};
use crate::position::Position;
use crate::write::write_string;

/// A JSON text under construction. Each call takes the place of the XML that it comes from; what is opened must be closed.
#[derive(Default)]
pub(super) struct JsonText {
    text: Vec<u8>,
    /// One per slot that the parser will make of the text.
    positions: Vec<Position>,
    /// Whether a value stands before the place that is written next.
    follows_value: bool,
}

impl JsonText {
    fn begin(&mut self, position: Position) {
        if self.follows_value {
            self.text.push(b',');
        }
        self.positions.push(position);
        self.follows_value = true;
    }

    pub(super) fn open(&mut self, bracket: u8, position: Position) {
        self.begin(position);
        self.text.push(bracket);
        self.follows_value = false;
    }

    pub(super) fn close(&mut self, bracket: u8) {
        self.text.push(bracket);
        self.follows_value = true;
    }

    pub(super) fn key(&mut self, name: &str, position: Position) {
        self.begin(position);
        write_string(name, &mut self.text);
        self.text.push(b':');
        self.follows_value = false;
    }

    pub(super) fn string(&mut self, text: &str, position: Position) {
        self.begin(position);
        write_string(text, &mut self.text);
    }

    /// A number, a boolean or `null`.
    pub(super) fn literal(&mut self, text: &str, position: Position) {
        self.begin(position);
        self.text.extend_from_slice(text.as_bytes());
    }

    pub(super) fn finish(self, max_depth: u32) -> Result<Document, ParseError> {
        let text = String::from_utf8(self.text)
            .map_err(|error| ParseError::not_utf8(error.utf8_error().valid_up_to()))?;
        let mut document = parse(text.into_boxed_str(), Limits { max_depth })?;
        document.positions = self.positions;
        Ok(document)
    }
}

/// Whether a text is a number of JSON: `1.00` and `-2e5`, but not `01`, `+1` or `.5`.
pub(super) fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_those_of_the_parser(text in "[-+0-9.eE ]{0,6}") {
            let parsed = Document::parse(text.as_str());
            let is_parsed = parsed.is_ok_and(|document| document.root().as_number() == Some(&text));
            prop_assert_eq!(is_number(&text), is_parsed);
        }
    }
}
