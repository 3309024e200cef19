use serde_json::Value;

use super::{Check, Stop, unique};
use crate::{Answer, Server};

pub(super) const CHECK: Check = Check {
    name: "errors have the right status and an OperationOutcome",
    spec: "https://hl7.org/fhir/R4/http.html#Status-Codes",
    run,
};

const JSON: &str = "application/fhir+json";

fn run(server: &Server) -> Result<(), Stop> {
    let unknown = format!("Patient/{}", unique("nobody"));
    let post =
        |content_type: &str, body: &str| server.request("POST", "Patient").body(content_type, body).send();
    let answers = [
        (server.get(&unknown)?, 404),
        (server.get("NoSuchType/1")?, 404),
        (post(JSON, r#"{"resourceType":"Patient","name":"#)?, 400),
        (post(JSON, r#"{"resourceType":"Observation","status":"final"}"#)?, 400),
        (post("text/plain", "Patient")?, 415),
        (server.request("GET", "metadata").header("Accept", "image/png").send()?, 406),
    ];
    answers.into_iter().try_for_each(|(answer, status)| check(&answer.expect(status)?))
}

fn check(answer: &Answer) -> Result<(), Stop> {
    let outcome = answer.resource("OperationOutcome")?;
    let issues = outcome.get("issue").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    answer.require(!issues.is_empty(), "at least one issue was expected")?;
    let complete = issues.iter().all(|issue| {
        let is_error =
            issue.get("severity").is_some_and(|severity| severity == "error" || severity == "fatal");
        is_error && issue.get("code").is_some_and(Value::is_string)
    });
    answer.require(complete, "issues with severity error and a code were expected")
}
