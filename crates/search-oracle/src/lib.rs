#![doc = include_str!("../README.md")]

mod answer;
mod composite;
mod condition;
mod control;
mod date;
mod escape;
mod full_text;
mod include;
mod near;
mod number;
mod oracle;
mod parameter;
mod parse;
mod population;
mod prefix;
mod quantity;
mod reference;
mod refusal;
mod select;
mod sort;
mod string;
mod text;
mod token;
mod ucum;
mod uri;

pub use answer::{Answer, Request, Scope};
pub use oracle::{Oracle, Settings};
pub use parameter::Parameter;
pub use population::{Key, Population, Stored};
pub use refusal::Refusal;
pub use select::Datum;
