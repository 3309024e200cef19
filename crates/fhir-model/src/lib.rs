//! FHIR resources as borrowed document trees: the ground that all engines stand on.
//!
//! A resource is parsed once into a [`Document`]; [`Node`] is a copyable view of one of its values. The
//! [`types::TypeModel`] says which types and elements FHIR has. Nothing here knows HTTP, SQL, the clock or the network.

pub mod body;
mod document;
pub mod narrative;
mod node;
pub mod outcome;
pub mod parse;
pub mod path;
mod position;
pub mod primitive;
pub mod projection;
pub mod reference;
pub mod types;
pub mod write;
pub mod xml;

pub use body::Body;
pub use document::Document;
pub use node::{Items, Kind, Members, Node};
pub use outcome::{FAILURE_SYSTEM, Issue, IssueType, OperationOutcome, RULE_SYSTEM, Severity};
pub use position::Position;
