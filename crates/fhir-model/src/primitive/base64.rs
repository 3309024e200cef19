//! `base64Binary`: checked without decoding.

use super::PrimitiveError;

/// Checks a FHIR `base64Binary`: groups of four characters (RFC 4648, section 4), white space anywhere, padding at the end.
pub fn check_base64(text: &str) -> Result<(), PrimitiveError> {
    const EXPECTED: &str =
        "base64: groups of four of the characters A-Z, a-z, 0-9, '+' and '/', padded with '='";
    let (mut digits, mut padding) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => digits += 1,
            _ => return Err(PrimitiveError::new("base64Binary", text, EXPECTED)),
        }
    }
    if digits == 0 || padding > 2 || (digits + padding) % 4 != 0 {
        return Err(PrimitiveError::new("base64Binary", text, EXPECTED));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_padding_are_checked() {
        for text in ["AAAA", "AA==", "AAA=", "AA\r\nAA", "+/9z AAAA"] {
            assert!(check_base64(text).is_ok(), "{text} was refused");
        }
        for text in ["", " ", "A", "AAA", "A===", "====", "AA=A", "AA-_", "AAAAA"] {
            assert!(check_base64(text).is_err(), "{text} was accepted");
        }
    }
}
