//! Search over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a helper fails the test, and long tests tell what they did"
)]

#[path = "../common/mod.rs"]
mod common;

mod bundle;
mod hostile;
mod paging;
mod parameters;
mod population;
mod projection;
mod results;
mod scopes;
mod strictness;
