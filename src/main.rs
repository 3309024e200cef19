//! The `westway` command.

fn main() {}
