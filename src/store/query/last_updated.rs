//! `_lastUpdated`: the time of the current version, which is taken for a period of one microsecond.

use super::bounds::Bounds;
use super::fragment::{Fragment, rounded};
use super::resolve::Types;
use super::source::{Row, Source};

/// The current version is from one of these times.
#[derive(Clone, Debug)]
pub(in crate::store) struct LastUpdated {
    pub(super) types: Types,
    /// Least and greatest `current.ts`.
    pub(super) spans: Vec<(i64, i64)>,
}

impl LastUpdated {
    pub(super) fn new(types: Types, periods: Vec<Bounds<i64>>) -> Self {
        let span = |period: Bounds<i64>| {
            let (low, high) = (period.low, period.high);
            (low.0.max(high.0.saturating_sub(1)), low.1.min(high.1.saturating_sub(1)))
        };
        Self { types, spans: periods.into_iter().map(span).collect() }
    }

    pub(super) fn sources(&self) -> Vec<Source> {
        let source = |(from, to): (i64, i64)| Source {
            from: Fragment::text("current AS s"),
            condition: self
                .types
                .live("s")
                .append(Fragment::new(" AND s.ts BETWEEN ? AND ?", [from.into(), to.into()])),
            in_order: false,
        };
        rounded(self.spans.clone()).into_iter().map(source).collect()
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let text = format!("{}.ts BETWEEN ? AND ?", row.current);
        let probe = |(from, to): (i64, i64)| Fragment::new(text.clone(), [from.into(), to.into()]);
        Fragment::any(rounded(self.spans.clone()).into_iter().map(probe).collect())
    }
}
