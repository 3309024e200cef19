//! Uris: equality of the text.

use super::fragment::{Bound, Fragment, rounded};
use super::source::{Row, Source};

/// One of the uris is a key of the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Uris {
    pub(super) parameter: i32,
    pub(super) values: Vec<Box<str>>,
}

impl Uris {
    pub(super) fn sources(&self) -> Vec<Source> {
        let source = |value: Box<str>| Source {
            from: Fragment::text("ix_uri AS s"),
            condition: Fragment::new(
                "s.parameter = ? AND s.value = ?",
                [self.parameter.into(), Bound::from(&*value)],
            ),
            in_order: true,
        };
        rounded(self.values.clone()).into_iter().map(source).collect()
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let text = format!(
            "EXISTS (SELECT 1 FROM ix_uri AS p WHERE p.parameter = ? AND p.value = ? AND p.rid = {})",
            row.rid
        );
        let probe =
            |value: Box<str>| Fragment::new(text.clone(), [self.parameter.into(), Bound::from(&*value)]);
        Fragment::any(rounded(self.values.clone()).into_iter().map(probe).collect())
    }
}
