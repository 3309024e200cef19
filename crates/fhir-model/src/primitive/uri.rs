//! `uri`, `url` and `canonical`.

use super::PrimitiveError;

/// A canonical reference taken apart: `url|version#fragment`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Canonical<'a> {
    /// The url of the definition.
    pub url: &'a str,
    /// The business version after `|`.
    pub version: Option<&'a str>,
    /// The id of an element inside the definition, after `#`.
    pub fragment: Option<&'a str>,
}

impl<'a> Canonical<'a> {
    /// Takes a canonical apart; empty versions and fragments count as absent.
    pub fn parse(text: &'a str) -> Self {
        let (rest, fragment) = split_off(text, '#');
        let (url, version) = split_off(rest, '|');
        Self { url, version, fragment }
    }
}

fn split_off(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after).filter(|after| !after.is_empty())),
        None => (text, None),
    }
}

/// Checks a FHIR `uri`: not empty and without whitespace. The standard asks for no more, so that unknown schemes and
/// names in other scripts pass.
pub fn check_uri(text: &str) -> Result<(), PrimitiveError> {
    check("uri", text)
}

/// Checks a FHIR `url`.
pub fn check_url(text: &str) -> Result<(), PrimitiveError> {
    check("url", text)
}

/// Checks a FHIR `canonical`: a uri with a url in front of version and fragment, unless it is a fragment alone.
pub fn check_canonical(text: &str) -> Result<(), PrimitiveError> {
    check("canonical", text)?;
    if text.starts_with('|') {
        return Err(PrimitiveError::new("canonical", text, "a url before the version"));
    }
    Ok(())
}

fn check(type_name: &'static str, text: &str) -> Result<(), PrimitiveError> {
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(PrimitiveError::new(type_name, text, "at least one character, and no whitespace"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonicals_are_taken_apart() {
        let parts = |text| {
            let Canonical { url, version, fragment } = Canonical::parse(text);
            (url, version, fragment)
        };
        assert_eq!(parts("http://x/y"), ("http://x/y", None, None));
        assert_eq!(parts("http://x/y|1.0"), ("http://x/y", Some("1.0"), None));
        assert_eq!(parts("http://x/y|1.0#a"), ("http://x/y", Some("1.0"), Some("a")));
        assert_eq!(parts("http://x/y|"), ("http://x/y", None, None));
        assert_eq!(parts("#a"), ("", None, Some("a")));
    }

    #[test]
    fn whitespace_is_refused() {
        assert!(
            check_uri("urn:a:ü").is_ok() && check_url("https://x/").is_ok() && check_canonical("#a").is_ok()
        );
        assert!(check_uri("").is_err() && check_url("a b").is_err() && check_uri("a\u{a0}").is_err());
        assert!(check_canonical("|1.0").is_err());
    }
}
