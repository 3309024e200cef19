//! The FHIR primitives that are more than text (R4 data types, section 2.24.0.1), and the lexical rules of the others.
//!
//! The functions take the text of a value as JSON or XML carries it; each error says what was expected.

pub mod base64;
pub mod calendar;
mod check;
mod clock;
pub mod date_time;
pub mod decimal;
mod error;
pub mod identifiers;
pub mod integer;
mod scanner;
pub mod text;
pub mod time;
pub mod uri;

pub use check::check;
pub use date_time::{DateTime, Offset, Precision, instant_text};
pub use error::PrimitiveError;
pub use time::Time;
pub use uri::Canonical;
