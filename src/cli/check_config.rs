//! `westway check-config`: shows the settings in force and where each came from.

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::console::Console;
use super::{Failure, environment, with_settings};
use crate::config::Resolved;

pub(super) fn command() -> Command {
    with_settings(
        Command::new("check-config")
            .about("Show the settings in force, where each came from, and whether they are sound"),
    )
}

pub(super) fn run(console: &Console, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let resolved = Resolved::new(matches, &environment)?;
    for (name, value, origin) in resolved.iter() {
        let value = if value.is_empty() { "(not set)" } else { value };
        console.result(&format!("{name} = {value}  # {origin}"));
    }
    resolved.settings()?;
    Ok(ExitCode::SUCCESS)
}
