//! Canonical urls with the version of a definition behind them: `http://acme.org/vs|1.2` (R4 search, section 3.1.1.4.13).

/// Whether a canonical names the version given, or one that goes on from it: `http://acme.org/vs|1` is gone on from by
/// `http://acme.org/vs|1.2` and `http://acme.org/vs|1-draft`, not by `http://acme.org/vs|10`.
pub fn is_of_version(canonical: &str, given: &str) -> bool {
    canonical.strip_prefix(given).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
}

/// Where the canonicals stand that go on from the version given, in the order of bytes: from the first text on, before the
/// second. `-`, `.` and `/` follow each other.
pub fn longer_versions(given: &str) -> (String, String) {
    (format!("{given}-"), format!("{given}/"))
}

/// The url and the version of a canonical.
pub fn parts(canonical: &str) -> (&str, Option<&str>) {
    canonical.split_once('|').map_or((canonical, None), |(url, version)| (url, Some(version)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_go_on_at_a_separator() {
        let given = "http://a/vs|1";
        let (from, to) = longer_versions(given);
        for (version, goes_on) in [
            ("1", true),
            ("1.0", true),
            ("1.2.3", true),
            ("1-draft", true),
            ("10", false),
            ("2", false),
            ("", false),
        ] {
            let canonical = format!("http://a/vs|{version}");
            assert_eq!(is_of_version(&canonical, given), goes_on, "{version}");
            let stands_there = canonical == given || from <= canonical && canonical < to;
            assert_eq!(stands_there, goes_on, "{version}");
        }
        assert!(!is_of_version("http://a/vs", given));
    }
}
