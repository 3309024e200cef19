//! The database fails under a load of writing clients: nothing that was acknowledged is lost or doubled, clients are told clearly,
//! and service resumes by itself.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a helper fails the test, and tells what was done"
)]

#[path = "../common/mod.rs"]
mod common;
mod full_disk;
mod load;
mod lost_connections;
mod proxy;
mod standby;
mod stopped_database;
