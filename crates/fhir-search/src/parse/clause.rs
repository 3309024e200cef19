//! One name and value of a query to a [`Clause`].

use std::cell::Cell;

use super::ParseSettings;
use super::chain::Rest;
use super::modifier::Modifier;
use super::refusal::{Refusal, shown};
use super::special::{self, Special};
use super::value::Values;
use crate::parameters::{Parameter, Parameters};
use crate::query::Clause;

/// Parses the conditions of one query.
pub(crate) struct Clauses<'a> {
    pub(super) parameters: &'a Parameters,
    pub(super) settings: &'a ParseSettings,
    pub(super) values: Values<'a>,
    /// How many more conditions the query may have.
    left: Cell<usize>,
}

impl<'a> Clauses<'a> {
    pub(crate) fn new(parameters: &'a Parameters, settings: &'a ParseSettings, values: Values<'a>) -> Self {
        let left = Cell::new(settings.limits.clauses);
        Self { parameters, settings, values, left }
    }

    /// The condition on resources of these types, each of which must have the parameter.
    pub(crate) fn clause(&self, types: &[Box<str>], name: &str, value: &str) -> Result<Clause, Refusal> {
        self.linked(types, name, value, self.settings.limits.chain_links)
    }

    /// A condition with at most `links` links of chains in it.
    pub(super) fn linked(
        &self,
        types: &[Box<str>],
        name: &str,
        value: &str,
        links: usize,
    ) -> Result<Clause, Refusal> {
        let continued = |rest: &str, links: usize, follow: &dyn Fn(Rest<'_>) -> Result<Clause, Refusal>| {
            let next = |types: &[Box<str>]| self.linked(types, rest, value, links);
            follow(Rest { text: rest, next: &next })
        };
        if let Some(rest) = name.strip_prefix("_has:") {
            let (source, code, rest) = special::has_parts(rest)?;
            let links = self.follow(links)?;
            return continued(rest, links, &|rest| self.has(types, source, code, rest));
        }
        match name.split_once('.') {
            Some((link, rest)) => {
                let links = self.follow(links)?;
                continued(rest, links, &|rest| self.chain(types, link, rest))
            }
            None => self.direct(types, name, value),
        }
    }

    /// One link less. It counts as a condition, so that a chain that branches at every link comes to an end too.
    pub(super) fn follow(&self, links: usize) -> Result<usize, Refusal> {
        self.spend()?;
        links.checked_sub(1).ok_or_else(|| {
            let most = self.settings.limits.chain_links;
            Refusal::TooCostly(format!("a chain may have {most} links"))
        })
    }

    /// Counts one condition more.
    pub(super) fn spend(&self) -> Result<(), Refusal> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| {
            let most = self.settings.limits.clauses;
            Refusal::TooCostly(format!("a search may have {most} conditions; name the types of chains"))
        })?;
        self.left.set(left);
        Ok(())
    }

    /// `code` or `code:modifier`
    fn direct(&self, types: &[Box<str>], name: &str, value: &str) -> Result<Clause, Refusal> {
        let (code, modifier) = split(name);
        if let Some(special) = Special::of(code) {
            self.spend()?;
            return self.special(types, special, modifier, value);
        }
        let mut negated = false;
        let clause = self.tested(types, code, &mut |parameter| {
            let modifier =
                modifier.map(|text| Modifier::parse(text, parameter, self.parameters)).transpose()?;
            negated = self.values.negates(parameter, modifier, value)?;
            self.values.clause(parameter, modifier, value)
        })?;
        Ok(if negated { Clause::Not(Box::new(clause)) } else { clause })
    }

    /// What `test` makes of the parameter of that code, for each of the types.
    pub(super) fn tested(
        &self,
        types: &[Box<str>],
        code: &str,
        test: &mut dyn FnMut(&Parameter) -> Result<Clause, Refusal>,
    ) -> Result<Clause, Refusal> {
        self.spend()?;
        let clauses = self.of_types(types, code)?.into_iter().map(test);
        Ok(any(clauses.collect::<Result<_, _>>()?))
    }

    /// The parameter of that code for each of the types.
    pub(super) fn of_types(&self, types: &[Box<str>], code: &str) -> Result<Vec<&'a Parameter>, Refusal> {
        let found: Vec<Option<&Parameter>> =
            types.iter().map(|kind| self.parameters.get(kind, code)).collect();
        let missing = types.iter().zip(&found).filter(|(_, parameter)| parameter.is_none());
        let missing: Vec<&str> = missing.map(|(kind, _)| &**kind).collect();
        match (missing.first(), types) {
            (None, _) => Ok(found.into_iter().flatten().collect()),
            (Some(_), [only]) => Err(self.unknown(only, code)),
            (Some(first), _) => Err(Refusal::Unsupported(format!(
                "a search of several types takes the parameters that all of them have, and '{}' is not a parameter of {first}{}; \
                 all have {}",
                shown(code),
                if missing.len() > 1 {
                    format!(" and {} other types", missing.len() - 1)
                } else {
                    String::new()
                },
                self.common(types).join(", ")
            ))),
        }
    }

    /// The names of the parameters that all types have.
    fn common(&self, types: &[Box<str>]) -> Vec<&'a str> {
        let Some((first, others)) = types.split_first() else { return Vec::new() };
        let everywhere = |code: &str| others.iter().all(|kind| self.parameters.get(kind, code).is_some());
        let codes = self.parameters.of_type(first).iter().map(|parameter| &*parameter.code);
        let mut common: Vec<&str> = codes.filter(|code| everywhere(code)).collect();
        common.extend(special::names());
        common.sort_unstable();
        common
    }

    fn unknown(&self, resource_type: &str, code: &str) -> Refusal {
        let codes = self.common(&[resource_type.into()]);
        let unsupported =
            self.parameters.unsupported(resource_type).iter().find(|known| *known.code == *code);
        let reason = unsupported.map(|known| format!(" ({})", known.reason)).unwrap_or_default();
        Refusal::Unsupported(format!(
            "the search parameter '{}' of {resource_type} is not supported{reason}; supported are {}",
            shown(code),
            codes.join(", ")
        ))
    }
}

/// The code of a name and its modifier.
pub(super) fn split(name: &str) -> (&str, Option<&str>) {
    name.split_once(':').map_or((name, None), |(code, modifier)| (code, Some(modifier)))
}

/// One of the clauses.
pub(super) fn any(mut clauses: Vec<Clause>) -> Clause {
    clauses.dedup();
    match (clauses.pop(), clauses.is_empty()) {
        (Some(only), true) => only,
        (last, _) => Clause::Any(clauses.into_iter().chain(last).collect()),
    }
}

/// All of the clauses.
pub(super) fn all(mut clauses: Vec<Clause>) -> Clause {
    match (clauses.pop(), clauses.is_empty()) {
        (Some(only), true) => only,
        (last, _) => Clause::All(clauses.into_iter().chain(last).collect()),
    }
}
