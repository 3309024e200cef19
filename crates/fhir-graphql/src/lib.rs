//! GraphQL over FHIR resources (R4 graphql.html): no HTTP, no SQL.
//!
//! A [`Request`] is parsed, then planned: every field, argument, directive and variable is checked against the types of FHIR, and what
//! it costs is limited. The plan is then executed over a [`Source`], which reads and searches. The answer is `data`, or errors
//! and nothing else.

mod document;
mod engine;
mod error;
mod execute;
mod limits;
mod parse;
mod plan;
mod request;
mod source;
mod variables;

pub use engine::{Engine, Root};
pub use error::{GraphQlError, error_body};
pub use limits::Limits;
pub use request::Request;
pub use source::{Failure, Source, Target};
