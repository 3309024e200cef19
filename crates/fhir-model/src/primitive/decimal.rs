//! `decimal` (R4 data types, section 2.24.0.1): exact values, and the interval that a value stands for in search.

use rust_decimal::Decimal;

use super::PrimitiveError;

const FORM: &str = "digits with an optional sign, fraction and exponent, without leading zeros";
const SIZE: &str = "a value that 28 decimal digits hold exactly";

/// A decimal taken apart: coefficient times ten to the power of `exponent - fraction digits`.
struct Parts<'a> {
    /// Sign, whole digits and fraction, without the exponent.
    mantissa: &'a str,
    fraction_digits: i64,
    exponent: Option<i64>,
}

/// Checks a FHIR `decimal`, of whatever size.
pub fn check(text: &str) -> Result<(), PrimitiveError> {
    parts(text).map(drop).ok_or_else(|| PrimitiveError::new("decimal", text, FORM))
}

/// The exact value of a FHIR decimal; trailing zeros are kept as scale.
///
/// # Errors
/// When the text is not a decimal, or has more digits than [`Decimal`] holds exactly (28).
pub fn parse(text: &str) -> Result<Decimal, PrimitiveError> {
    let parts = parts(text).ok_or_else(|| PrimitiveError::new("decimal", text, FORM))?;
    value(&parts).ok_or_else(|| PrimitiveError::new("decimal", text, SIZE))
}

/// The interval of values that a decimal of this precision stands for (R4 search, section 3.1.1.5.2), the upper end
/// excluded: half a unit of the last digit to both sides. `100` is 99.5 to 100.5, `1.00` is 0.995 to 1.005.
///
/// # Errors
/// As for [`parse`], and when the ends of the interval need more than 28 digits.
pub fn implicit_range(text: &str) -> Result<(Decimal, Decimal), PrimitiveError> {
    let parts = parts(text).ok_or_else(|| PrimitiveError::new("decimal", text, FORM))?;
    exact_range(&parts).ok_or_else(|| PrimitiveError::new("decimal", text, SIZE))
}

/// [`implicit_range`] as floating point numbers, for decimals of any size.
///
/// # Errors
/// When the text is not a decimal, or lies outside of what `f64` can hold.
pub fn implicit_range_f64(text: &str) -> Result<(f64, f64), PrimitiveError> {
    const FINITE: &str = "a number smaller than 1e308";
    let parts = parts(text).ok_or_else(|| PrimitiveError::new("decimal", text, FORM))?;
    if let Some((low, high)) = exact_range(&parts) {
        return Ok((to_f64(low), to_f64(high)));
    }
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
    let value = value.ok_or_else(|| PrimitiveError::new("decimal", text, FINITE))?;
    let last_digit = i32::try_from(parts.last_digit()).unwrap_or(i32::MIN);
    let half = 0.5 * 10_f64.powi(last_digit);
    Ok((value - half, value + half))
}

/// The nearest floating point number.
pub fn to_f64(value: Decimal) -> f64 {
    // The text is the one conversion that rounds once; dividing mantissa by scale would round twice.
    value.to_string().parse().unwrap_or(f64::NAN)
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(parse_exponent(exponent)?)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    let without_leading_zero = whole == "0" || !whole.starts_with('0');
    let well_formed = is_digits(whole) && without_leading_zero && fraction.is_none_or(is_digits);
    well_formed.then(|| Parts { mantissa, fraction_digits: fraction.map_or(0, str::len) as i64, exponent })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The value of an exponent; those too large for a number are brought to the end of `i32`.
fn parse_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let size = is_digits(digits).then(|| digits.parse::<i32>().map_or(i64::from(i32::MAX), i64::from))?;
    Some(if negative { -size } else { size })
}

fn value(parts: &Parts<'_>) -> Option<Decimal> {
    let mantissa = Decimal::from_str_exact(parts.mantissa).ok()?;
    match parts.exponent {
        None => Some(mantissa),
        Some(_) if mantissa.is_zero() => Some(Decimal::ZERO),
        Some(exponent) => scaled(mantissa.mantissa(), exponent - parts.fraction_digits),
    }
}

