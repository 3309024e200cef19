//! The HTTP side: everything that knows actix-web lives below this module. A request becomes a
//! [`Request`](crate::interactions::Request), an answer or an error becomes a response.

mod access_log;
mod answer;
mod binary;
mod body;
mod cors;
mod description;
mod encoding;
mod fhir;
mod forwarded;
mod headers;
mod metrics;
mod negotiation;
mod server;
mod service;

pub use server::{Running, start};
