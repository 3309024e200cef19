//! FHIR search without SQL: query text to a typed [`query::Query`], resources to [`keys::SearchKeys`].

pub mod canonical;
pub mod contained;
mod documentation;
mod escape;
pub mod extract;
pub mod hash;
pub mod keys;
pub mod matches;
pub mod near;
pub mod parameters;
mod params;
pub mod parse;
pub mod query;
pub mod text;

pub use documentation::documentation;
pub use extract::{ExtractSettings, Extractor};
pub use hash::KeyHasher;
pub use parameters::{ParameterId, Parameters};
pub use parse::{Codes, Handling, ParseSettings, Scope, SearchError, SearchParser};
pub use query::Query;
