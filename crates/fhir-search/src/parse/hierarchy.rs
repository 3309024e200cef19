//! `:above` and `:below` of references (R4 search, sections 3.1.1.4.13 and 3.1.1.4.14).

use super::clause::any;
use super::modifier::Modifier;
use super::refusal::{Refusal, shown};
use super::value::Values;
use crate::keys::Target;
use crate::parameters::{Parameter, ParameterId, Parameters};
use crate::query::{Clause, Direction, Test};

/// The types whose resources are parts of others of their type, with the parameter that points to the whole. Only references that
/// make a strict hierarchy are here: replacements, derivations and members are none.
pub(crate) const HIERARCHIES: &[(&str, &str)] = &[
    ("CarePlan", "part-of"),
    ("Communication", "part-of"),
    ("DeviceDefinition", "parent"),
    ("Encounter", "part-of"),
    ("Location", "partof"),
    ("MedicationStatement", "part-of"),
    ("Organization", "partof"),
    ("Procedure", "part-of"),
    ("ResearchStudy", "partof"),
    ("Specimen", "parent"),
    ("Task", "part-of"),
];

/// The parameter along which the resources of a type form a hierarchy.
fn along(parameters: &Parameters, kind: &str) -> Option<ParameterId> {
    let (_, code) = HIERARCHIES.iter().find(|(known, _)| *known == kind)?;
    parameters.get(kind, code).map(|parameter| parameter.id)
}

impl Values<'_> {
    /// The condition of a reference parameter with `:above` or `:below`.
    pub(super) fn hierarchy(
        &self,
        parameter: &Parameter,
        modifier: Modifier<'_>,
        value: &str,
    ) -> Result<Clause, Refusal> {
        let of_targets = parameter.value.targets.iter();
        let hierarchies: Vec<(Box<str>, ParameterId)> =
            of_targets.filter_map(|kind| Some((kind.clone(), along(self.parameters, kind)?))).collect();
        let kinds: Vec<Box<str>> = hierarchies.iter().map(|(kind, _)| kind.clone()).collect();
        let mut targets = Vec::new();
        for alternative in self.alternatives(&parameter.code, value)? {
            let found = self.targets(parameter, &kinds, alternative)?;
            if found.is_empty() {
                return Err(no_hierarchy(parameter, alternative));
            }
            targets.extend(found);
        }
        let direction = if modifier == Modifier::Above { Direction::Above } else { Direction::Below };
        let mut clauses = Vec::new();
        let canonicals: Vec<Target> =
            targets.iter().filter(|target| matches!(target, Target::Url(_))).cloned().collect();
        if !canonicals.is_empty() {
            clauses.push(canonical(parameter, direction, canonicals)?);
        }
        for (kind, along) in hierarchies {
            let of_kind = |target: &&Target| matches!(target, Target::Resource { kind: k, .. } if *k == kind);
            let targets: Vec<Target> = targets.iter().filter(of_kind).cloned().collect();
            if !targets.is_empty() {
                let test = Test::Hierarchy { targets, along, direction };
                clauses.push(Clause::Parameter { parameter: parameter.id, test });
            }
        }
        Ok(any(clauses))
    }
}

/// `:below` of a canonical without version finds all its versions, each of which is indexed without its version too.
fn canonical(parameter: &Parameter, direction: Direction, targets: Vec<Target>) -> Result<Clause, Refusal> {
    let code = &parameter.code;
    let versioned = targets.iter().any(|target| matches!(target, Target::Url(url) if url.contains('|')));
    if direction == Direction::Above || versioned {
        return Err(Refusal::Unsupported(format!(
            "'{code}': of a canonical url only ':below' without a version is supported, which finds all its versions; parts of \
             versions have no order"
        )));
    }
    Ok(Clause::Parameter { parameter: parameter.id, test: Test::Reference(targets) })
}

fn no_hierarchy(parameter: &Parameter, value: &str) -> Refusal {
    let known: Vec<&str> = HIERARCHIES.iter().map(|(kind, _)| *kind).collect();
    Refusal::Unsupported(format!(
        "'{}': '{}' is not of a type whose resources are parts of others; these are {}",
        parameter.code,
        shown(value),
        known.join(", ")
    ))
}
