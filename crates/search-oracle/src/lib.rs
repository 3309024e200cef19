#![doc = include_str!("../README.md")]

mod answer;
mod composite;
mod condition;
mod control;
mod date;
mod escape;
mod full_text;
mod include;
mod modifier;
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
mod scope;
mod select;
mod sort;
mod string;
mod terminology;
mod text;
mod token;
mod ucum;
mod uri;
mod words;

pub use answer::{Answer, Request};
pub use oracle::{Oracle, Settings};
pub use parameter::Parameter;
pub use population::{Key, Population, Stored};
pub use refusal::Refusal;
pub use scope::Scope;
pub use select::Datum;
