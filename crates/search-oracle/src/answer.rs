//! A whole search: what is searched, what is found, and in what order it may be given.

use std::collections::{BTreeMap, BTreeSet};

use crate::condition::Condition;
use crate::control::Controls;
use crate::include;
use crate::oracle::Oracle;
use crate::parse::Reading;
use crate::population::{Key, Population};
use crate::refusal::Refusal;
use crate::scope::Scope;
use crate::sort;

/// A search as a client writes it.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is searched.
    pub scope: Scope,
    /// Names and values of the query, decoded, in order.
    pub pairs: Vec<(String, String)>,
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
        let mut types_wanted = request.pairs.iter().filter(|(name, _)| name == "_type");
        let wanted = types_wanted.next().map(|(_, value)| value.as_str());
        if types_wanted.next().is_some() {
            return Refusal::invalid("'_type' was given twice");
        }
        let types = request.scope.types(self, wanted)?;
        let mut controls = Controls::default();
        let mut conditions: BTreeMap<&str, Vec<Condition<'_>>> = BTreeMap::new();
        for kind in &types {
            conditions.insert(kind, vec![request.scope.condition(self, kind)?]);
        }
        let mut reading = Reading::new(self, now);
        for (name, value) in request.pairs.iter().filter(|(name, _)| name != "_type") {
            if !controls.read(self, &types, name, value)? {
                // Each type by its own parameter of that name, which it must have.
                for (kind, of_type) in &mut conditions {
                    of_type.push(reading.condition(kind, name, value)?);
                }
            }
        }
        controls.check()?;
        reading.refuse_ambiguous(population)?;
        let found = population.resources.iter().filter(|resource| {
            let of_type = conditions.get(resource.kind());
            of_type.is_some_and(|all| all.iter().all(|condition| condition.holds(self, population, resource)))
        });
        Ok(Answer { matches: found.map(|resource| resource.key.clone()).collect(), controls })
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