/// `coefficient` times ten to the power of `exponent`, if it can be held exactly.
fn scaled(coefficient: i128, exponent: i64) -> Option<Decimal> {
    if exponent <= 0 {
        let scale = u32::try_from(-exponent).ok()?;
        return Decimal::try_from_i128_with_scale(coefficient, scale).ok();
    }
    let factor = 10_i128.checked_pow(u32::try_from(exponent).ok()?)?;
    Decimal::try_from_i128_with_scale(coefficient.checked_mul(factor)?, 0).ok()
}

fn exact_range(parts: &Parts<'_>) -> Option<(Decimal, Decimal)> {
    let value = value(parts)?;
    let half = scaled(5, parts.last_digit() - 1)?;
    // Addition rounds when the sum needs more digits than there are; then the interval would be wrong.
    let (low, high) = (value.checked_sub(half)?, value.checked_add(half)?);
    (low.checked_add(half)? == value && high.checked_sub(half)? == value).then_some((low, high))
}

impl Parts<'_> {
    /// The power of ten of the last significant digit.
    fn last_digit(&self) -> i64 {
        match self.exponent {
            // The specification reads `1e2` as 95 to 105: a mantissa without a fraction counts as `1.0`.
            Some(exponent) => exponent - self.fraction_digits.max(1),
            None => -self.fraction_digits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_exact_and_keep_their_zeros() {
        let text = |text: &str| parse(text).unwrap().to_string();
        assert_eq!(text("1.00"), "1.00");
        assert_eq!(text("-0.0"), "0.0");
        assert_eq!(text("1e2"), "100");
        assert_eq!(text("1.50E+1"), "15.0");
        assert_eq!(text("5.4e-3"), "0.0054");
        assert_eq!(text("0e99999999999999"), "0");
        assert_eq!(text("1234567890123456789012345678"), "1234567890123456789012345678");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", "1 ", "1,5", "NaN", "0x1", "1_000", "--1", "-01"]
        {
            assert!(parse(text).is_err(), "{text} was accepted");
            assert!(check(text).is_err());
        }
        for text in ["1e40", "1e-40", "0.12345678901234567890123456789", "123456789012345678901234567890"] {
            assert!(check(text).is_ok());
            assert!(parse(text).unwrap_err().to_string().contains("28"), "{text}");
        }
    }

    #[test]
    fn intervals_follow_the_last_digit() {
        let range = |text: &str| {
            let (low, high) = implicit_range(text).unwrap();
            (low.normalize().to_string(), high.normalize().to_string())
        };
        let expect = |low: &str, high: &str| (low.to_owned(), high.to_owned());
        assert_eq!(range("100"), expect("99.5", "100.5"));
        assert_eq!(range("100.00"), expect("99.995", "100.005"));
        assert_eq!(range("1.00"), expect("0.995", "1.005"));
        assert_eq!(range("1e2"), expect("95", "105"));
        assert_eq!(range("5.4e-3"), expect("0.00535", "0.00545"));
        assert_eq!(range("5.40e-3"), expect("0.005395", "0.005405"));
        assert_eq!(range("-5"), expect("-5.5", "-4.5"));
        assert_eq!(range("0"), expect("-0.5", "0.5"));
    }

    #[test]
    fn large_numbers_have_floating_point_intervals() {
        assert_eq!(implicit_range_f64("100").unwrap(), (99.5, 100.5));
        let (low, high) = implicit_range_f64("1e40").unwrap();
        assert!(low < 1e40 && 1e40 < high);
        let (low, high) = implicit_range_f64("0.1234567890123456789012345678901234567890").unwrap();
        assert!(low <= 0.123_456_789_012_345_68 && 0.123_456_789_012_345_67 <= high);
        assert!(implicit_range_f64("1e400").is_err());
    }
}
