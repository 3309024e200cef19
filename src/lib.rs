//! Westway: a FHIR R4 server. The program is `src/main.rs`; see `ARCHITECTURE.md` for how the modules hang together.

pub mod app;
pub mod cli;
pub mod config;
mod demo;
pub mod description;
pub mod http;
pub mod interactions;
pub mod store;
