//! A whole search: what is searched, what is found, and in what order it may be given.

use std::collections::BTreeSet;

use crate::condition::Condition;
use crate::control::Controls;
use crate::include;
use crate::oracle::Oracle;
use crate::population::{Key, Population};
use crate::refusal::Refusal;
use crate::sort;

/// A search as a client writes it.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is searched.
    pub scope: Scope,
    /// Names and values of the query, decoded, in order.
    pub pairs: Vec<(String, String)>,
}

/// What is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One resource type: `[base]/Patient`.
    Type(String),
}

/// What a search finds.
#[derive(Debug)]
pub struct Answer<'o> {
    /// All matches, on whatever page.
    pub matches: BTreeSet<Key>,
    controls: Controls<'o>,
}

impl Oracle {
    /// Answers a search. `now` (microseconds since 1970) is what `ap` of dates takes its tolerance from.
    ///
    /// # Errors
    /// It must be refused.
    pub fn search(
        &self,
        population: &Population,
        request: &Request,
        now: i64,
    ) -> Result<Answer<'_>, Refusal> {
        let Scope::Type(kind) = &request.scope;
        let mut controls = Controls::default();
        let mut conditions = Vec::new();
        for (name, value) in &request.pairs {
            if !controls.read(self, kind, name, value)? {
                conditions.push(self.condition(kind, name, value, now)?);
            }
        }
        let all = Condition::All(conditions);
        let matching = population.of_type(kind).filter(|resource| all.holds(self, population, resource));
        Ok(Answer { matches: matching.map(|resource| resource.key.clone()).collect(), controls })
    }
}

impl Answer<'_> {
    /// Whether only the number of matches is wanted.
    pub fn only_count(&self) -> bool {
        self.controls.only_count
    }

    /// Whether the total must be told.
    pub fn wants_total(&self) -> bool {
        self.controls.wants_total || self.controls.only_count
    }

    /// The matches on a page, where the query gives their number.
    pub fn count(&self) -> Option<usize> {
        self.controls.count
    }

    /// The first two neighbours in a list of matches that contradict `_sort`.
    pub fn disorder<'k>(
        &self,
        oracle: &Oracle,
        population: &Population,
        given: &'k [Key],
    ) -> Option<[&'k Key; 2]> {
        given.windows(2).find_map(|pair| {
            let [first, second] = pair else { return None };
            let (a, b) = (population.find(&first.0, &first.1)?, population.find(&second.0, &second.1)?);
            (!sort::may_precede(oracle, &self.controls.sort, a, b)).then_some([first, second])
        })
    }

    /// What a page with these matches includes.
    pub fn included(&self, oracle: &Oracle, population: &Population, page: &[Key]) -> BTreeSet<Key> {
        include::included(oracle, population, &self.controls.includes, page)
    }
}
