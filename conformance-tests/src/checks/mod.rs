//! The checks, one a file. Each looks at the server as it finds it: none depends on another, nor on an empty database.

mod capability_statement;
mod conditional_create;
mod decimals;
mod error_shape;
mod lifecycle;
mod paging;
mod search_by_post;
mod search_every_type;
mod transaction;
mod transaction_atomicity;
mod unknown_parameter;
mod update_as_create;
mod version_conflict;

use serde_json::{Value, json};
use thiserror::Error;

use crate::Server;
use crate::server::unique;

/// A named check of one behaviour.
#[derive(Debug)]
pub struct Check {
    /// What should be so, in a few words.
    pub name: &'static str,
    /// The section of the specification that says so.
    pub spec: &'static str,
    /// Finds out.
    pub run: fn(&Server) -> Result<(), Stop>,
}

/// Why a check did not pass.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Stop {
    /// The server does something else; the text says what was expected and what was found.
    #[error("{0}")]
    Failed(String),
    /// The server does not claim to do this.
    #[error("skipped: {0}")]
    Skipped(String),
}

/// All checks in the order in which they run.
pub static ALL: [Check; 13] = [
    capability_statement::CHECK,
    search_every_type::CHECK,
    lifecycle::CHECK,
    decimals::CHECK,
    update_as_create::CHECK,
    version_conflict::CHECK,
    conditional_create::CHECK,
    transaction::CHECK,
    transaction_atomicity::CHECK,
    search_by_post::CHECK,
    paging::CHECK,
    unknown_parameter::CHECK,
    error_shape::CHECK,
];

/// The system of the identifiers in test resources.
const IDENTIFIERS: &str = "https://westway.example.org/Id/conformance-test";

/// A Patient with an identifier that only this run has, and the search that finds it.
fn patient() -> (Value, String) {
    let value = unique("conformance");
    let patient = json!({
        "resourceType": "Patient",
        "identifier": [{ "system": IDENTIFIERS, "value": value }],
        "name": [{ "family": "Conformance", "given": ["Test"] }],
        "gender": "unknown",
        "birthDate": "1970-01-01",
    });
    (patient, format!("identifier={IDENTIFIERS}|{value}"))
}

/// The query with `|` as it must stand in an address.
fn encoded(query: &str) -> String {
    query.replace('|', "%7C")
}

/// What the CapabilityStatement says of a resource type.
fn of_type<'v>(capabilities: &'v Value, resource_type: &str) -> Option<&'v Value> {
    let resources = capabilities.pointer("/rest/0/resource")?.as_array()?;
    resources.iter().find(|resource| resource.get("type").is_some_and(|found| found == resource_type))
}

/// Skips the check unless the CapabilityStatement sets `flag` for Patient.
fn claims(server: &Server, flag: &str) -> Result<(), Stop> {
    let capabilities = server.capabilities()?;
    match of_type(&capabilities, "Patient").and_then(|patient| patient.get(flag)) {
        Some(Value::Bool(true)) => Ok(()),
        _ => Err(Stop::Skipped(format!("the CapabilityStatement does not set {flag} for Patient"))),
    }
}

/// The entries of a Bundle.
fn entries(bundle: &Value) -> &[Value] {
    bundle.get("entry").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The resources of the entries of a Bundle.
fn resources(bundle: &Value) -> impl Iterator<Item = &Value> {
    entries(bundle).iter().filter_map(|entry| entry.get("resource"))
}

/// The address of a link of a Bundle.
fn link<'v>(bundle: &'v Value, relation: &str) -> Option<&'v str> {
    let links = bundle.get("link")?.as_array()?;
    let link = links.iter().find(|link| link.get("relation").is_some_and(|found| found == relation))?;
    link.get("url")?.as_str()
}
