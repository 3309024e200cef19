//! The engine against a naive reading of the same query, its statements, and its speed.

mod engine;
mod explain;
mod generate;
mod include;
mod large;
mod oracle;
mod world;
