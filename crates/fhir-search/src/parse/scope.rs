//! Where a search looks: in one type, in the whole system, or in a compartment (R4 HTTP 3.1.0.9, Search).

use fhir_model::primitive::identifiers::is_id;

use super::refusal::{Refusal, shown};
use crate::keys::Target;
use crate::parameters::Parameters;
use crate::query::{Clause, Test};

/// Where a search looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// `[base]/Patient?`
    Type(&'a str),
    /// `[base]?`: the types that `_type` names, or all.
    System,
    /// `[base]/Patient/1/Observation?`
    Compartment {
        /// The type that has the compartment: `Patient`.
        owner: &'a str,
        /// The id of the resource that has it.
        id: &'a str,
        /// The type searched in it; `None` (`*`) for those that `_type` names, or all.
        member: Option<&'a str>,
    },
}

impl Scope<'_> {
    /// The name by which `_type` is given.
    pub(super) const TYPE: &'static str = "_type";

    /// That `_type` says something here: not where only one type is searched.
    pub(super) fn takes_types(&self) -> Result<(), Refusal> {
        match self {
            Self::System | Self::Compartment { member: None, .. } => Ok(()),
            Self::Type(kind) | Self::Compartment { member: Some(kind), .. } => {
                Err(Refusal::Unsupported(format!(
                    "'_type' is for searches of the whole system or of a whole compartment; this one finds {}",
                    shown(kind)
                )))
            }
        }
    }

    /// The types searched; `wanted` is the value of `_type` where it is taken.
    pub(super) fn types(
        &self,
        parameters: &Parameters,
        wanted: Option<&str>,
    ) -> Result<Vec<Box<str>>, Refusal> {
        let possible = match self {
            Self::Type(kind) => return known(parameters, kind),
            Self::Compartment { owner, member: Some(kind), .. } => {
                let kind = known(parameters, kind)?;
                self.members(parameters)?.into_iter().find(|member| kind.contains(member)).ok_or_else(
                    || {
                        let kind = kind.concat();
                        Refusal::Unsupported(format!("{kind} is not in the compartment of {owner}"))
                    },
                )?;
                return Ok(kind);
            }
            Self::System => parameters.resource_types().map(Into::into).collect(),
            Self::Compartment { .. } => self.members(parameters)?,
        };
        match wanted {
            Some(wanted) => named(parameters, &possible, wanted),
            None => Ok(possible),
        }
    }

    /// The types of the compartment.
    fn members(&self, parameters: &Parameters) -> Result<Vec<Box<str>>, Refusal> {
        let Self::Compartment { owner, .. } = self else { return Ok(Vec::new()) };
        let compartment = parameters.compartment(owner).ok_or_else(|| {
            let owners: Vec<&str> = parameters.compartments().collect();
            let (owner, owners) = (shown(owner), owners.join(", "));
            Refusal::Unsupported(format!("'{owner}' has no compartment; these types have: {owners}"))
        })?;
        Ok(compartment.members().map(Into::into).collect())
    }

    /// That a resource of these types is in the compartment; `None` where there is none.
    pub(super) fn clause(
        &self,
        parameters: &Parameters,
        types: &[Box<str>],
    ) -> Result<Option<Clause>, Refusal> {
        let Self::Compartment { owner, id, .. } = self else { return Ok(None) };
        if !is_id(id) {
            let text = format!("'{}' is not an id, and so has no compartment", shown(id));
            return Err(Refusal::Invalid(text));
        }
        let Some(compartment) = parameters.compartment(owner) else { return Ok(None) };
        let target = Target::Resource { kind: (*owner).into(), id: (*id).into() };
        let linked = types.iter().flat_map(|kind| compartment.parameters(kind)).map(|parameter| {
            Clause::Parameter { parameter: *parameter, test: Test::Reference(vec![target.clone()]) }
        });
        let itself = types.iter().any(|kind| **kind == **owner);
        let itself = itself.then(|| Clause::Resource { kind: (*owner).into(), id: (*id).into() });
        Ok(Some(Clause::Any(linked.chain(itself).collect())))
    }
}

fn known(parameters: &Parameters, kind: &str) -> Result<Vec<Box<str>>, Refusal> {
    if parameters.has_type(kind) {
        return Ok(vec![kind.into()]);
    }
    Err(Refusal::Unsupported(format!("'{}' is not a resource type that can be searched", shown(kind))))
}

/// The types that `_type` names, in the order of the definitions.
fn named(parameters: &Parameters, possible: &[Box<str>], wanted: &str) -> Result<Vec<Box<str>>, Refusal> {
    let names: Vec<&str> = wanted.split(',').collect();
    for name in &names {
        if !parameters.has_type(name) {
            let text = format!("'_type': '{}' is not a resource type that can be searched", shown(name));
            return Err(Refusal::Invalid(text));
        }
        if !possible.iter().any(|kind| **kind == **name) {
            let text = format!("'_type': {name} is not in this compartment, only {}", possible.join(", "));
            return Err(Refusal::Invalid(text));
        }
    }
    Ok(possible.iter().filter(|kind| names.contains(&&***kind)).cloned().collect())
}
