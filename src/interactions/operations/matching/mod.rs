//! `$match`: the records that may be those of a person (R4 Patient operation match).
//!
//! Searches find candidates, [`patient_matching`] compares each with what was given, and those that are not certainly other people
//! come back, the most likely first. A record that was replaced by another is not among them: the other one is.

mod answer;
mod candidates;

use fhir_model::{Issue, IssueType, Node};
use patient_matching::{Comparison, Grade, Person, blocks, compare};

use self::answer::Answer;
use self::candidates::Candidates;
use super::definition::{Call, Level, Operation, Parameter};
use super::graph::{Key, existing, parsed};
use crate::interactions::{Context, Error, Response, prepare};
use crate::store::Version;

pub(super) static MATCH: Operation = Operation {
    name: "match",
    definition: "http://hl7.org/fhir/OperationDefinition/Patient-match",
    levels: &[Level::Type],
    types: &["Patient"],
    by_get: false,
    changes_data: false,
    parameters: &[
        Parameter::once("resource", "Resource"),
        Parameter::once("onlyCertainMatches", "boolean"),
        Parameter::once("count", "integer"),
    ],
    takes_search: false,
    returns: Some("Bundle"),
    perform: find_matches,
};

/// Matches in an answer when the client does not say.
const COUNT: usize = 20;

/// A record that was compared.
struct Match {
    version: Version,
    comparison: Comparison,
}

/// A record that fits, but was replaced by another.
struct Replaced {
    id: Box<str>,
    by: Vec<String>,
}

fn find_matches(call: &Call<'_>) -> Result<Response, Error> {
    let only_certain = call.inputs.flag("onlyCertainMatches")?;
    let count = call.inputs.positive("count")?.unwrap_or(COUNT).min(call.context.limits.max_count);
    let person = person(call)?;
    let candidates = candidates::find(call.context, &blocks(&person))?;
    let mut answer = Answer::default();
    if person.nhs_numbers.iter().any(|number| !number.is_valid) {
        answer.warn(
            IssueType::Value,
            "an NHS number that was given is not valid, and counts only as a typing error",
        );
    }
    let incomplete = candidates.incomplete.clone();
    let matches = compared(call.context, &person, candidates, &mut answer)?;
    if !incomplete.is_empty() && matches.iter().all(|found| found.comparison.grade != Grade::Certain) {
        let text = format!(
            "not all patients like this were compared, since many have this in common: {}",
            incomplete.join("; ")
        );
        answer.warn(IssueType::Incomplete, text);
    }
    answer.choose(matches, only_certain, count);
    Ok(Response::resource(answer.to_json(&call.request.base)))
}

/// The person who is looked for. The resource need not be complete, but must be a Patient.
fn person(call: &Call<'_>) -> Result<Person, Error> {
    let Some(patient) = call.inputs.resource("resource") else {
        return Err(Error::NoBody("Patient".to_owned()));
    };
    let found = patient.resource_type().unwrap_or("value without resourceType");
    if found != "Patient" {
        return Err(Error::WrongType { expected: "Patient".to_owned(), found: found.to_owned() });
    }
    let issues = call.context.validation.structure(patient);
    if issues.iter().any(Issue::is_error) {
        return Err(Error::Invalid(issues));
    }
    let person = Person::read(patient);
    if blocks(&person).is_empty() {
        let text = "too little is known to look for the patient: an identifier with system and value, a birth date, a family and a given name, a telecom or a postcode was expected";
        return Err(Error::BadRequest(vec![Issue::error(IssueType::Required, text).at("Patient")]));
    }
    Ok(person)
}

/// The candidates that may be the person. What replaced one of them is a candidate, too.
fn compared(
    context: &Context,
    person: &Person,
    mut candidates: Candidates,
    answer: &mut Answer,
) -> Result<Vec<Match>, Error> {
    let mut matches = Vec::new();
    while let Some(version) = candidates.next() {
        let document = parsed(&version)?;
        let comparison = compare(person, &Person::read(document.root()));
        if comparison.grade == Grade::CertainlyNot {
            continue;
        }
        let by: Vec<String> = replacements(document.root()).map(str::to_owned).collect();
        if by.is_empty() {
            matches.push(Match { version, comparison });
            continue;
        }
        for reference in &by {
            if let Some(target) = replacement(context, reference)? {
                candidates.add(target);
            }
        }
        answer.replaced.push(Replaced { id: version.id, by });
    }
    Ok(matches)
}

/// The references to what replaced a patient (`Patient.link` of the type `replaced-by`).
fn replacements(patient: Node<'_>) -> impl Iterator<Item = &str> {
    let links = patient.get("link").into_iter().flat_map(Node::items);
    let replacing = links.filter(|link| link.get_str("type") == Some("replaced-by"));
    replacing.map(|link| {
        link.get("other").and_then(|other| other.get_str("reference")).unwrap_or("another record")
    })
}

/// The patient of this server that a reference leads to, if it exists.
fn replacement(context: &Context, reference: &str) -> Result<Option<Version>, Error> {
    match prepare::local_target(context, reference) {
        Some((kind, id)) if kind == "Patient" => existing(context, &Key { kind: kind.into(), id: id.into() }),
        _ => Ok(None),
    }
}
