//! Search with the definitions of FHIR R4 and UK Core: parameters, queries and keys.

mod common;
mod extraction;
mod filters;
mod hostile;
mod keys;
mod modifiers;
mod parameters;
mod queries;
mod scopes;
