//! `_id`: resources by their number.

use super::fragment::{Fragment, integers};
use super::source::{Row, Source};
use crate::store::sql::dialect::IS_IN_LIST;

/// The resource is one of these and is not deleted.
#[derive(Clone, Debug)]
pub(in crate::store) struct Ids {
    pub(super) rids: Vec<i64>,
}

impl Ids {
    pub(super) fn sources(&self) -> Vec<Source> {
        let text = format!("s.rid {IS_IN_LIST} AND s.deleted = 0");
        vec![Source {
            from: Fragment::text("current AS s"),
            condition: Fragment::new(text, [integers(self.rids.iter().copied())]),
            in_order: false,
        }]
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let text = format!("{} {IS_IN_LIST}", row.rid);
        Fragment::new(text, [integers(self.rids.iter().copied())])
    }
}
