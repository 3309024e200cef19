//! `_id`: resources by their number.

use super::fragment::{Fragment, json_list};
use super::source::{Row, Source};

/// The resource is one of these and is not deleted.
#[derive(Clone, Debug)]
pub(in crate::store) struct Ids {
    pub(super) rids: Vec<i64>,
}

impl Ids {
    pub(super) fn sources(&self) -> Vec<Source> {
        let text = "s.rid IN (SELECT value FROM json_each(?)) AND s.deleted = 0";
        vec![Source {
            from: Fragment::text("current AS s"),
            condition: Fragment::new(text, [json_list(self.rids.iter().copied())]),
            in_order: false,
        }]
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let text = format!("{} IN (SELECT value FROM json_each(?))", row.rid);
        Fragment::new(text, [json_list(self.rids.iter().copied())])
    }
}
