//! `westway migrate`: brings the database to the schema of this program without serving.

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use super::console::Console;
use super::{Failure, settings, start_logging, with_settings};
use crate::app;

pub(super) fn command() -> Command {
    with_settings(
        Command::new("migrate").about("Bring the database to the schema of this program (serve does it too)"),
    )
}

pub(super) fn run(console: &Console, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let settings = settings(matches)?;
    start_logging(&settings);
    let context = app::open(&settings)?;
    context.store.close();
    console.result(&format!("{} has the schema of this program", settings.database));
    Ok(ExitCode::SUCCESS)
}
