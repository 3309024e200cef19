//! FHIR packages, canonical resolution, snapshots, search parameters and compartments in one immutable registry.

pub mod contents;

pub use contents::{PackageContents, PackageResource};
