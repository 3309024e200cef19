//! Structural and profile validation of FHIR resources.
