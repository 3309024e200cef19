//! Several conditions that must all hold.

use super::condition::Condition;
use super::fragment::Fragment;
use super::source::{Row, Source, Sources};
use crate::store::sql::dialect::JOIN;

/// All of the conditions hold; always if there are none.
#[derive(Clone, Debug)]
pub(in crate::store) struct All {
    conditions: Vec<Condition>,
    /// The one whose rows are taken, the others being asked of each.
    driver: usize,
}

impl All {
    /// The conditions, the first that has an index being the driver. Conjunctions among them become part of this one.
    pub(in crate::store) fn new(conditions: Vec<Condition>) -> Self {
        let flat = |condition| match condition {
            Condition::All(all) => all.conditions,
            other => vec![other],
        };
        let conditions: Vec<Condition> = conditions.into_iter().flat_map(flat).collect();
        let indexed = |condition: &Condition| matches!(condition.sources(), Sources::Rows(_));
        let driver = conditions.iter().position(indexed).unwrap_or(0);
        Self { conditions, driver }
    }

    pub(in crate::store) fn conditions(&mut self) -> &mut [Condition] {
        &mut self.conditions
    }

    pub(in crate::store) fn into_conditions(self) -> Vec<Condition> {
        self.conditions
    }

    /// Takes the rows of another condition.
    pub(in crate::store) fn drive(&mut self, driver: usize) {
        self.driver = driver;
    }

    /// What has few rows where [`All::sources`] has few.
    pub(in crate::store) fn driver(&self) -> Option<&Condition> {
        self.conditions.get(self.driver)
    }

    pub(super) fn sources(&self) -> Sources {
        if self.conditions.iter().any(|condition| matches!(condition.sources(), Sources::Nothing)) {
            return Sources::Nothing;
        }
        match self.driver() {
            Some(driver) if self.conditions.len() == 1 => driver.sources(),
            Some(driver) => driver.sources().map(|source| self.narrowed(source)),
            None => Sources::Unindexed,
        }
    }

    fn narrowed(&self, source: Source) -> Source {
        let row = Row::narrowed();
        let others = self.conditions.iter().enumerate().filter(|(index, _)| *index != self.driver);
        let others: Vec<&Condition> = others.map(|(_, condition)| condition).collect();
        let in_order = source.in_order;
        let mut from = Fragment::text("(").append(source.select()).push(") AS s");
        if others.iter().any(|condition| condition.reads_current()) {
            from = from.push(JOIN).push("current AS n ON n.rid = s.rid");
        }
        let condition = Fragment::all(others.iter().map(|condition| condition.probe(&row)).collect());
        Source { from, condition, in_order }
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let probes = self.conditions.iter().map(|condition| condition.probe(row)).collect();
        Fragment::text("(").append(Fragment::all(probes)).push(")")
    }

    pub(super) fn reads_current(&self) -> bool {
        self.conditions.iter().any(Condition::reads_current) || self.conditions.is_empty()
    }
}
