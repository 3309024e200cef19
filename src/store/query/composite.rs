//! Composites: equality of a hash, and comparison of the range that goes with it.

use super::bounds::Bounds;
use super::fragment::Fragment;
use super::quantity::{RangeTable, probe_ranged, ranged};
use super::source::{Row, Source};
use super::token::{equal, probe_equal};

/// One of the tests fits a key of the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Composites {
    pub(super) parameter: i32,
    /// Hashes of composites without an ordered component.
    pub(super) equal: Vec<i64>,
    /// Hash and rectangle.
    pub(super) ranges: Vec<(i64, Bounds<f64>)>,
}

impl Composites {
    pub(super) fn sources(&self) -> Vec<Source> {
        let table = RangeTable { table: "ix_composite", hash: "hash", wide: "ix_composite_range" };
        let mut sources = equal("ix_composite", "hash", self.parameter, &self.equal);
        for source in &mut sources {
            // Always so, but said it leaves the resource as the only column that the rows are ordered by.
            source.condition = std::mem::take(&mut source.condition).push(" AND s.low = 0 AND s.high = 0");
        }
        sources.extend(ranged(&table, self.parameter, &self.ranges));
        sources
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        if !self.probe_seeks() {
            return probe_ranged("has_composite", self.parameter, &self.ranges, row);
        }
        // The whole key of the table, so that the probe is one seek.
        let condition = Row { rid: format!("{} AND p.low = 0 AND p.high = 0", row.rid), ..row.clone() };
        probe_equal("ix_composite", "hash", self.parameter, &self.equal, &condition)
    }

    /// A composite has an ordered component or not, so one of the lists is empty.
    pub(super) fn probe_seeks(&self) -> bool {
        self.ranges.is_empty()
    }
}
