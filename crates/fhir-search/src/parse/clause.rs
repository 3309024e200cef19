//! One name and value of a query to a [`Clause`]: parameters, chains and reverse chains.

use std::cell::Cell;

use super::modifier::Modifier;
use super::value::Values;
use super::{ParseSettings, Refusal};
use crate::hash::KeyHasher;
use crate::parameters::{Parameter, ParameterKind, Parameters};
use crate::query::Clause;

/// Parses the conditions of one query.
pub(crate) struct Clauses<'a> {
    parameters: &'a Parameters,
    settings: &'a ParseSettings,
    values: Values<'a>,
    /// How many more conditions the query may have.
    left: Cell<usize>,
}

impl<'a> Clauses<'a> {
    pub(crate) fn new(
        parameters: &'a Parameters,
        hasher: &'a KeyHasher,
        settings: &'a ParseSettings,
        now: i64,
    ) -> Self {
        let left = Cell::new(settings.limits.clauses);
        Self { parameters, settings, values: Values { hasher, settings, now }, left }
    }

    /// The condition on resources of a type.
    pub(crate) fn clause(&self, resource_type: &str, name: &str, value: &str) -> Result<Clause, Refusal> {
        self.linked(resource_type, name, value, self.settings.limits.chain_links)
    }

    /// A condition with at most `links` links of chains in it.
    fn linked(&self, resource_type: &str, name: &str, value: &str, links: usize) -> Result<Clause, Refusal> {
        let Some(left) = self.left.get().checked_sub(1) else {
            let most = self.settings.limits.clauses;
            return Err(Refusal::TooCostly(format!(
                "a search may have {most} conditions; name the types of chains"
            )));
        };
        self.left.set(left);
        if let Some(rest) = name.strip_prefix("_has:") {
            return self.has(resource_type, rest, value, self.follow(links)?);
        }
        match name.split_once('.') {
            Some((link, rest)) => self.chain(resource_type, link, rest, value, self.follow(links)?),
            None => self.direct(resource_type, name, value),
        }
    }

    fn follow(&self, links: usize) -> Result<usize, Refusal> {
        links.checked_sub(1).ok_or_else(|| {
            let most = self.settings.limits.chain_links;
            Refusal::TooCostly(format!("a chain may have {most} links"))
        })
    }

    /// `code` or `code:modifier`
    fn direct(&self, resource_type: &str, name: &str, value: &str) -> Result<Clause, Refusal> {
        match name {
            "_id" => return self.values.ids(value).map(Clause::Id),
            "_lastUpdated" => return self.values.dates(name, value).map(Clause::LastUpdated),
            _ => {}
        }
        let (parameter, modifier) = self.parameter(resource_type, name)?;
        let test = self.values.test(parameter, modifier, value)?;
        Ok(Clause::Parameter { parameter: parameter.id, test })
    }

    /// `subject.name`, `subject:Patient.name`
    fn chain(
        &self,
        resource_type: &str,
        link: &str,
        rest: &str,
        value: &str,
        links: usize,
    ) -> Result<Clause, Refusal> {
        let (parameter, modifier) = self.parameter(resource_type, link)?;
        if parameter.value.kind != ParameterKind::Reference {
            let (code, kind) = (&parameter.code, parameter.value.kind.code());
            return Err(Refusal::Unsupported(format!(
                "'{code}' is a {kind} parameter, only references can be chained"
            )));
        }
        let chained = |target: &str| {
            let clause = Box::new(self.linked(target, rest, value, links)?);
            Ok(Clause::Chain { reference: parameter.id, target: target.into(), clause })
        };
        match (modifier, parameter.value.targets.as_slice()) {
            (Some(Modifier::Type(target)), _) => chained(target),
            (_, [only]) => chained(only),
            (_, targets) => self.chains(parameter, targets, rest, chained),
        }
    }

