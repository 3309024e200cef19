//! `conformance-tests`: runs the suite against a server and reports.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, Command, value_parser};

/// Exit code 0: nothing failed; 1: something did, or the report cannot be written; 2: the command line was not understood.
fn main() -> ExitCode {
    let matches = command().get_matches();
    let base = matches.get_one::<String>("base").map_or("", String::as_str);
    let report = conformance_tests::run(base);
    // Nobody reads any more if the output is closed; the exit code still tells.
    let _closed = writeln!(std::io::stdout(), "{report}");
    if let Some(file) = matches.get_one::<PathBuf>("report")
        && let Err(error) = fs::write(file, format!("{:#}\n", report.to_json()))
    {
        let _closed = writeln!(std::io::stderr(), "error: {} cannot be written: {error}", file.display());
        return ExitCode::FAILURE;
    }
    if report.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn command() -> Command {
    Command::new("conformance-tests")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Check a FHIR R4 server over HTTP. It writes test resources to the server and deletes what it can")
        .arg(
            Arg::new("base")
                .long("base")
                .value_name("URL")
                .default_value("http://127.0.0.1:8080/fhir")
                .help("Where the FHIR API begins"),
        )
        .arg(
            Arg::new("report")
                .long("report")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Write the report as JSON too"),
        )
}
