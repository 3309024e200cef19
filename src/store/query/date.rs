//! Dates: comparison of periods.

use super::bounds::Bounds;
use super::fragment::{Fragment, rounded};
use super::source::{Row, Source};

/// Microseconds of a day: longer periods have an index of their own, see the migration.
const DAY: i64 = 86_400_000_000;

/// One of the rectangles holds a key of the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Dates {
    pub(super) parameter: i32,
    pub(super) periods: Vec<Bounds<i64>>,
}

impl Dates {
    pub(super) fn sources(&self) -> Vec<Source> {
        let (mut sources, mut long_sources) = (Vec::new(), Vec::new());
        for bounds in &self.periods {
            // What is no longer than a day and ends in time has begun at most a day before that.
            let (near, long) = bounds.split(bounds.high.0.saturating_sub(DAY));
            sources.extend(near);
            long_sources.extend(long);
        }
        let near = rounded(sources).into_iter().map(|bounds| self.near(&bounds));
        near.chain(rounded(long_sources).into_iter().map(|bounds| self.long(&bounds))).collect()
    }

    fn near(&self, bounds: &Bounds<i64>) -> Source {
        let text = "s.parameter = ? AND s.low BETWEEN ? AND ? AND s.high BETWEEN ? AND ?";
        Source {
            from: Fragment::text("ix_date AS s"),
            condition: Fragment::new(text, [self.parameter.into()].into_iter().chain(bounds.values())),
            in_order: false,
        }
    }

    fn long(&self, bounds: &Bounds<i64>) -> Source {
        let text = "s.parameter = ? AND s.low BETWEEN ? AND ? AND s.high BETWEEN ? AND ? \
                    AND s.high - s.low > 86400000000";
        Source {
            from: Fragment::text("ix_date AS s INDEXED BY ix_date_long"),
            condition: Fragment::new(text, [self.parameter.into()].into_iter().chain(bounds.values())),
            in_order: false,
        }
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let text = format!("has_date({}.keys, ?, ?, ?, ?, ?)", row.current);
        let probe = |bounds: Bounds<i64>| {
            Fragment::new(text.clone(), [self.parameter.into()].into_iter().chain(bounds.values()))
        };
        Fragment::any(rounded(self.periods.clone()).into_iter().map(probe).collect())
    }
}
