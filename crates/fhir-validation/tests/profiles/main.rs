//! The profile layer as its users see it: small profiles, each of which breaks or meets one family of rules.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod arbitrary;
mod bad_profiles;
mod bindings;
mod cardinality;
mod extensions;
mod invariants;
mod messages;
mod references;
mod slicing;
mod support;
mod types;
mod values;
