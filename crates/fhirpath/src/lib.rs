//! FHIRPath 2.0 and the FHIR functions: compiled once, evaluated over borrowed nodes.
//!
//! An [`Expression`] is compiled against a [`fhir_model::types::TypeModel`]: names become steps over members
//! of JSON, choice elements know their alternatives, and types are ids. Evaluation borrows the resource; it
//! takes no lock, clock or network, and a [`Host`] answers what lies outside of the resource.

mod ast;
mod compile;
mod context;
mod error;
mod evaluate;
mod expression;
mod functions;
mod host;
mod item;
mod lexer;
mod navigation;
mod op;
mod operators;
mod parser;
mod quantity;
mod temporal;
mod units;

pub use compile::Mode;
pub use context::Context;
pub use error::{CompileError, CompileErrorKind, EvaluateError};
pub use expression::{Expression, MAX_DEPTH};
pub use host::{Host, LocalHost, resolve_locally};
pub use item::{Collection, Element, Item};
pub use quantity::{Quantity, Unit};
pub use temporal::{Moment, Precision};
pub use units::CalendarUnit;
