//! Where a search looks (R4 HTTP 3.1.0.9): in a type, in the whole system, in a compartment.

use fhir_model::primitive::identifiers::is_id;

use crate::condition::{Condition, Wanted};
use crate::oracle::Oracle;
use crate::reference::{self, Target};
use crate::refusal::Refusal;

/// What is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One resource type: `[base]/Patient`.
    Type(String),
    /// All resources, or those of the types in `_type`.
    System,
    /// What belongs to a resource: `[base]/Patient/1/Observation`, or `[base]/Patient/1/*`.
    Compartment {
        /// The type of the owner.
        owner: String,
        /// The id of the owner.
        id: String,
        /// The type searched; all if there is none.
        member: Option<String>,
    },
}

impl Scope {
    /// The path below the base url.
    pub fn path(&self) -> String {
        match self {
            Self::Type(kind) => kind.clone(),
            Self::System => String::new(),
            Self::Compartment { owner, id, member } => {
                format!("{owner}/{id}/{}", member.as_deref().unwrap_or("*"))
            }
        }
    }

    /// The types searched, given the value of `_type`.
    pub(crate) fn types(&self, oracle: &Oracle, wanted: Option<&str>) -> Result<Vec<String>, Refusal> {
        let possible: Vec<String> = match self {
            Self::Type(kind) | Self::Compartment { member: Some(kind), .. } => {
                if wanted.is_some() || !oracle.has_type(kind) {
                    return Refusal::unsupported("'_type' beside a type, or an unknown type");
                }
                let is_member = self.members(oracle)?.is_none_or(|members| members.contains(kind));
                return match is_member {
                    true => Ok(vec![kind.clone()]),
                    false => Refusal::unsupported(format!("{kind} is in no such compartment")),
                };
            }
            Self::System | Self::Compartment { .. } => match self.members(oracle)? {
                Some(members) => members,
                None => oracle.registry.resource_types().iter().map(|kind| kind.to_string()).collect(),
            },
        };
        let Some(wanted) = wanted else { return Ok(possible) };
        let names: Vec<&str> = wanted.split(',').collect();
        match names.iter().find(|name| !possible.iter().any(|kind| kind == *name)) {
            Some(name) => Refusal::invalid(format!("'_type': {name} is not searched here")),
            None => Ok(possible.into_iter().filter(|kind| names.contains(&kind.as_str())).collect()),
        }
    }

    /// The types that can be in the compartment; `None` where there is no compartment.
    fn members(&self, oracle: &Oracle) -> Result<Option<Vec<String>>, Refusal> {
        let Self::Compartment { owner, .. } = self else { return Ok(None) };
        let compartment = oracle.registry.compartment(owner);
        let compartment =
            compartment.ok_or_else(|| Refusal::Unsupported(format!("{owner} has no compartment")))?;
        let named = compartment.parameters.keys().map(|kind| kind.to_string());
        // The owner belongs to its own compartment.
        let mut members: Vec<String> = named.chain([owner.clone()]).collect();
        members.sort();
        members.dedup();
        Ok(Some(members))
    }

    /// That a resource of a type is where the search looks.
    pub(crate) fn condition<'o>(&self, oracle: &'o Oracle, kind: &str) -> Result<Condition<'o>, Refusal> {
        let Self::Compartment { owner, id, .. } = self else { return Ok(Condition::All(Vec::new())) };
        if !is_id(id) {
            return Refusal::invalid(format!("'{id}' is not an id"));
        }
        let key = (owner.clone(), id.clone());
        let codes =
            oracle.registry.compartment(owner).map(|found| found.parameters(kind)).unwrap_or_default();
        let parameters = codes.iter().filter_map(|code| oracle.parameter(kind, code).ok());
        let points = parameters.map(|parameter| {
            let owner = reference::Wanted::Target(Target::Local(key.clone()));
            Condition::Value(parameter, Wanted::Reference(owner))
        });
        Ok(Condition::Any(points.chain([Condition::Is(key.clone())]).collect()))
    }
}
