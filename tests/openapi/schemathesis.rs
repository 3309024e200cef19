//! schemathesis reads the document and looks for requests whose answers it does not describe.

use std::process::Command;

use crate::common::Server;
use crate::install;

/// The types that it is about, for the time that a run may take: all interactions and all operations are among them.
const TYPES: &str = "Patient,Observation,Composition,OperationDefinition";

/// What must be true of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_of_bodies,\
                      response_headers_conformance,response_schema_conformance";

/// Runs schemathesis against a server, and returns what it counted.
fn run(more: &[&str]) -> Option<String> {
    let python = install::python()?;
    let server = Server::start_with(&["--profiles", "base"]);
    let document = format!("{}/openapi.json?type={TYPES}", server.base.trim_end_matches("/fhir"));
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(python.with_file_name("schemathesis"));
    command.args(["--no-color", "run", &document, "--checks", CHECKS]).args(more);
    command.args(["--seed", "1", "--continue-on-failure", "--warnings", "off"]).current_dir(folder.path());
    command.env("SCHEMATHESIS_HOOKS", "schemathesis_hooks").env("PYTHONPATH", install::source(""));
    let printed = install::run(&mut command).unwrap_or_else(|text| panic!("{text}"));
    let count = printed.lines().find(|line| line.contains(" generated, ")).unwrap_or_default();
    Some(count.trim().to_owned())
}

#[test]
fn random_requests_get_no_answer_that_is_not_described() {
    let examples = std::env::var("WESTWAY_SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| "8".to_owned());
    if let Some(count) = run(&["--phases", "fuzzing", "--max-examples", &examples]) {
        println!("schemathesis, random requests by all methods: {count}");
    }
}

/// Bodies have too many combinations for this phase: it is about parameters and headers.
#[test]
fn every_parameter_with_good_and_bad_values_gets_no_answer_that_is_not_described() {
    if let Some(count) =
        run(&["--phases", "coverage", "--include-method", "GET", "--include-method", "DELETE"])
    {
        println!("schemathesis, each parameter of GET and DELETE: {count}");
    }
}
