use serde_json::Value;

use super::{Check, Stop};
use crate::Server;

pub(super) const CHECK: Check = Check {
    name: "the server gives a CapabilityStatement for R4",
    spec: "https://hl7.org/fhir/R4/http.html#capabilities",
    run,
};

fn run(server: &Server) -> Result<(), Stop> {
    let answer = server.get("metadata")?.expect(200)?;
    let media_type = answer.header("content-type").starts_with("application/fhir+json");
    answer.require(media_type, "the media type application/fhir+json was expected")?;
    let statement = answer.resource("CapabilityStatement")?;
    for (member, expected) in [("fhirVersion", "4.0.1"), ("kind", "instance"), ("status", "active")] {
        let found = statement.get(member).is_some_and(|value| value == expected);
        answer.require(found, &format!("{member} {expected} was expected"))?;
    }
    let json = statement.get("format").and_then(Value::as_array).is_some_and(|formats| {
        formats.iter().any(|format| format == "json" || format == "application/fhir+json")
    });
    answer.require(json, "JSON among the formats was expected")?;
    let resources = statement.pointer("/rest/0/resource").and_then(Value::as_array);
    answer.require(resources.is_some_and(|all| !all.is_empty()), "at least one resource type was expected")
}
