//! `westway demo`: fills the database with a synthetic North West London population.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use fhir_model::primitive::date_time::DateTime;

use super::console::Console;
use super::{Failure, settings, start_logging, with_settings};
use crate::app;
use crate::config::Settings;
use crate::demo::{PopulationSettings, population};
use crate::interactions::{Context, Request, perform};
use crate::store::{HistoryQuery, HistoryScope};

/// Whether a database that has resources is filled too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Only an empty one.
    Empty,
    /// Any: equal ids are updated.
    Always,
}

pub(super) fn command() -> Command {
    let command =
        Command::new("demo").about("Fill the database with a synthetic North West London population").arg(
            Arg::new("first")
                .long("first")
                .value_name("N")
                .help("The first patient that is added, where those before it are there already [default: 1]")
                .value_parser(value_parser!(usize)),
        );
    with_settings(with_population(command))
}

/// Adds the flags that shape the population.
pub(super) fn with_population(command: Command) -> Command {
    let number = |name: &'static str, help: String| Arg::new(name).long(name).value_name("N").help(help);
    let patients =
        format!("Patients of the synthetic population [default: {}]", PopulationSettings::PATIENTS);
    let seed = format!("Equal seeds give equal populations [default: {}]", PopulationSettings::SEED);
    command
        .arg(number("patients", patients).value_parser(value_parser!(usize)))
        .arg(number("seed", seed).value_parser(value_parser!(u64)))
}

pub(super) fn run(console: &Console, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let settings = settings(matches)?;
    start_logging(&settings);
    let context = app::open(&settings)?;
    let mut population = population_settings(matches, &settings);
    population.first = matches.get_one("first").copied().unwrap_or(1);
    fill(console, &context, &population, When::Always)?;
    context.store.close();
    Ok(ExitCode::SUCCESS)
}

/// The population that the flags describe; its today is the setting `now`, or the day it is.
pub(super) fn population_settings(matches: &ArgMatches, settings: &Settings) -> PopulationSettings {
    let now = settings.now.unwrap_or_else(today);
    let mut population = PopulationSettings::new((now.0, u32::from(now.1), u32::from(now.2)));
    if let Some(patients) = matches.get_one::<usize>("patients") {
        population.patients = *patients;
    }
    if let Some(seed) = matches.get_one::<u64>("seed") {
        population.seed = *seed;
    }
    population
}

fn today() -> (i32, u8, u8) {
    let date = DateTime::from_micros(crate::interactions::context::now_micros(), 0);
    let parts = date.and_then(|date| Some((i32::from(date.year()), date.month()?, date.day()?)));
    parts.unwrap_or((2026, 1, 1))
}

/// Executes the bundles of the population.
pub(super) fn fill(
    console: &Console,
    context: &Context,
    population_settings: &PopulationSettings,
    when: When,
) -> Result<(), Failure> {
    if when == When::Empty && has_resources(context)? {
        console.note("The database has resources already; the demo population is not added.");
        return Ok(());
    }
    // One bundle after the other: a large population would not fit into memory.
    let bundles = population(population_settings);
    let patients = population_settings.patients.saturating_sub(population_settings.first.saturating_sub(1));
    let bar = console.progress(patients as u64, "demo population");
    let mut resources = 0;
    for bundle in bundles {
        resources += bundle.get("entry").and_then(|entries| entries.as_array()).map_or(0, Vec::len);
        let base = context.limits.base_urls.first().map(String::as_str).unwrap_or_default();
        let request = Request::bundle(bundle.to_string().into_bytes(), base);
        perform(context, &request).map_err(|error| {
            let issues = error.outcome().issues;
            let first =
                issues.iter().find(|issue| issue.is_error()).map(ToString::to_string).unwrap_or_default();
            format!("the demo population was refused: {first}")
        })?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    console.note(&format!("The demo population is in: {patients} patients, {resources} resources."));
    Ok(())
}

fn has_resources(context: &Context) -> Result<bool, Failure> {
    let any = HistoryQuery::new(HistoryScope::System, 1);
    Ok(!context.store.history(&any)?.versions.is_empty())
}

/// Searches that show the population well.
pub(super) fn suggest(console: &Console, base: &str) {
    const QUERIES: [(&str, &str); 6] = [
        (
            "urgent referrals still open, the oldest first, with their patients",
            "ServiceRequest?status=active&priority=urgent,asap,stat&_sort=authored&_include=ServiceRequest:subject",
        ),
        (
            "what schools refer, and to whom",
            "ServiceRequest?requester:Organization.type=edu&_include=ServiceRequest:performer",
        ),
        (
            "who is on a ward now",
            "Encounter?class=IMP&status=in-progress&_include=Encounter:location&_include=Encounter:subject",
        ),
        (
            "severe PHQ-9 totals",
            "Observation?code=http://loinc.org%7C44261-6&value-quantity=ge20&_sort=-date",
        ),
        (
            "seen in an emergency department, and with a care plan now",
            "Patient?_has:Encounter:patient:class=EMER&_has:CarePlan:patient:status=active",
        ),
        ("people who prefer Somali", "Patient?language=urn:ietf:bcp:47%7Cso"),
    ];
    console.note("Try:");
    for (what, query) in QUERIES {
        console.note(&format!("  curl -s '{base}/{query}&_pretty=true'   # {what}"));
    }
}
