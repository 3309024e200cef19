//! Chains: a condition on what a reference points to.

use super::condition::Condition;
use super::fragment::Fragment;
use super::resolve::Types;
use super::source::{Row, Source, Sources};
use crate::store::sql::dialect::{self, END_OF_PROBE, JOIN};

/// The parameter points to a resource of the type for which the condition holds.
#[derive(Clone, Debug)]
pub(in crate::store) struct Chain {
    pub(super) reference: i32,
    pub(super) target: Types,
    pub(super) condition: Box<Condition>,
    /// No resource has several references by the parameter.
    pub(super) single: bool,
}

impl Chain {
    /// From the far end: all that refer to what fulfils the condition.
    pub(super) fn sources(&self) -> Sources {
        let source = |far: Source| Source {
            from: Fragment::text("(").append(far.select()).push(") AS f CROSS JOIN ix_reference AS s"),
            condition: Fragment::new("s.parameter = ? AND s.target = f.rid", [self.reference.into()]),
            in_order: false,
        };
        self.condition.sources().map(source)
    }

    /// From the near end: one of the references leads to what fulfils the condition.
    pub(super) fn probe(&self, row: &Row) -> Fragment {
        if self.single { self.probe_single(row) } else { self.probe_several(row) }
    }

    /// The one reference is a value, which saves a list for each resource.
    fn probe_single(&self, row: &Row) -> Fragment {
        // The number stands in the text, for it takes part in whatever the condition says of `rid`.
        let target = format!("reference_target({}, {})", dialect::keys(&row.current), self.reference);
        if !self.condition.reads_current() {
            return self.condition.probe(&row.linked_by(target));
        }
        let far = row.linked();
        let current = &far.current;
        let start = format!("EXISTS (SELECT 1 FROM current AS {current} WHERE {current}.rid = {target} AND ");
        Fragment::text(start)
            .append(self.target.live(current))
            .push(" AND ")
            .append(self.condition.probe(&row.linked_by(format!("{current}.rid"))))
            .push(END_OF_PROBE)
    }

    fn probe_several(&self, row: &Row) -> Fragment {
        let far = row.linked();
        let (link, current) = (far.link(), &far.current);
        let targets = dialect::targets(&row.current, "v");
        let start = format!("EXISTS (SELECT 1 FROM (SELECT v.value AS rid FROM {targets}) AS {link}");
        let probe = Fragment::new(start, [self.reference.into()]);
        let probe = if self.condition.reads_current() {
            let join = format!("{JOIN}current AS {current} ON {current}.rid = {link}.rid WHERE ");
            probe.push(&join).append(self.target.live(current)).push(" AND ")
        } else {
            probe.push(" WHERE ")
        };
        probe.append(self.condition.probe(&far)).push(END_OF_PROBE)
    }

    /// Whether the rows of [`Chain::sources`] are of different resources.
    pub(super) fn is_unique(&self) -> bool {
        self.single && self.condition.is_unique()
    }

    /// Whether a resource that the one chain leads away from cannot fulfil the other.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        let disjoint = |a: &Types, b: &Types| a.codes().iter().all(|code| !b.codes().contains(code));
        self.single && self.reference == other.reference && disjoint(&self.target, &other.target)
    }

    /// The search parameter of the reference.
    pub(in crate::store) fn reference(&self) -> i32 {
        self.reference
    }

    /// What must be few for [`Chain::sources`] to be few.
    pub(in crate::store) fn far(&self) -> &Condition {
        &self.condition
    }

    pub(in crate::store) fn far_mut(&mut self) -> &mut Condition {
        &mut self.condition
    }
}
