//! What the form of a SNOMED CT or LOINC code gives away: both end in a check digit, so that a mistyped code is found
//! without the terminology.

/// Whether a code can be one of SNOMED CT. An identifier has 6 to 18 digits, the last of them a Verhoeff check digit;
/// what is no row of digits may be a post-coordinated expression, which starts with an identifier or a bracket.
pub(crate) fn may_be_snomed_ct(code: &str) -> bool {
    if code.bytes().all(|byte| byte.is_ascii_digit()) {
        return (6..=18).contains(&code.len()) && verhoeff(code);
    }
    code.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '(' | '=' | '<'))
        && code.contains([':', '+', '|', '=', '{', '('])
}

/// Whether a code can be one of LOINC: `12345-6`, whose last digit is the Luhn check digit of the others, or a part,
/// answer or list such as `LA6568-5`, whose letters count in a way that is not checked here.
pub(crate) fn may_be_loinc(code: &str) -> bool {
    let digits = code.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    let Some((number, check)) = digits.split_once('-') else {
        return false;
    };
    let has_form = (1..=9).contains(&number.len())
        && check.len() == 1
        && number.bytes().chain(check.bytes()).all(|byte| byte.is_ascii_digit());
    has_form && (digits.len() < code.len() || luhn(number, check))
}

fn luhn(number: &str, check: &str) -> bool {
    let digits = number.bytes().rev().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(position, digit)| match (position % 2, digit * 2) {
            (0, doubled) if doubled > 9 => doubled - 9,
            (0, doubled) => doubled,
            _ => digit,
        })
        .sum();
    check.parse() == Ok((10 - sum % 10) % 10)
}

/// The check of Verhoeff: each digit is permuted by its position and multiplied in the dihedral group of the pentagon.
fn verhoeff(digits: &str) -> bool {
    let product = digits.bytes().rev().enumerate().fold(0, |product, (position, byte)| {
        let permuted = (0..position % 8).fold(byte - b'0', |digit, _| permute(digit));
        multiply(product, permuted)
    });
    product == 0
}

/// The permutation (1 5 8 9 4 2 7 0)(3 6).
fn permute(digit: u8) -> u8 {
    match digit {
        0 => 1,
        1 => 5,
        2 => 7,
        3 => 6,
        4 => 2,
        5 => 8,
        6 => 3,
        7 => 0,
        8 => 9,
        _ => 4,
    }
}

/// The product in the dihedral group: 0 to 4 are rotations, 5 to 9 reflections.
fn multiply(left: u8, right: u8) -> u8 {
    match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => (left + right) % 5 + 5,
        (false, true) => (left + 10 - right) % 5 + 5,
        (false, false) => (left + 5 - right) % 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snomed_ct_identifiers_carry_a_check_digit() {
        for code in [
            "404684003",
            "185317003",
            "999002881000000100",
            "1127531000000102",
            "22298006:246112005=24484000",
        ] {
            assert!(may_be_snomed_ct(code), "{code}");
        }
        for code in ["404684004", "040468", "12345", "", "asthma", "1234567890123456789", "185317030"] {
            assert!(!may_be_snomed_ct(code), "{code}");
        }
    }

    #[test]
    fn loinc_codes_carry_a_check_digit() {
        for code in ["85354-9", "8480-6", "8462-4", "LA6568-5", "LL379-9"] {
            assert!(may_be_loinc(code), "{code}");
        }
        for code in ["85354-8", "8480", "8480-", "-6", "", "85354-99", "blood pressure"] {
            assert!(!may_be_loinc(code), "{code}");
        }
    }
}
