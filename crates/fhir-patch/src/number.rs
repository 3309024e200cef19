//! Whether two JSON numbers are the same number, whatever their digits: RFC 6902 compares numerically.

/// A number as its sign, its significant digits and the power of ten of the last of them.
#[derive(PartialEq, Eq)]
struct Normal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

/// Whether two texts of JSON numbers have the same value: `1.0` and `10e-1` do, exactly, however long they are.
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    left == right || matches!((normal(left), normal(right)), (Some(left), Some(right)) if left == right)
}

/// `None` for exponents beyond all measure.
fn normal(text: &str) -> Option<Normal> {
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0').trim_end_matches('0');
    if digits.is_empty() {
        return Some(Normal { is_negative: false, digits: String::new(), exponent: 0 });
    }
    let zeros = all.len() - all.trim_end_matches('0').len();
    let exponent = exponent.checked_sub(fraction.len() as i64)?.checked_add(zeros as i64)?;
    Some(Normal { is_negative, digits: digits.to_owned(), exponent })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_by_value() {
        for (left, right) in [("1", "1.00"), ("10", "1e1"), ("0.10", "1E-1"), ("-0", "0.0"), ("100", "1e+2")]
        {
            assert!(is_same(left, right), "{left} {right}");
        }
        let huge = "1e99999999999999999999";
        for (left, right) in
            [("1", "-1"), ("1", "10"), ("1.01", "1.1"), (huge, "1"), (huge, "2e99999999999999999999")]
        {
            assert!(!is_same(left, right), "{left} {right}");
        }
    }
}
