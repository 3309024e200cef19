//! References: equality of the number of what they point to.

use super::fragment::Fragment;
use super::source::{Row, Source};
use super::token::EqualTable;

/// The parameter points to one of the targets, given as `resource_id.rid`.
#[derive(Clone, Debug)]
pub(in crate::store) struct References {
    pub(super) parameter: i32,
    pub(super) targets: Vec<i64>,
}

const TABLE: EqualTable = EqualTable { table: "ix_reference", column: "target", zero: &[] };

impl References {
    pub(super) fn sources(&self) -> Vec<Source> {
        TABLE.sources(self.parameter, &self.targets)
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        TABLE.probe(self.parameter, &self.targets, row)
    }
}
