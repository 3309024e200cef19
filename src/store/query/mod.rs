//! Conditions of a search as pieces of SQL: where the rows of the resources that fulfil a condition stand
//! ([`Source`]), and how to ask of one resource whether it does ([`Condition::probe`]).
//!
//! Each kind of condition has a file of its own. A condition knows nothing of the order of a page, of counting or of the
//! choice between sources; that is the engine's part. See `docs/search-engine.md`.

mod all;
mod bounds;
mod chain;
mod composite;
mod condition;
mod date;
mod fragment;
mod has;
mod hierarchy;
mod identity;
mod keys;
mod last_updated;
mod of_types;
mod position;
mod present;
mod quantity;
mod reference;
mod resolve;
mod source;
mod string;
mod token;
mod uri;
mod words;

pub(super) use all::All;
pub(super) use chain::Chain;
pub(super) use condition::Condition;
pub(super) use fragment::{Bound, Fragment, integers};
pub(super) use resolve::{Resolver, Types};
pub(super) use source::{Row, Source, Sources};
pub(super) use words::term;
