//! Code systems of other standards that are small enough to be built in as lists of codes.

use std::sync::LazyLock;

use foldhash::HashSet;

/// A list that is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Facts {
    /// ISO 3166-1: the two-letter, three-letter and numeric codes of countries.
    Countries,
    /// The names of the IANA time zone database, links included.
    TimeZones,
}

impl Facts {
    /// All lists; the position of each is its discriminant.
    pub(crate) const ALL: [Self; 2] = [Self::Countries, Self::TimeZones];

    /// The list of that code system.
    pub(crate) fn of(url: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facts| facts.url() == url)
    }

    /// The url of the code system.
    pub(crate) fn url(self) -> &'static str {
        match self {
            Self::Countries => "urn:iso:std:iso:3166",
            Self::TimeZones => "https://www.iana.org/time-zones",
        }
    }

    /// One line for each code, with a display after a tab where there is one.
    pub(crate) fn lines(self) -> &'static str {
        match self {
            Self::Countries => include_str!("facts/iso-3166-1.tsv"),
            Self::TimeZones => include_str!("facts/time-zones.txt"),
        }
    }
}

/// The two-letter language subtags of BCP 47 in lower case: ISO 639-1 and what it has withdrawn.
pub(crate) static LANGUAGE_SUBTAGS: LazyLock<HashSet<[u8; 2]>> = LazyLock::new(|| {
    let lines = include_str!("facts/language-subtags.txt").lines();
    lines.filter_map(|line| line.as_bytes().try_into().ok()).collect()
});
