#![doc = include_str!("../README.md")]

mod report;
mod schema;
mod shape;
mod structure;

pub use schema::SchemaError;
pub use structure::StructureValidator;
