#![doc = include_str!("../README.md")]

mod report;
mod rules;
mod schema;
mod shape;
mod structure;

pub use rules::{Mode, NhsRules};
pub use schema::SchemaError;
pub use structure::StructureValidator;
