//! HTTP itself: encodings, headers, addresses, origins, refusals. One file for each concept.

#[path = "../common/mod.rs"]
mod common;

mod addresses;
mod binary;
mod cors;
mod deferred;
mod encodings;
mod erasure;
mod errors;
mod headers;
mod provenance;

use common::Server;

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p1","active":true}"#;

/// A server on which base R4 is enough, with a patient `p1`.
fn with_patient(flags: &[&str]) -> Server {
    let server = Server::start_with(&[&["--profiles", "base"], flags].concat());
    server.put("Patient/p1", PATIENT).expect(201);
    server
}
