//! `id`, `oid`, `uuid` and the names of resource types.

use super::PrimitiveError;

/// Whether a text is a FHIR `id`: 1 to 64 letters, digits, `-` and `.`.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

/// Checks a FHIR `id`.
pub fn check_id(text: &str) -> Result<(), PrimitiveError> {
    const EXPECTED: &str = "1 to 64 of the characters A-Z, a-z, 0-9, '-' and '.'";
    if is_id(text) { Ok(()) } else { Err(PrimitiveError::new("id", text, EXPECTED)) }
}

/// Checks a FHIR `oid`: `urn:oid:` and numbers with dots, the first of them 0 to 2, none with a leading zero.
pub fn check_oid(text: &str) -> Result<(), PrimitiveError> {
    const EXPECTED: &str = "urn:oid: and at least two numbers separated by dots, the first of them 0, 1 or 2";
    let is_arc = |arc: &str| {
        !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'))
    };
    let valid = text
        .strip_prefix("urn:oid:")
        .and_then(|oid| oid.split_once('.'))
        .is_some_and(|(root, arcs)| matches!(root, "0" | "1" | "2") && arcs.split('.').all(is_arc));
    if valid { Ok(()) } else { Err(PrimitiveError::new("oid", text, EXPECTED)) }
}

/// Checks a FHIR `uuid`: `urn:uuid:` and 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
pub fn check_uuid(text: &str) -> Result<(), PrimitiveError> {
    const EXPECTED: &str = "urn:uuid: and 32 hexadecimal digits in groups of 8-4-4-4-12";
    let groups = [8, 4, 4, 4, 12].into_iter();
    let is_group =
        |(part, len): (&str, usize)| part.len() == len && part.bytes().all(|b| b.is_ascii_hexdigit());
    let valid = text.strip_prefix("urn:uuid:").is_some_and(|uuid| {
        uuid.split('-').count() == groups.len() && uuid.split('-').zip(groups).all(is_group)
    });
    if valid { Ok(()) } else { Err(PrimitiveError::new("uuid", text, EXPECTED)) }
}

/// Whether a text has the form of the name of a resource type: an upper-case letter, then letters.
pub fn is_type_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_checked() {
        assert!(check_id("a-1.B").is_ok() && check_id(&"a".repeat(64)).is_ok());
        assert!(check_id("").is_err() && check_id("a_b").is_err() && check_id(&"a".repeat(65)).is_err());
        assert!(check_oid("urn:oid:1.2.3.0").is_ok());
        for text in ["1.2.3", "urn:oid:3.1", "urn:oid:1", "urn:oid:1.", "urn:oid:1.02", "urn:oid:1..2"] {
            assert!(check_oid(text).is_err(), "{text} was accepted");
        }
        assert!(check_uuid("urn:uuid:c757873d-ec9a-4326-a141-556f43239520").is_ok());
        for text in
            ["c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:c757873dec9a4326a141556f43239520", "urn:uuid:"]
        {
            assert!(check_uuid(text).is_err(), "{text} was accepted");
        }
    }
}
