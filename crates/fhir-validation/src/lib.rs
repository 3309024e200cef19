#![doc = include_str!("../README.md")]

mod profile;
mod references;
mod report;
mod rules;
mod schema;
mod settings;
mod shape;
mod structure;
mod validator;

pub use references::{Detached, References};
pub use rules::{Mode, NhsRules};
pub use schema::SchemaError;
pub use settings::Settings;
pub use structure::StructureValidator;
pub use validator::Validator;