    /// A chain to those of several types that have the next parameter.
    fn chains(
        &self,
        parameter: &Parameter,
        targets: &[Box<str>],
        rest: &str,
        chained: impl Fn(&str) -> Result<Clause, Refusal>,
    ) -> Result<Clause, Refusal> {
        let code = &parameter.code;
        let candidates: Vec<&str> = targets
            .iter()
            .map(|target| &**target)
            .filter(|target| self.has_parameter(target, rest))
            .collect();
        let most = self.settings.limits.chain_targets;
        if candidates.len() > most {
            return Err(Refusal::TooCostly(format!(
                "'{code}' can point to {} types that have '{rest}'; name one of them, as in '{code}:{}.{rest}'",
                candidates.len(),
                candidates.first().unwrap_or(&"Patient"),
            )));
        }
        let mut alternatives = Vec::with_capacity(candidates.len());
        for target in candidates {
            match chained(target) {
                Ok(clause) => alternatives.push(clause),
                // Another type may have what this one has not.
                Err(Refusal::Unsupported(_)) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        match (alternatives.pop(), alternatives.is_empty()) {
            (None, _) => Err(Refusal::Unsupported(format!(
                "none of the types that '{code}' can point to ({}) supports '{rest}'",
                targets.join(", ")
            ))),
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                alternatives.push(last);
                Ok(Clause::Any(alternatives))
            }
        }
    }

    /// Whether the first parameter of the rest of a chain exists for a type.
    fn has_parameter(&self, resource_type: &str, rest: &str) -> bool {
        let code = rest.split(['.', ':']).next().unwrap_or_default();
        matches!(code, "_id" | "_lastUpdated" | "_has") || self.parameters.get(resource_type, code).is_some()
    }

    /// `Observation:patient:code`, the text after `_has:`.
    fn has(&self, resource_type: &str, rest: &str, value: &str, links: usize) -> Result<Clause, Refusal> {
        let mut parts = rest.splitn(3, ':');
        let (Some(source), Some(code), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            let text = format!("'_has:{rest}' is not of the form _has:Type:reference:parameter");
            return Err(Refusal::Invalid(text));
        };
        if !self.parameters.has_type(source) {
            return Err(Refusal::Unsupported(format!("'_has:{source}': {source} is not a resource type")));
        }
        let (reference, modifier) = self.parameter(source, code)?;
        if modifier.is_some() || !reference.can_point_to(resource_type) {
            return Err(Refusal::Unsupported(format!(
                "'{code}' of {source} cannot point to {resource_type}"
            )));
        }
        let clause = Box::new(self.linked(source, rest, value, links)?);
        Ok(Clause::Has { source: source.into(), reference: reference.id, clause })
    }

    /// The parameter of a type and its modifier.
    fn parameter<'n>(
        &self,
        resource_type: &str,
        name: &'n str,
    ) -> Result<(&'a Parameter, Option<Modifier<'n>>), Refusal> {
        let (code, modifier) = match name.split_once(':') {
            Some((code, modifier)) => (code, Some(modifier)),
            None => (name, None),
        };
        if let (Some(modifier), "_id" | "_lastUpdated") = (modifier, code) {
            return Err(Refusal::Unsupported(format!(
                "'{code}' takes no modifier, and so not ':{modifier}'"
            )));
        }
        let parameter =
            self.parameters.get(resource_type, code).ok_or_else(|| self.unknown(resource_type, code))?;
        let modifier = modifier.map(|text| Modifier::parse(text, parameter, self.parameters)).transpose()?;
        Ok((parameter, modifier))
    }

    fn unknown(&self, resource_type: &str, code: &str) -> Refusal {
        let mut codes: Vec<&str> =
            self.parameters.of_type(resource_type).iter().map(|parameter| &*parameter.code).collect();
        codes.extend(["_id", "_lastUpdated", "_has"]);
        codes.sort_unstable();
        let unsupported =
            self.parameters.unsupported(resource_type).iter().find(|known| *known.code == *code);
        let reason = unsupported.map(|known| format!(" ({})", known.reason)).unwrap_or_default();
        Refusal::Unsupported(format!(
            "the search parameter '{code}' of {resource_type} is not supported{reason}; supported are {}",
            codes.join(", ")
        ))
    }
}
