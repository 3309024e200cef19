//! Clients of others against a running server: what an EHR vendor's program does, with two libraries from the public registries.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests; the log tells what was done, and what was skipped"
)]

#[path = "../common/mod.rs"]
mod common;
mod convert;
mod install;

use std::process::Command;

use common::Server;

#[test]
fn fhirpy_does_what_its_users_do() {
    let Some(python) = install::python() else { return };
    let server = Server::start_with(&["--profiles", "base"]);
    let script = install::source("fhirpy_client.py");
    let printed = install::run(Command::new(python).arg(script).arg(&server.base)).unwrap();
    assert!(printed.starts_with("fhirpy: capabilities, create"), "{printed}");
    print!("{printed}");
}

#[test]
fn fhir_kit_client_does_what_its_users_do() {
    let Some(node) = install::node() else { return };
    let server = Server::start_with(&["--profiles", "base"]);
    let script = install::source("fhir_kit_client.mjs");
    let printed = install::run(Command::new("node").arg(script).arg(&server.base).current_dir(node)).unwrap();
    assert!(printed.starts_with("fhir-kit-client: capabilities, create"), "{printed}");
    print!("{printed}");
}
