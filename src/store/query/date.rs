//! Dates: comparison of periods.

use super::bounds::{Bounds, SCANNED, WITHIN};
use super::fragment::{Bound, Fragment, rounded};
use super::source::{Row, Source};
use crate::store::sql::dialect::{END_OF_PROBE, by_index, by_primary_key};

/// Microseconds of a day: longer periods have an index of their own, see the migration.
const DAY: i64 = 86_400_000_000;

/// So many rectangles are never padded.
const FEW: usize = 8;

/// One of the rectangles holds a key of the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Dates {
    pub(in crate::store) parameter: i32,
    /// They may have parts in common.
    periods: Vec<Bounds<i64>>,
    /// No resource has several keys of the parameter.
    pub(super) single: bool,
}

impl Dates {
    pub(super) fn new(parameter: i32, periods: Vec<Bounds<i64>>, single: bool) -> Self {
        Self { parameter, periods, single }
    }

    /// What both tests together mean, if that is one test: with several keys, each test could be passed by another.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        if !self.single || self.parameter != other.parameter {
            return None;
        }
        let pairs = self.periods.iter().flat_map(|one| other.periods.iter().map(move |two| (one, two)));
        let periods = pairs.filter_map(|(one, two)| one.intersection(two)).collect();
        Some(Self { parameter: self.parameter, periods, single: true })
    }

    /// In the order of time where there is one rectangle that can be read so.
    pub(super) fn sources(&self) -> Vec<Source> {
        let (mut sources, mut long_sources) = (Vec::new(), Vec::new());
        for bounds in &self.periods {
            // What is no longer than a day and ends in time has begun at most a day before that.
            let (near, long) = bounds.split(bounds.high.0.saturating_sub(DAY));
            sources.extend(near);
            long_sources.extend(long);
        }
        let near = padded(sources).into_iter().map(|bounds| self.near(&bounds));
        near.chain(padded(long_sources).into_iter().map(|bounds| self.long(&bounds))).collect()
    }

    fn near(&self, bounds: &Bounds<i64>) -> Source {
        Source {
            // The primary key, which SQLite might not take where it likes the order of another index.
            from: Fragment::text(format!("ix_date AS s{}", by_primary_key("ix_date"))),
            condition: Fragment::new(
                format!("s.parameter = ? AND {WITHIN}"),
                [self.parameter.into()].into_iter().chain(bounds.values()),
            ),
            in_order: false,
        }
    }

    fn long(&self, bounds: &Bounds<i64>) -> Source {
        Source {
            from: Fragment::text(format!("ix_date AS s{}", by_index("ix_date_long"))),
            condition: Fragment::new(
                format!("s.parameter = ? AND {WITHIN} AND {{s.high|s.high::numeric}} - s.low > 86400000000"),
                [self.parameter.into()].into_iter().chain(bounds.values()),
            ),
            in_order: false,
        }
    }

    /// All keys of the parameter in the order of resources, a resource perhaps several times, those that fit being picked out.
    pub(super) fn scan(&self) -> Source {
        let periods = rounded(self.periods.clone()).into_iter();
        let fits = Fragment::any(periods.map(|bounds| Fragment::new(SCANNED, bounds.values())).collect());
        Source {
            from: Fragment::text(format!("ix_date AS s{}", by_index("ix_date_of_resource"))),
            condition: Fragment::new("s.parameter = ? AND ", [Bound::from(self.parameter)]).append(fits),
            in_order: true,
        }
    }

    /// Of one resource there are few keys, so they are read in the order of resources.
    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let periods = rounded(self.periods.clone()).into_iter();
        let within = WITHIN.replace("s.", "p.");
        let fits =
            Fragment::any(periods.map(|bounds| Fragment::new(within.clone(), bounds.values())).collect());
        let text = format!(
            "EXISTS (SELECT 1 FROM ix_date AS p{} WHERE p.parameter = ? AND p.rid = {} AND ",
            by_index("ix_date_of_resource"),
            row.rid
        );
        Fragment::new(text, [self.parameter.into()]).append(fits).push(END_OF_PROBE)
    }

    /// Whether the rows of [`Dates::sources`] are of different resources.
    pub(super) fn is_unique(&self) -> bool {
        let others = |index: usize| self.periods.iter().skip(index + 1);
        let mut pairs = self.periods.iter().enumerate();
        self.single
            && self.periods.len() <= FEW
            && pairs.all(|(index, one)| others(index).all(|other| one.intersection(other).is_none()))
    }
}

/// The list as it is if it is short, for what it is padded with comes twice.
fn padded(periods: Vec<Bounds<i64>>) -> Vec<Bounds<i64>> {
    if periods.len() <= FEW { periods } else { rounded(periods) }
}
