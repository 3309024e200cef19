//! What the server says of itself beside the CapabilityStatement: an OpenAPI document for programs, pages for people.

mod interactions;
mod openapi;
mod page;

pub use openapi::openapi;
pub use page::{overview, resource_type};

/// Where things are: the addresses that the descriptions begin with.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The address of the FHIR API as the client knows it, without a slash at the end.
    pub base: &'a str,
    /// Bytes of a body at most.
    pub max_body_bytes: usize,
}
