//! Resources of some of the types searched.

use super::fragment::Fragment;
use super::resolve::Types;
use super::source::{Row, Source};

/// The resource is of one of these types.
#[derive(Clone, Debug)]
pub(in crate::store) struct OfTypes {
    pub(super) types: Types,
}

impl OfTypes {
    pub(super) fn sources(&self) -> Vec<Source> {
        let condition = self.types.live("s");
        vec![Source { from: Fragment::text("current AS s"), condition, in_order: false }]
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        self.types.condition(&row.current)
    }
}
