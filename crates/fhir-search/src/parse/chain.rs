//! Chains and reverse chains (R4 search, sections 3.1.1.4.15 and 3.1.1.4.16).

use std::slice;

use super::clause::{Clauses, any, split};
use super::modifier::Modifier;
use super::refusal::{Refusal, shown};
use super::special::Special;
use crate::parameters::{Parameter, ParameterKind};
use crate::query::Clause;

/// Gives the condition on resources of these types.
pub(super) type Next<'r> = dyn Fn(&[Box<str>]) -> Result<Clause, Refusal> + 'r;

/// What comes after a link of a chain.
#[derive(Clone, Copy)]
pub(super) struct Rest<'r> {
    /// As it is written.
    pub(super) text: &'r str,
    /// What must hold for the resources that the link leads to.
    pub(super) next: &'r Next<'r>,
}

impl Clauses<'_> {
    /// `subject.name`, `subject:Patient.name`
    pub(super) fn chain(&self, types: &[Box<str>], link: &str, rest: Rest<'_>) -> Result<Clause, Refusal> {
        let (code, modifier) = split(link);
        let chains = self.of_types(types, code)?.into_iter().map(|parameter| {
            if parameter.value.kind != ParameterKind::Reference {
                let kind = parameter.value.kind.code();
                return Err(Refusal::Unsupported(format!(
                    "'{code}' is a {kind} parameter, only references can be chained"
                )));
            }
            match modifier.map(|text| Modifier::parse(text, parameter, self.parameters)).transpose()? {
                None => self.chain_from(parameter, rest),
                Some(Modifier::Type(target)) => link_to(parameter, target, rest),
                Some(_) => Err(Refusal::Unsupported(format!(
                    "'{}': a link of a chain takes no modifier but a resource type",
                    shown(link)
                ))),
            }
        });
        Ok(any(chains.collect::<Result<_, _>>()?))
    }

    /// A chain from one parameter to all types that it can point to and that have the next parameter.
    fn chain_from(&self, parameter: &Parameter, rest: Rest<'_>) -> Result<Clause, Refusal> {
        let (code, targets) = (&parameter.code, &parameter.value.targets);
        if let [only] = targets.as_slice() {
            return link_to(parameter, only, rest);
        }
        let (next, _) = split(rest.text.split('.').next().unwrap_or_default());
        let has_next = |target: &&str| {
            next == "_has" || Special::of(next).is_some() || self.parameters.get(target, next).is_some()
        };
        let candidates: Vec<&str> = targets.iter().map(|target| &**target).filter(has_next).collect();
        if candidates.len() > self.settings.limits.chain_targets {
            let (count, text) = (candidates.len(), shown(rest.text));
            return Err(Refusal::TooCostly(format!(
                "'{code}' can point to {count} types that have '{text}'; name one of them, as in '{code}:Patient.{text}'"
            )));
        }
        let mut chains = Vec::with_capacity(candidates.len());
        for target in candidates {
            match link_to(parameter, target, rest) {
                Ok(clause) => chains.push(clause),
                // Another type may have what this one has not.
                Err(Refusal::Unsupported(_)) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        if chains.is_empty() {
            let (text, targets) = (shown(rest.text), targets.join(", "));
            return Err(Refusal::Unsupported(format!(
                "none of the types that '{code}' can point to ({targets}) supports '{text}'"
            )));
        }
        Ok(any(chains))
    }

    /// `_has:source:code:rest`
    pub(super) fn has(
        &self,
        types: &[Box<str>],
        source: &str,
        code: &str,
        rest: Rest<'_>,
    ) -> Result<Clause, Refusal> {
        if !self.parameters.has_type(source) {
            let source = shown(source);
            return Err(Refusal::Unsupported(format!("'_has:{source}': {source} is not a resource type")));
        }
        let source: Box<str> = source.into();
        let reference = self.of_types(slice::from_ref(&source), code)?;
        let Some(reference) = reference.first() else { return Ok(Clause::Any(Vec::new())) };
        if let Some(kind) = types.iter().find(|kind| !reference.can_point_to(kind)) {
            return Err(Refusal::Unsupported(format!("'{code}' of {source} cannot point to {kind}")));
        }
        let clause = Box::new((rest.next)(slice::from_ref(&source))?);
        Ok(Clause::Has { source, reference: reference.id, clause })
    }
}

fn link_to(parameter: &Parameter, target: &str, rest: Rest<'_>) -> Result<Clause, Refusal> {
    let target: Box<str> = target.into();
    let clause = Box::new((rest.next)(slice::from_ref(&target))?);
    Ok(Clause::Chain { reference: parameter.id, target, clause })
}
