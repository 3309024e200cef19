//! FHIR search without SQL: query text to a typed [`query::Query`], resources to [`keys::SearchKeys`].

pub mod hash;
pub mod keys;
pub mod parameters;
pub mod query;
