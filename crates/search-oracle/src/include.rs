//! `_include` and `_revinclude` (R4 search, 3.1.1.6.5).

use std::collections::BTreeSet;

use crate::control::Include;
use crate::oracle::Oracle;
use crate::population::{Key, Population, Stored};
use crate::reference::Target;

/// The resources that a page of matches includes, without the matches themselves.
pub(crate) fn included(
    oracle: &Oracle,
    population: &Population,
    includes: &[Include<'_>],
    page: &[Key],
) -> BTreeSet<Key> {
    let mut reached: BTreeSet<Key> = page.iter().cloned().collect();
    let mut from: Vec<&Stored> = page.iter().filter_map(|(kind, id)| population.find(kind, id)).collect();
    let mut first = true;
    while !from.is_empty() {
        let steps = includes.iter().filter(|include| first || include.iterate);
        let found: BTreeSet<Key> =
            steps.flat_map(|include| include.step(oracle, population, &from)).collect();
        let new: Vec<Key> = found.into_iter().filter(|key| reached.insert(key.clone())).collect();
        from = new.iter().filter_map(|(kind, id)| population.find(kind, id)).collect();
        first = false;
    }
    reached.into_iter().filter(|key| !page.contains(key)).collect()
}

impl Include<'_> {
    /// The resources one step away.
    fn step(&self, oracle: &Oracle, population: &Population, from: &[&Stored]) -> Vec<Key> {
        let is_wanted = |kind: &str| self.target.as_deref().is_none_or(|target| target == kind);
        if !self.reverse {
            let sources = from.iter().filter(|resource| resource.kind() == self.source);
            let targets = sources.flat_map(|resource| self.targets(oracle, resource));
            return targets
                .filter(|(kind, id)| is_wanted(kind) && population.find(kind, id).is_some())
                .collect();
        }
        let points = |resource: &&Stored| {
            let targets = self.targets(oracle, resource);
            from.iter().any(|wanted| is_wanted(wanted.kind()) && targets.contains(&wanted.key))
        };
        population.of_type(&self.source).filter(points).map(|resource| resource.key.clone()).collect()
    }

    fn targets(&self, oracle: &Oracle, resource: &Stored) -> Vec<Key> {
        let all = self.parameters.iter().flat_map(|parameter| oracle.targets(parameter, resource));
        all.filter_map(|target| match target {
            Target::Local(key) => Some(key),
            Target::Url(_) => None,
        })
        .collect()
    }
}
