//! Suites that prove a FHIR server over HTTP.
