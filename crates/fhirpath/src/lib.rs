//! FHIRPath 2.0 and the FHIR functions: compiled once, evaluated over borrowed nodes.
