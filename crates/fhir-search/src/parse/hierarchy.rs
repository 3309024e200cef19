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
        let urls = targets.iter().filter_map(|target| match target {
            Target::Url(url) => Some(url.clone()),
            Target::Resource { .. } => None,
        });
        clauses.extend(canonicals(parameter, direction, urls.collect())?);
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

/// `:below` of a canonical without version finds all its versions, each of which is indexed without its version too; of one with a
/// version those that go on from it.
fn canonicals(
    parameter: &Parameter,
    direction: Direction,
    urls: Vec<Box<str>>,
) -> Result<Vec<Clause>, Refusal> {
    let code = &parameter.code;
    if !urls.is_empty() && direction == Direction::Above {
        return Err(Refusal::Unsupported(format!(
            "'{code}:above': nothing is above a canonical url; ':below' finds its versions"
        )));
    }
    if let Some(url) = urls.iter().find(|url| url.ends_with('|')) {
        return Err(Refusal::Invalid(format!("'{code}': '{}' has no version behind the '|'", shown(url))));
    }
    let (versioned, plain): (Vec<_>, Vec<_>) = urls.into_iter().partition(|url| url.contains('|'));
    let clause = |test| Clause::Parameter { parameter: parameter.id, test };
    let plain: Vec<Target> = plain.into_iter().map(Target::Url).collect();
    let plain = (!plain.is_empty()).then(|| clause(Test::Reference(plain)));
    let versioned = (!versioned.is_empty()).then(|| clause(Test::Versions(versioned)));
    Ok(plain.into_iter().chain(versioned).collect())
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
