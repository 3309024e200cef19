//! FHIR packages, canonical resolution, snapshots, search parameters and compartments in one immutable registry.
//!
//! [`Registry::embedded`] is the way in: it holds FHIR R4, UK Core and the profiles of North West London, which
//! are compiled into the binary. [`Registry::build`] adds packages of an operator.

pub mod canonical;
pub mod compartment;
pub mod condense;
pub mod contents;
mod definition;
pub mod element_definition;
mod embedded;
mod error;
mod loader;
pub mod package;
mod registry;
mod resource_profile;
pub mod search_parameter;
mod search_parameter_index;
pub mod snapshot;
pub mod structure_definition;
mod types;

pub use canonical::Canonical;
pub use compartment::Compartment;
pub use contents::{PackageContents, PackageResource};
pub use definition::{Definition, DefinitionKind};
pub use element_definition::ElementDefinition;
pub use error::{DefinitionsError, LoadNote};
pub use registry::{PackageId, Registry};
pub use search_parameter::{Component, SearchParamType, SearchParameter};
pub use snapshot::{Definitions, Snapshot, SnapshotError};
pub use structure_definition::StructureDefinition;
