//! Uris: the same text, or a text below another.

use fhir_search::canonical;
use fhir_search::query::UriTest;

use super::fragment::{Bound, Fragment, rounded};
use super::source::{Row, Source};
use crate::store::sql::dialect::{self, END_OF_PROBE};

/// One of the tests fits a key of the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Uris {
    parameter: i32,
    /// The texts that fit as they are.
    values: Vec<Box<str>>,
    /// The texts that fit: from the first of them to one behind the last.
    ranges: Vec<(String, String)>,
}

impl Uris {
    pub(super) fn new(parameter: i32, tests: &[UriTest]) -> Self {
        let (mut values, mut ranges) = (Vec::new(), Vec::new());
        for test in tests {
            match test {
                UriTest::Equal(value) => values.push(value.clone()),
                UriTest::Below(root) => {
                    let stem = root.strip_suffix('/');
                    if stem.is_none() {
                        values.push(root.clone());
                    }
                    // 0 is the character behind the slash.
                    let stem = stem.unwrap_or(root);
                    ranges.push((format!("{stem}/"), format!("{stem}0")));
                }
                UriTest::Version(given) => {
                    values.push(given.clone());
                    ranges.push(canonical::longer_versions(given));
                }
                UriTest::Other(given) => ranges.extend(others(given)),
            }
        }
        Self { parameter, values, ranges }
    }

    pub(super) fn sources(&self) -> Vec<Source> {
        let source = |condition: &str, values: Vec<Bound>, in_order| Source {
            from: Fragment::text("ix_uri AS s"),
            condition: Fragment::new(condition, [self.parameter.into()].into_iter().chain(values)),
            in_order,
        };
        let values = rounded(self.values.clone()).into_iter();
        let values = values
            .map(|value| source("s.parameter = ? AND s.value = ?", vec![Bound::Key(value.into())], true));
        let ranges = rounded(self.ranges.clone()).into_iter();
        let ranges = ranges.map(|(from, to)| {
            source("s.parameter = ? AND s.value >= ? AND s.value < ?", vec![from.into(), to.into()], false)
        });
        values.chain(ranges).collect()
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let equal = format!(
            "EXISTS (SELECT 1 FROM ix_uri AS p WHERE p.parameter = ? AND p.value = ? AND p.rid = {}{END_OF_PROBE}",
            row.rid
        );
        let within = format!("has_uri({}, ?, ?, ?)", dialect::keys(&row.current));
        let values = rounded(self.values.clone()).into_iter();
        let values = values
            .map(|value| Fragment::new(equal.clone(), [self.parameter.into(), Bound::Key(value.into())]));
        let ranges = rounded(self.ranges.clone()).into_iter();
        let ranges = ranges
            .map(|(from, to)| Fragment::new(within.clone(), [self.parameter.into(), from.into(), to.into()]));
        Fragment::any(values.chain(ranges).collect())
    }

    pub(super) fn probe_seeks(&self) -> bool {
        self.ranges.is_empty()
    }
}

/// The texts that are another uri, see [`UriTest::Other`]. Behind `|` follows `}`; no uri has a character before U+0001.
fn others(given: &str) -> Vec<(String, String)> {
    let (url, version) = canonical::parts(given);
    let last = char::MAX.to_string();
    let mut ranges = vec![
        (String::new(), url.to_owned()),
        (format!("{url}\u{1}"), format!("{url}|")),
        (format!("{url}}}"), last),
    ];
    if version.is_some() {
        ranges.push((format!("{url}|"), given.to_owned()));
        ranges.push((format!("{given}\u{1}"), format!("{url}}}")));
    }
    ranges
}
