//! The commands of `westway`, one file each.

mod check_config;
mod console;
mod demo;
mod load;
mod migrate;
mod packages;
mod serve;
mod source;
mod transfer;
mod validate;

use std::process::ExitCode;

use clap::{ArgMatches, Command};

use crate::config::{self, Resolved, Settings};
use console::Console;

/// Why a command failed, for the person who ran it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command line. Exit code 0: done; 1: failed; 2: the command line was not understood.
pub fn run() -> ExitCode {
    let matches = command().get_matches();
    let console = Console::new();
    let Some((name, matches)) = matches.subcommand() else { return ExitCode::from(2) };
    let outcome = match name {
        "serve" => serve::run(&console, matches),
        "load" => load::run(&console, matches),
        "demo" => demo::run(&console, matches),
        "packages" => packages::run(&console, matches),
        "migrate" => migrate::run(&console, matches),
        "validate" => validate::run(&console, matches),
        _ => check_config::run(&console, matches),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            console.failure(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

fn command() -> Command {
    Command::new("westway")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A FHIR R4 server: UK Core validation, relational storage, search, one binary")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(serve::command())
        .subcommand(load::command())
        .subcommand(demo::command())
        .subcommand(validate::command())
        .subcommand(packages::command())
        .subcommand(migrate::command())
        .subcommand(check_config::command())
}

fn settings(matches: &ArgMatches) -> Result<Settings, Failure> {
    Ok(Resolved::new(matches, &environment)?.settings()?)
}

/// The settings of a command for which one of them has another default.
fn settings_with_default(matches: &ArgMatches, name: &str, default: &str) -> Result<Settings, Failure> {
    Ok(Resolved::new(matches, &environment)?.with_default(name, default).settings()?)
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A subcommand with the flags of all settings.
fn with_settings(command: Command) -> Command {
    config::with_flags(command)
}

fn start_logging(settings: &Settings) {
    // A second start, as tests in one process do, is no failure.
    let _already_started = env_logger::Builder::new().parse_filters(&settings.log).try_init();
}
