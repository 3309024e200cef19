//! Whether two Patient resources are the same person, in the manner of Fellegi and Sunter: each field agrees on a [`Level`],
//! each level has a weight, and the sum of the weights is the evidence. [`compare`] does that; [`blocks`] says by which searches
//! the records worth comparing are found. Pure: no database, clock or network.
//!
//! Names, postcodes, telephone numbers and NHS numbers are read as they are written in England.

mod birth_date;
mod blocks;
mod comparison;
mod level;
pub mod names;
mod nhs_number;
mod person;
mod postcode;
mod telecom;
mod text;

pub use birth_date::BirthDate;
pub use blocks::{Block, blocks};
pub use comparison::{Comparison, Grade, compare};
pub use level::{Field, Level};
pub use nhs_number::{NHS_NUMBER_SYSTEM, NhsNumber};
pub use person::{Gender, Identifier, Person};
pub use postcode::Postcode;
