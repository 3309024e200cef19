//! The structural layer as its users see it: one binary, since the definitions and the linking are shared.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::panic, reason = "helpers of tests")]

mod arbitrary_json;
mod broken_resources;
mod every_type;
mod published_data;
mod support;
