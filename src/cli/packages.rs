//! `westway packages`: FHIR packages beside the embedded ones, and the facts that are embedded.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use fhir_definitions::Registry;
use fhir_definitions::condense::{condense_into, read_lines};
use fhir_definitions::package::{Limits, load};
use fhir_model::Document;

use super::console::Console;
use super::{Failure, settings, with_settings};
use crate::app;
use crate::config::Settings;
use crate::interactions::validation::Validation;

pub(super) fn command() -> Command {
    let source = Arg::new("source")
        .value_name("PACKAGE")
        .required(true)
        .value_parser(value_parser!(PathBuf))
        .help("A FHIR package: a .tgz file or its unpacked folder");
    let target = Arg::new("target").value_name("FOLDER").required(true).value_parser(value_parser!(PathBuf));
    Command::new("packages")
        .about("Add, list and remove FHIR packages; condense one to its facts")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(with_settings(
            Command::new("add")
                .about("Add a package to the data folder; it is used from the next start on")
                .arg(source.clone()),
        ))
        .subcommand(with_settings(Command::new("list").about("List the packages in use")))
        .subcommand(with_settings(
            Command::new("remove")
                .about("Remove an added package")
                .arg(Arg::new("package").value_name("NAME#VERSION").required(true)),
        ))
        .subcommand(
            Command::new("condense")
                .about("Write the facts of a package, one definition a line, as fhir-profiles/ holds them")
                .arg(source.help("A FHIR package (.tgz or folder), or a folder of .jsonl files"))
                .arg(target.help("The folder to write to; its package.json is not touched")),
        )
}

pub(super) fn run(console: &Console, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    match matches.subcommand() {
        Some(("add", matches)) => add(console, matches)?,
        Some(("list", matches)) => list(console, matches)?,
        Some(("remove", matches)) => remove(console, matches)?,
        Some(("condense", matches)) => condense(matches)?,
        _ => return Ok(ExitCode::from(2)),
    }
    Ok(ExitCode::SUCCESS)
}

fn path<'a>(matches: &'a ArgMatches, name: &str) -> Result<&'a PathBuf, Failure> {
    matches.get_one(name).ok_or_else(|| format!("{name} is missing").into())
}

fn add(console: &Console, matches: &ArgMatches) -> Result<(), Failure> {
    let settings = settings(matches)?;
    let store = app::packages(&settings)?;
    let registry = Registry::embedded()?;
    let embedded: Vec<(&str, &str)> =
        registry.packages().iter().map(|package| (&*package.name, &*package.version)).collect();
    let added = store.add(path(matches, "source")?, &embedded)?;
    let replaced = if added.replaced { ", in place of what was there" } else { "" };
    let manifest = &added.manifest;
    console.result(&format!(
        "{}#{} added: {} definitions{replaced}",
        manifest.name, manifest.version, added.resources
    ));
    for missing in &added.missing {
        console.note(&format!("it builds on {}#{}, which is not here", missing.name, missing.version));
    }
    for note in &added.notes {
        console.note(&format!("{} was passed over: {}", note.file, note.problem));
    }
    check_profiles(console, &settings, path(matches, "source")?)
}

/// Says now which profiles of a package cannot be used, or not in full, and where: not only when a resource claims them.
fn check_profiles(console: &Console, settings: &Settings, package: &Path) -> Result<(), Failure> {
    let registry = app::registry(app::added_packages(settings)?)?;
    let validation = Validation::new(&registry, &settings.validation)?;
    for resource in load(package, &Limits::default())?.contents.resources {
        let Ok(document) = Document::parse(resource.json) else { continue };
        let url = document
            .root()
            .get_str("url")
            .filter(|_| document.root().resource_type() == Some("StructureDefinition"));
        for issue in url.map(|url| validation.profile_issues(url)).into_iter().flatten() {
            console.note(&format!("{}: {issue}", resource.file));
        }
    }
    Ok(())
}

fn list(console: &Console, matches: &ArgMatches) -> Result<(), Failure> {
    let settings = settings(matches)?;
    for package in Registry::embedded()?.packages() {
        console.result(&format!("{}#{} (embedded)", package.name, package.version));
    }
    for package in app::packages(&settings)?.list()? {
        console.result(&format!("{}#{}", package.name, package.version));
    }
    Ok(())
}

fn remove(console: &Console, matches: &ArgMatches) -> Result<(), Failure> {
    let named = matches.get_one::<String>("package").map(String::as_str).unwrap_or_default();
    let (name, version) = named
        .split_once('#')
        .ok_or("a package is named NAME#VERSION, as 'westway packages list' shows it")?;
    app::packages(&settings(matches)?)?.remove(name, version)?;
    console.result(&format!("{named} removed"));
    Ok(())
}

fn condense(matches: &ArgMatches) -> Result<(), Failure> {
    let (source, target) = (path(matches, "source")?, path(matches, "target")?);
    let has_lines = source.is_dir()
        && std::fs::read_dir(source)?
            .flatten()
            .any(|entry| entry.path().extension().is_some_and(|end| end == "jsonl"));
    let contents = if has_lines { read_lines(source)? } else { load(source, &Limits::default())?.contents };
    condense_into(&contents, target)?;
    Ok(())
}
