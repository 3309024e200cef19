//! Search with the definitions of FHIR R4 and UK Core: parameters, queries and keys.

mod common;
mod extraction;
mod keys;
mod parameters;
mod queries;
