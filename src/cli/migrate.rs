//! `westway migrate`: brings the database to the schema of this program without serving, or moves it to the other kind of database.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};

use super::console::Console;
use super::{Failure, settings, start_logging, transfer, with_settings};
use crate::app;
use crate::config::{self, Database};

pub(super) fn command() -> Command {
    let url = |name: &'static str, help: &'static str| Arg::new(name).long(name).value_name("URL").help(help);
    let command = Command::new("migrate")
        .about("Bring the database to the schema of this program (serve does it too), or move it with --to")
        .after_help(
            "Examples:\n  westway migrate --data-dir /srv/westway\n  \
             westway migrate --data-dir /srv/westway --to postgres://westway@db.example.org/westway\n  \
             westway migrate --from postgres://westway@db.example.org/westway --to sqlite:/srv/westway/westway.db\n\n\
             A move that was interrupted goes on when it is started again. Stop the server first.",
        )
        .arg(url("to", "Move all data to this database of the other kind, which must be empty: postgres://USER@HOST/NAME or sqlite:PATH"))
        .arg(url("from", "The database to move [default: that of the settings]").requires("to"));
    with_settings(command)
}

pub(super) fn run(console: &Console, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let settings = settings(matches)?;
    start_logging(&settings);
    let database = |name: &str| -> Result<Option<Database>, Failure> {
        let Some(text) = matches.get_one::<String>(name) else { return Ok(None) };
        let read = config::database_of_url(text).ok_or_else(|| {
            format!("--{name} {text}: sqlite:PATH or postgres://USER@HOST/NAME was expected")
        })?;
        Ok(Some(read))
    };
    if let Some(to) = database("to")? {
        let from = database("from")?.unwrap_or_else(|| settings.database.clone());
        transfer::run(console, &settings, &from, &to)?;
        return Ok(ExitCode::SUCCESS);
    }
    let context = app::open(&settings)?;
    context.store.close();
    console.result(&format!("{} has the schema of this program", settings.database));
    Ok(ExitCode::SUCCESS)
}
