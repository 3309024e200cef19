//! Strings: a folded text that starts with the one given, or the text exactly as given.

use fhir_search::query::StringTest;

use super::fragment::{Bound, Fragment, rounded};
use super::source::{Row, Source};
use crate::store::sql::dialect::{self, END_OF_PROBE};

/// One of the tests fits a key of the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Strings {
    pub(super) parameter: i32,
    pub(super) tests: Vec<StringTest>,
}

impl Strings {
    pub(super) fn sources(&self) -> Vec<Source> {
        rounded(self.tests.clone()).iter().map(|test| self.source(test)).collect()
    }

    fn source(&self, test: &StringTest) -> Source {
        let parameter = self.parameter.into();
        let (condition, in_order) = match test {
            StringTest::Contains(part) => {
                let text = "s.parameter = ? AND {instr|strpos}(s.folded, ?) > 0";
                (Fragment::new(text, [parameter, Bound::from(&**part)]), false)
            }
            StringTest::EndsWith(suffix) => {
                let text = "s.parameter = ? AND substr(s.folded, length(s.folded) - length(?) + 1) = ?";
                (Fragment::new(text, [parameter, Bound::from(&**suffix), Bound::from(&**suffix)]), false)
            }
            StringTest::Equal(folded) => {
                let values = [parameter, Bound::from(&**folded)];
                (Fragment::new("s.parameter = ? AND s.folded = ?", values), false)
            }
            StringTest::StartsWith(prefix) => {
                let values = [parameter, Bound::from(&**prefix), end_of(prefix).into()];
                (Fragment::new("s.parameter = ? AND s.folded >= ? AND s.folded < ?", values), false)
            }
            StringTest::Between { from, to } => {
                let values = [parameter, Bound::from(&**from), Bound::from(&**to)];
                (Fragment::new("s.parameter = ? AND s.folded >= ? AND s.folded < ?", values), false)
            }
            StringTest::Exact { folded, exact } => {
                let values = [parameter, Bound::from(&**folded), (*exact).into()];
                (Fragment::new("s.parameter = ? AND s.folded = ? AND s.exact = ?", values), true)
            }
        };
        Source { from: Fragment::text("ix_string AS s"), condition, in_order }
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        Fragment::any(rounded(self.tests.clone()).iter().map(|test| self.probe_one(test, row)).collect())
    }

    fn probe_one(&self, test: &StringTest, row: &Row) -> Fragment {
        let keys = dialect::keys(&row.current);
        let parameter = self.parameter.into();
        match test {
            StringTest::Contains(part) => {
                Fragment::new(format!("has_string_part({keys}, ?, ?)"), [parameter, Bound::from(&**part)])
            }
            StringTest::EndsWith(suffix) => {
                Fragment::new(format!("has_string_end({keys}, ?, ?)"), [parameter, Bound::from(&**suffix)])
            }
            StringTest::Equal(text) => Fragment::new(
                format!("has_string({keys}, ?, ?, ?)"),
                // No text stands between a text and the same with a zero behind it.
                [parameter, Bound::from(&**text), format!("{text}\0").into()],
            ),
            StringTest::StartsWith(prefix) => Fragment::new(
                format!("has_string({keys}, ?, ?, ?)"),
                [parameter, Bound::from(&**prefix), end_of(prefix).into()],
            ),
            StringTest::Between { from, to } => Fragment::new(
                format!("has_string({keys}, ?, ?, ?)"),
                [parameter, Bound::from(&**from), Bound::from(&**to)],
            ),
            StringTest::Exact { folded, exact } => Fragment::new(
                format!(
                    "EXISTS (SELECT 1 FROM ix_string AS p WHERE p.parameter = ? AND p.folded = ? AND p.exact = ? \
                     AND p.rid = {}{END_OF_PROBE}",
                    row.rid
                ),
                [parameter, Bound::from(&**folded), (*exact).into()],
            ),
        }
    }

    pub(super) fn probe_seeks(&self) -> bool {
        self.tests.iter().all(|test| matches!(test, StringTest::Exact { .. }))
    }
}

/// A text behind all that start with `prefix`. SQLite compares UTF-8 byte by byte, and no other character has a greater one.
fn end_of(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}
