//! schemathesis reads the document and looks for requests whose answers it does not describe.

use std::process::Command;

use crate::common::Server;
use crate::install;

/// The types that it is about, for the time that a run may take: all interactions and operations are among them.
const TYPES: &str = "Patient,Observation,Composition,OperationDefinition,SearchParameter";

/// What must be true of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_of_bodies,\
                      response_headers_conformance,response_schema_conformance";

#[test]
fn schemathesis_finds_no_answer_that_is_not_described() {
    let Some(python) = install::python() else { return };
    let server = Server::start_with(&["--profiles", "base"]);
    let document = format!("{}/openapi.json?type={TYPES}", server.base.trim_end_matches("/fhir"));
    let examples = std::env::var("WESTWAY_SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| "10".to_owned());
    let arguments = ["--no-color", "run", &document, "--checks", CHECKS, "--max-examples", &examples];
    let bounds = [
        "--phases",
        "examples,coverage,fuzzing",
        "--seed",
        "1",
        "--continue-on-failure",
        "--warnings",
        "off",
    ];
    let program = python.with_file_name("schemathesis");
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).args(bounds).current_dir(folder.path());
    command.env("SCHEMATHESIS_HOOKS", "schemathesis_hooks").env("PYTHONPATH", install::source(""));
    let printed = install::run(&mut command);
    let text = printed.as_deref().unwrap_or_else(|text| text);
    let cases = text.lines().find(|line| line.contains("generated")).unwrap_or_default().trim();
    println!("schemathesis: {cases}");
    assert!(printed.is_ok(), "{text}");
}
