//! FHIR packages, canonical resolution, snapshots, search parameters and compartments in one immutable registry.
