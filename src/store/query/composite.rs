//! Composites: equality of a hash, and comparison of the range that goes with it.

use super::bounds::Bounds;
use super::fragment::Fragment;
use super::quantity::RangeTable;
use super::source::{Row, Source};
use super::token::EqualTable;

/// One of the tests fits a key of the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Composites {
    pub(super) parameter: i32,
    /// Hashes of composites without an ordered component.
    pub(super) equal: Vec<i64>,
    /// Hash and rectangle.
    pub(super) ranges: Vec<(i64, Bounds<f64>)>,
}

const EQUAL: EqualTable = EqualTable { table: "ix_composite", column: "hash", zero: &["low", "high"] };
const RANGES: RangeTable = RangeTable {
    table: "ix_composite",
    hash: "hash",
    wide: "ix_composite_range",
    of_resource: "ix_composite_of_resource",
};

impl Composites {
    pub(super) fn sources(&self) -> Vec<Source> {
        let mut sources = EQUAL.sources(self.parameter, &self.equal);
        sources.extend(RANGES.sources(self.parameter, &self.ranges));
        sources
    }

    pub(super) fn scan(&self) -> Option<Vec<Source>> {
        if self.is_ordered() { RANGES.scan(self.parameter, &self.ranges) } else { None }
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        if self.is_ordered() {
            RANGES.probe(self.parameter, &self.ranges, row)
        } else {
            EQUAL.probe(self.parameter, &self.equal, row)
        }
    }

    /// A composite has an ordered component or not, so one of the lists is empty.
    fn is_ordered(&self) -> bool {
        !self.ranges.is_empty()
    }
}
