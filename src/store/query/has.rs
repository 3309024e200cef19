//! Reverse chains (`_has`): a condition on what points here.

use super::condition::Condition;
use super::fragment::Fragment;
use super::resolve::Types;
use super::source::{Row, Source, Sources};
use crate::store::sql::dialect::{self, END_OF_PROBE, JOIN};

/// A resource of `source` for which the condition holds points here by the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Has {
    pub(super) types: Types,
    pub(super) source: Types,
    pub(super) reference: i32,
    pub(super) condition: Box<Condition>,
}

impl Has {
    /// From the far end: all that is referred to by what fulfils the condition.
    pub(super) fn sources(&self) -> Sources {
        let source = |far: Source| {
            let from = Fragment::text("(")
                .append(far.select())
                .push(") AS f")
                .push(JOIN)
                .push("current AS k ON k.rid = f.rid CROSS JOIN ")
                .append(Fragment::new(dialect::targets("k", "j"), [self.reference.into()]))
                .push(JOIN)
                .push("current AS s ON s.rid = j.value");
            Source { from, condition: self.types.live("s"), in_order: false }
        };
        self.condition.sources().map(source)
    }

    /// From the near end: one of the resources that refer here fulfils the condition.
    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let far = row.linked();
        let (link, current) = (far.link(), &far.current);
        let mut probe = Fragment::text(format!("EXISTS (SELECT 1 FROM ix_reference AS {link}"));
        if self.condition.reads_current() {
            probe = probe.push(&format!("{JOIN}current AS {current} ON {current}.rid = {link}.rid"));
        }
        probe = probe.append(Fragment::new(
            format!(" WHERE {link}.parameter = ? AND {link}.target = {} AND ", row.rid),
            [self.reference.into()],
        ));
        if self.condition.reads_current() {
            probe = probe.append(self.source.live(current)).push(" AND ");
        }
        probe.append(self.condition.probe(&far)).push(END_OF_PROBE)
    }

    /// What must be few for [`Has::sources`] to be few.
    pub(in crate::store) fn far(&self) -> &Condition {
        &self.condition
    }

    pub(in crate::store) fn far_mut(&mut self) -> &mut Condition {
        &mut self.condition
    }
}
