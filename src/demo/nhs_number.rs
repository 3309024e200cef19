//! NHS numbers of the range 999 000 0000 to 999 999 9999, which is set aside for tests and never issued.

/// All valid NHS numbers of the test range, each once, in a scattered order.
pub(super) struct TestNhsNumbers {
    next: u32,
}

/// Six digits lie between the prefix 999 and the check digit.
const BODIES: u32 = 1_000_000;

/// Shares no factor with [`BODIES`], so that multiplying visits every body once.
const STRIDE: u32 = 7_919;

impl TestNhsNumbers {
    pub(super) fn new() -> Self {
        Self { next: 1 }
    }
}

impl Iterator for TestNhsNumbers {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        while self.next < BODIES {
            let body = u64::from(self.next) * u64::from(STRIDE) % u64::from(BODIES);
            self.next += 1;
            let digits = format!("999{body:06}");
            if let Some(check) = check_digit(&digits) {
                return Some(format!("{digits}{check}"));
            }
        }
        None
    }
}

/// The modulus 11 check digit of nine digits; none where it would be 10, as such numbers are never issued.
fn check_digit(digits: &str) -> Option<u32> {
    let sum: u32 = digits
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .zip((2..=10).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    match 11 - sum % 11 {
        11 => Some(0),
        10 => None,
        check => Some(check),
    }
}

#[cfg(test)]
mod tests {
    use super::{TestNhsNumbers, check_digit};
    use std::collections::HashSet;

    #[test]
    fn check_digits_follow_the_data_dictionary() {
        assert_eq!(check_digit("943476591"), Some(9));
        assert_eq!(check_digit("900000000"), Some(9));
        assert_eq!(check_digit("999000000"), None);
    }

    #[test]
    fn numbers_are_unique_ten_digits_and_valid() {
        let numbers: HashSet<String> = TestNhsNumbers::new().collect();
        assert_eq!(numbers.len(), TestNhsNumbers::new().count());
        assert!(numbers.len() > 900_000);
        assert!(numbers.iter().all(|number| number.len() == 10 && number.starts_with("999")));
        let weighted = |number: &String| -> u32 {
            number
                .chars()
                .filter_map(|digit| digit.to_digit(10))
                .zip((1..=10).rev())
                .map(|(d, w)| d * w)
                .sum()
        };
        assert!(numbers.iter().all(|number| weighted(number) % 11 == 0));
    }
}
