//! Search over HTTP.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]

#[path = "../common/mod.rs"]
mod common;

mod bundle;
mod contained;
mod hostile;
mod paging;
mod parameters;
mod population;
mod projection;
mod results;
mod scopes;
mod strictness;
mod value_sets;
