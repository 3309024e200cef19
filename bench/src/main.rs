//! `westway-bench`: load on any FHIR server, and what it did.
//!
//! See `bench/README.md`. The driver runs on one thread, so that the server keeps the other cores.

mod bare;
mod exchange;
mod record;
mod report;
mod result;
mod run;
mod samples;
mod session;
mod slo;
mod target;
mod workload;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::report::compare::Comparison;
use crate::report::{markdown, svg};
use crate::result::RunResult;
use crate::run::Load;
use crate::target::Target;
use crate::workload::{NAMES, Workload};

fn main() -> ExitCode {
    let matches = command().get_matches();
    let done = match matches.subcommand() {
        Some(("run", matches)) => measure(matches),
        Some(("compare", matches)) => compare(matches),
        Some(("classes", matches)) => classes(matches),
        Some(("bare", matches)) => bare(matches),
        _ => Ok(()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "westway-bench: {message}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Command {
    let workloads: Vec<String> = NAMES.iter().map(|(name, what)| format!("  {name:<12} {what}")).collect();
    let names = NAMES.map(|(name, _)| name);
    let run = Command::new("run")
        .about("Runs a workload against a server and prints a Markdown table")
        .after_help(format!("Workloads:\n{}", workloads.join("\n")))
        .arg(Arg::new("workload").required(true).value_parser(names))
        .arg(option("server", "URL", "Base URL of the server").required(true).value_parser(value_parser!(Target)))
        .arg(option("name", "NAME", "What the report calls the server").default_value("server"))
        .arg(option("clients", "N", "Connections").default_value("16").value_parser(value_parser!(usize)))
        .arg(option("seconds", "N", "Seconds that are measured").default_value("10").value_parser(value_parser!(u64)))
        .arg(option("warm-up", "N", "Seconds before them").default_value("2").value_parser(value_parser!(u64)))
        .arg(
            option("rate", "R", "Iterations a second of all clients together (open model); without it each client goes on as soon as it has its answer")
                .value_parser(value_parser!(f64)),
        )
        .arg(
            option("slo", "MS", "Find the highest rate with the 99th percentile within so many milliseconds, beginning at --rate or 100")
                .value_parser(value_parser!(u64)),
        )
        .arg(option("only", "CLASS", "One class of the searches of walk, queries or growth, as `classes` lists them"))
        .arg(option("files", "FOLDER", "The bundles of the workload import").default_value(".").value_parser(value_parser!(PathBuf)))
        .arg(option("seed", "N", "Which random choices").default_value("1").value_parser(value_parser!(u64)))
        .arg(option("pid", "PID", "Process of the server, whose memory is reported (Linux)").value_parser(value_parser!(u32)))
        .arg(option("note", "TEXT", "A line about machine, commit, data; may be repeated").action(ArgAction::Append))
        .arg(option("out", "FILE", "Write the result as JSON too").value_parser(value_parser!(PathBuf)));
    let compare = Command::new("compare")
        .about("Compares results of several servers: medians of each, and ratios to the first")
        .arg(
            Arg::new("results")
                .required(true)
                .num_args(1..)
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            option("plots", "FOLDER", "Write a picture of each workload there")
                .value_parser(value_parser!(PathBuf)),
        );
    let classes = Command::new("classes")
        .about("Lists the classes of searches that a workload consists of")
        .arg(Arg::new("workload").required(true).value_parser(["walk", "queries", "growth"]));
    let bare = Command::new("bare")
        .about("Serves copies of the patients of a server out of memory: the most that a read could reach")
        .arg(
            option("server", "URL", "Base URL of the server")
                .required(true)
                .value_parser(value_parser!(Target)),
        )
        .arg(option("listen", "ADDRESS", "Where to listen").default_value("127.0.0.1:18090"));
    Command::new("westway-bench")
        .about("Load on a FHIR server, measured")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([run, compare, classes, bare])
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

/// A value that clap has checked and given a default.
fn value<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> Result<T, String> {
    matches.get_one::<T>(name).cloned().ok_or_else(|| format!("--{name} is missing"))
}

fn measure(matches: &ArgMatches) -> Result<(), String> {
    let (target, workload): (Target, String) = (value(matches, "server")?, value(matches, "workload")?);
    let name: String = value(matches, "name")?;
    let load = Load {
        clients: value(matches, "clients")?,
        rate: matches.get_one("rate").copied(),
        warm_up: Duration::from_secs(value(matches, "warm-up")?),
        duration: Duration::from_secs(value(matches, "seconds")?),
        seed: value(matches, "seed")?,
    };
    let files: PathBuf = value(matches, "files")?;
    let only = matches.get_one::<String>("only").map(String::as_str);
    let limit = matches.get_one("slo").copied().map(Duration::from_millis);
    let mut result = runtime()?.block_on(async {
        let prepared =
            Workload::prepare(&workload, &target, &files, only).await.map_err(|error| error.to_string())?;
        Ok::<_, String>(match limit {
            Some(limit) => slo::highest(&name, &workload, &target, &prepared, load, limit).await,
            None => RunResult::new(&name, &workload, load, &run::run(&target, &prepared, load).await),
        })
    })?;
    result.memory_bytes = matches.get_one("pid").and_then(|pid| resident(*pid));
    result.notes = matches.get_many("note").into_iter().flatten().cloned().collect();
    if let Some(path) = matches.get_one::<PathBuf>("out") {
        let text = serde_json::to_string_pretty(&result).map_err(|error| error.to_string())?;
        write_file(path, &text)?;
    }
    print(&markdown::table(&result))?;
    if result.all.requests == 0 {
        return Err("no request was answered as expected".to_owned());
    }
    Ok(())
}

fn compare(matches: &ArgMatches) -> Result<(), String> {
    let paths = matches.get_many::<PathBuf>("results").into_iter().flatten();
    let results = paths.map(|path| RunResult::read(path)).collect::<Result<Vec<_>, _>>()?;
    let comparison = Comparison::new(&results);
    if let Some(folder) = matches.get_one::<PathBuf>("plots") {
        let mut workloads: Vec<&str> =
            comparison.rows.keys().map(|(workload, _)| workload.as_str()).collect();
        workloads.dedup();
        for workload in workloads {
            write_file(&folder.join(format!("{workload}.svg")), &svg::bars(&comparison, workload))?;
        }
    }
    print(&comparison.markdown())
}

fn classes(matches: &ArgMatches) -> Result<(), String> {
    let workload: String = value(matches, "workload")?;
    workload::classes(&workload).iter().try_for_each(|class| print(&format!("{class}\n")))
}

fn bare(matches: &ArgMatches) -> Result<(), String> {
    let (target, listen): (Target, String) = (value(matches, "server")?, value(matches, "listen")?);
    let copies = runtime()?.block_on(bare::copy(&target)).map_err(|error| error.to_string())?;
    bare::serve(&listen, copies).map_err(|error| format!("{listen}: {error}"))
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())
}

fn write_file(path: &Path, text: &str) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn print(text: &str) -> Result<(), String> {
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
}

/// Resident memory of a process in bytes, where the system tells.
fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
