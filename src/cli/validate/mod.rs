//! `westway validate`: checks files as the server would, without a database.

mod findings;
mod json;
mod junit;
mod sarif;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use fhir_definitions::package::{Limits, load};

use super::console::Console;
use super::source::{self, Source};
use super::{Failure, settings, start_logging, with_settings};
use crate::app;
use crate::interactions::validation::Validation;
use findings::{Findings, Level};

pub(super) fn command() -> Command {
    let command = Command::new("validate")
        .about("Check FHIR files against R4, UK Core and other profiles")
        .after_help(
            "Reads .json, .xml and .ndjson, each also as .gz or .bz2, and the folders that hold them.\n\n\
             Examples:\n  westway validate patient.json\n  \
             westway validate --profile https://example.org/StructureDefinition/x --package x.tgz folder/\n  \
             westway validate --output sarif examples/ > report.sarif\n\n\
             Exit code 1 if anything has errors.",
        )
        .arg(
            Arg::new("paths")
                .value_name("PATH")
                .num_args(1..)
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("Files and folders"),
        )
        .arg(
            Arg::new("profile")
                .long("profile")
                .value_name("URL")
                .action(ArgAction::Append)
                .help("A profile that every resource must fulfil too (can be given several times)"),
        )
        .arg(
            Arg::new("package")
                .long("package")
                .value_name("PACKAGE")
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf))
                .help("A FHIR package with further definitions: a .tgz file or a folder (can be given several times)"),
        )
        .arg(
            Arg::new("output")
                .long("output")
                .visible_alias("format")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(["text", "json", "junit", "sarif"]))
                .default_value("text")
                .help("How the findings are written to standard output"),
        )
        .arg(
            Arg::new("level")
                .long("level")
                .value_name("LEVEL")
                .value_parser(PossibleValuesParser::new(["error", "warning", "information"]))
                .default_value("warning")
                .help("The least severe findings to show"),
        );
    with_settings(command)
}

pub(super) fn run(console: &Console, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let settings = settings(matches)?;
    start_logging(&settings);
    let paths: Vec<PathBuf> = matches.get_many("paths").into_iter().flatten().cloned().collect();
    let sources = source::find(&paths)?;
    let mut packages = app::added_packages(&settings)?;
    for package in matches.get_many::<PathBuf>("package").into_iter().flatten() {
        packages.push(load(package, &Limits::default())?.contents);
    }
    let registry = app::registry(packages)?;
    let validation = Validation::new(&registry, &settings.validation)?;
    let profiles: Vec<&str> =
        matches.get_many::<String>("profile").into_iter().flatten().map(String::as_str).collect();
    for profile in &profiles {
        validation.must_know(profile)?;
    }
    let level = Level::of(matches.get_one::<String>("level").map_or("warning", String::as_str));

    let bar = console.progress(sources.len() as u64, "files");
    let check = |source: &Source| {
        let findings = Findings::of(source, &validation, registry.types(), &profiles, level);
        bar.inc(1);
        findings
    };
    let all: Vec<Findings> = sources.iter().map(check).collect();
    bar.finish_and_clear();

    match matches.get_one::<String>("output").map(String::as_str) {
        Some("json") => console.result(&json::report(&all)),
        Some("junit") => console.result(&junit::report(&all)),
        Some("sarif") => console.result(&sarif::report(&all)),
        _ => all.iter().for_each(|findings| text::print(console, findings)),
    }
    let errors: usize = all.iter().map(|findings| findings.count(Level::Error)).sum();
    let warnings: usize = all.iter().map(|findings| findings.count(Level::Warning)).sum();
    let resources: usize = all.iter().map(|findings| findings.resources).sum();
    console
        .note(&format!("{resources} resources in {} files: {errors} errors, {warnings} warnings", all.len()));
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
