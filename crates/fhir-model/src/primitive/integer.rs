//! `integer`, `unsignedInt` and `positiveInt`: 32-bit numbers.

use super::PrimitiveError;

/// A FHIR `integer`: -2147483648 to 2147483647, without leading zeros, fraction and exponent.
pub fn parse_integer(text: &str) -> Result<i32, PrimitiveError> {
    parse(text)
        .ok_or_else(|| PrimitiveError::new("integer", text, "a whole number from -2147483648 to 2147483647"))
}

/// A FHIR `unsignedInt`: 0 to 2147483647.
pub fn parse_unsigned_int(text: &str) -> Result<i32, PrimitiveError> {
    let value = parse(text).filter(|value| *value >= 0);
    value.ok_or_else(|| PrimitiveError::new("unsignedInt", text, "a whole number from 0 to 2147483647"))
}

/// A FHIR `positiveInt`: 1 to 2147483647.
pub fn parse_positive_int(text: &str) -> Result<i32, PrimitiveError> {
    let value = parse(text).filter(|value| *value >= 1);
    value.ok_or_else(|| PrimitiveError::new("positiveInt", text, "a whole number from 1 to 2147483647"))
}

fn parse(text: &str) -> Option<i32> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = digits == "0" || digits.starts_with(|c: char| matches!(c, '1'..='9'));
    if canonical { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_forms_are_checked() {
        assert_eq!(parse_integer("-2147483648"), Ok(i32::MIN));
        assert_eq!(parse_unsigned_int("0"), Ok(0));
        assert_eq!(parse_positive_int("2147483647"), Ok(i32::MAX));
        for text in ["", "-", "+1", "01", "1.0", "1e2", "2147483648", " 1", "--1"] {
            assert!(parse_integer(text).is_err(), "{text} was accepted");
        }
        assert!(parse_unsigned_int("-1").is_err() && parse_positive_int("0").is_err());
    }
}
