//! What is stored before anything is counted: always the same.

use westway::interactions::request::Verb;
use westway::interactions::{Context, Request, perform};

use crate::operations::{Failure, request};

/// Patients, and observations of each.
const PATIENTS: usize = 200;
const OBSERVATIONS: usize = 10;
/// Versions of the patient whose history is read.
const VERSIONS: usize = 30;

const FAMILIES: [&str; 8] = ["Achebe", "Brown", "Chowdhury", "Davies", "Ellis", "Farah", "Green", "Hussain"];

/// Puts the population into an empty database.
pub(crate) fn fill(context: &Context) -> Result<(), Failure> {
    for number in 0..PATIENTS {
        let mut entries = vec![put(&format!("Patient/p{number}"), &patient(number, "London"))];
        entries.extend((0..OBSERVATIONS).map(|kind| {
            let id = number * OBSERVATIONS + kind;
            let body = observation(&format!("o{id}"), &format!("Patient/p{number}"), kind, id);
            put(&format!("Observation/o{id}"), &body)
        }));
        let bundle =
            format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{}]}}"#, entries.join(","));
        perform(context, &Request::bundle(bundle.into_bytes(), "http://localhost/fhir"))?;
    }
    for version in 0..VERSIONS {
        let body = patient(0, if version % 2 == 0 { "Harrow" } else { "Hounslow" });
        perform(context, &request(Verb::Put, "Patient/p0", "", body)?)?;
    }
    Ok(())
}

fn put(url: &str, resource: &str) -> String {
    format!(r#"{{"resource":{resource},"request":{{"method":"PUT","url":"{url}"}}}}"#)
}

/// A patient as a GP system sends it.
pub(crate) fn patient(number: usize, city: &str) -> String {
    let family = FAMILIES.get(number % FAMILIES.len()).copied().unwrap_or_default();
    let gender = if number.is_multiple_of(2) { "female" } else { "male" };
    let (year, month) = (1930 + number % 90, 1 + number % 12);
    format!(
        r#"{{"resourceType":"Patient","id":"p{number}","active":true,
            "meta":{{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"]}},
            "identifier":[{{"system":"https://example.org/hospital-number","value":"H{number:06}"}}],
            "name":[{{"use":"official","family":"{family}","given":["Given{number}"]}}],
            "telecom":[{{"system":"phone","value":"07700 900{number:03}","use":"mobile"}}],
            "gender":"{gender}","birthDate":"{year}-{month:02}-14",
            "address":[{{"use":"home","line":["{number} Canal Walk"],"city":"{city}","postalCode":"W10 5ZZ"}}]}}"#
    )
}

/// A measurement; `kind` chooses its code, `number` its day and value.
pub(crate) fn observation(id: &str, subject: &str, kind: usize, number: usize) -> String {
    let (month, day) = (1 + number % 12, 1 + number % 28);
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final",
            "meta":{{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation"]}},
            "category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}}]}}],
            "code":{{"coding":[{{"system":"https://example.org/measurements","code":"m{kind}","display":"Measurement {kind}"}}]}},
            "subject":{{"reference":"{subject}"}},
            "effectiveDateTime":"2025-{month:02}-{day:02}T10:15:00+00:00",
            "valueQuantity":{{"value":{number}.5,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}}}}"#
    )
}
