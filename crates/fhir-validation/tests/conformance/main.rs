//! Verdicts of the whole validator measured against others': the reference validator's suite, published examples,
//! and instances broken on purpose. One binary, since the definitions and the linking are shared.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::panic, reason = "helpers of tests")]

mod engine;
mod examples;
mod expectations;
mod files;
mod mutations;
mod validator_suite;
