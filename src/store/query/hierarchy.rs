//! Hierarchies (`:above`, `:below`): a reference to something, or to what is above or below it.

use fhir_search::query::Direction;

use super::fragment::{Bound, Fragment, integers};
use super::source::{Row, Source};
use crate::store::sql::dialect::{self, END_OF_PROBE, JOIN};

/// The parameter points to one of the targets, or to what any number of steps lead to from there.
#[derive(Clone, Debug)]
pub(in crate::store) struct Hierarchy {
    pub(super) parameter: i32,
    pub(super) targets: Vec<i64>,
    /// The parameter that points to the resource above.
    pub(super) along: i32,
    pub(super) direction: Direction,
}

impl Hierarchy {
    pub(super) fn sources(&self) -> Vec<Source> {
        let condition = Fragment::new("s.parameter = ? AND s.target IN ", [self.parameter.into()]);
        vec![Source {
            from: Fragment::text("ix_reference AS s"),
            condition: condition.append(self.reached()),
            in_order: false,
        }]
    }

    /// A resource has few references and a hierarchy may have many members, so the references are looked for among the members.
    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let text = format!("EXISTS (SELECT 1 FROM {}", dialect::targets(&row.current, "p"));
        Fragment::new(text, [self.parameter.into()])
            .push(" WHERE p.value IN ")
            .append(self.reached())
            .push(END_OF_PROBE)
    }

    /// The numbers of all members, once for each statement. `UNION` drops what was reached before, so circles end.
    fn reached(&self) -> Fragment {
        let step = match self.direction {
            Direction::Above => format!(
                "SELECT j.value FROM h{JOIN}current AS k ON k.rid = h.rid CROSS JOIN {}",
                dialect::targets("k", "j")
            ),
            Direction::Below => {
                format!("SELECT r.rid FROM h{JOIN}ix_reference AS r ON r.parameter = ? AND r.target = h.rid")
            }
        };
        let first = dialect::list("m");
        let text = format!(
            "(WITH RECURSIVE h (rid) AS (SELECT m.value FROM {first} UNION {step}) SELECT rid FROM h)"
        );
        let values: [Bound; 2] = [integers(self.targets.iter().copied()), self.along.into()];
        Fragment::new(text, values)
    }
}
