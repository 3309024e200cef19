//! `westway serve`: runs the server until it is told to stop.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::console::Console;
use super::{Failure, demo, settings, start_logging, with_settings};
use crate::{app, http};

pub(super) fn command() -> Command {
    let command = Command::new("serve")
        .about("Run the server")
        .after_help(
            "Examples:\n  westway serve --demo            try it with a synthetic population\n  \
             westway serve --data-dir /srv/westway --base-url https://fhir.example.org/fhir",
        )
        .arg(
            Arg::new("demo")
                .long("demo")
                .action(ArgAction::SetTrue)
                .help("Fill an empty database with a synthetic North West London population first"),
        );
    with_settings(demo::with_population(command))
}

pub(super) fn run(console: &Console, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let settings = settings(matches)?;
    start_logging(&settings);
    let context = app::open(&settings)?;
    if matches.get_flag("demo") {
        demo::fill(console, &context, &demo::population_settings(matches, &settings), demo::When::Empty)?;
    }
    let store = context.store.clone();
    actix_web::rt::System::new().block_on(async {
        let running = http::start(&settings, context)
            .map_err(|error| format!("cannot listen on {}: {error}", settings.listen))?;
        let address = running.addresses.first().map_or(settings.listen.clone(), ToString::to_string);
        let base = settings.base_url.clone().unwrap_or(format!("http://{address}{}", settings.base_path));
        console.note(&format!("Westway listens on {base}"));
        if settings.insecure_open {
            console.note("WARNING: there is no authentication; everybody who can reach this address can read and change all records");
        }
        if matches.get_flag("demo") {
            demo::suggest(console, &base);
        }
        running.server.await.map_err(Failure::from)
    })?;
    store.close();
    console.note("stopped; everything acknowledged is on disk");
    Ok(ExitCode::SUCCESS)
}
