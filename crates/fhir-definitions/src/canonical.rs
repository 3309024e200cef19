//! Canonical references: `url` or `url|version` (FHIR R4, References, "Canonical URLs").

use std::cmp::Ordering;

/// A canonical reference taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Canonical<'a> {
    /// The url without version and fragment.
    pub url: &'a str,
    /// The version asked for; `None` means the latest known.
    pub version: Option<&'a str>,
}

impl<'a> Canonical<'a> {
    /// Takes `url|version#fragment` apart. A fragment is dropped: it points into the resource.
    pub fn parse(text: &'a str) -> Self {
        let text = text.split_once('#').map_or(text, |(before, _)| before);
        match text.split_once('|') {
            Some((url, version)) if !version.is_empty() => Self { url, version: Some(version) },
            Some((url, _)) => Self { url, version: None },
            None => Self { url: text, version: None },
        }
    }
}

/// Compares business versions: number parts as numbers, a pre-release (`2.0.0-ballot`) before its release,
/// and no version before any. Versions that are no numbers (dates, names) compare as text part by part.
pub fn compare_versions(left: Option<&str>, right: Option<&str>) -> Ordering {
    let (Some(left), Some(right)) = (left, right) else {
        return left.is_some().cmp(&right.is_some());
    };
    let (left_release, left_label) = release_and_label(left);
    let (right_release, right_label) = release_and_label(right);
    compare_parts(left_release, right_release).then_with(|| match (left_label, right_label) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(left), Some(right)) => compare_parts(left, right),
    })
}

/// `2.0.0-ballot` is release `2.0.0` with label `ballot`; a date `2018-08-12` is a release as a whole.
fn release_and_label(version: &str) -> (&str, Option<&str>) {
    match version.split_once('-') {
        Some((release, label)) if release.contains('.') => (release, Some(label)),
        _ => (version, None),
    }
}

fn compare_parts(left: &str, right: &str) -> Ordering {
    let mut left = left.split(['.', '-']);
    let mut right = right.split(['.', '-']);
    loop {
        let ordering = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(l), Some(r)) => match (l.parse::<u64>(), r.parse::<u64>()) {
                (Ok(l), Ok(r)) => l.cmp(&r),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => l.cmp(r),
            },
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_has_a_url_and_perhaps_a_version() {
        assert_eq!(Canonical::parse("http://a/b"), Canonical { url: "http://a/b", version: None });
        assert_eq!(Canonical::parse("http://a/b|1.2"), Canonical { url: "http://a/b", version: Some("1.2") });
        assert_eq!(Canonical::parse("http://a/b|"), Canonical { url: "http://a/b", version: None });
        assert_eq!(Canonical::parse("http://a/b|1#c"), Canonical { url: "http://a/b", version: Some("1") });
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        for (earlier, later) in [
            ("1.9.0", "1.10.0"),
            ("2.0.0-ballot", "2.0.0"),
            ("2.0.0-ballot.1", "2.0.0-ballot.2"),
            ("4.0", "4.0.1"),
            ("2018-08-12", "2019-03-20"),
        ] {
            assert_eq!(compare_versions(Some(earlier), Some(later)), Ordering::Less, "{earlier} {later}");
        }
        assert_eq!(compare_versions(None, Some("0.1")), Ordering::Less);
        assert_eq!(compare_versions(Some("1.0"), Some("1.0")), Ordering::Equal);
    }
}
