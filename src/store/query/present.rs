//! Presence (`:missing=false`): the parameter selects something.

use super::fragment::Fragment;
use super::source::{Row, Source};
use crate::store::sql::dialect;

/// There is a key of the parameter, of whatever kind.
#[derive(Clone, Debug)]
pub(in crate::store) struct Present {
    pub(super) parameter: i32,
}

/// All tables with keys. A parameter has keys in the table of its type, and for some modifiers in others.
const TABLES: [&str; 8] = [
    "ix_token",
    "ix_reference",
    "ix_date",
    "ix_quantity",
    "ix_string",
    "ix_uri",
    "ix_composite",
    "ix_position",
];

impl Present {
    pub(super) fn sources(&self) -> Vec<Source> {
        let source = |table: &str| Source {
            from: Fragment::text(format!("{table} AS s")),
            condition: Fragment::new("s.parameter = ?", [self.parameter.into()]),
            in_order: false,
        };
        TABLES.map(source).to_vec()
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        Fragment::new(format!("has_key({}, ?)", dialect::keys(&row.current)), [self.parameter.into()])
    }
}
