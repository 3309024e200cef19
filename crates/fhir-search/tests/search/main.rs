//! Search with the definitions of FHIR R4 and UK Core: parameters, queries and keys.

mod common;
mod extraction;
mod parameters;
mod queries;
