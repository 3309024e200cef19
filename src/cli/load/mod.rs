//! `westway load`: files into the database, without a server.
//!
//! What is loaded passes the same interactions as over HTTP: checked, indexed, all or nothing for each Bundle. Units of work that
//! fail because they refer to what is not there yet are tried again when the others are in, until a round brings nothing new.

mod journal;
mod work;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::console::Console;
use super::source::{self, Source};
use super::{Failure, settings_with_default, start_logging, with_settings};
use crate::app;
use journal::Journal;
use work::Refusal;

/// Refusals that the summary shows in full; of the rest it says how many there are.
const SHOWN_REFUSALS: usize = 20;

pub(super) fn command() -> Command {
    let command = Command::new("load")
        .about("Load FHIR files into the database")
        .after_help(
            "Reads .json and .xml (a Bundle or one resource) and .ndjson (a resource a line), each also as .gz or .bz2, and the folders\n\
             that hold them, in the order of their names. Transactions and batches are performed as they are; the resources of\n\
             other Bundles are stored under their own ids.\n\n\
             Resources must fulfil base R4 and the profiles they claim; with --profiles uk-core also UK Core's for their type.\n\n\
             A load that was stopped goes on where it was when the same command is given again.\n\n\
             Exit code 1 if anything was refused.",
        )
        .arg(
            Arg::new("paths").value_name("PATH").num_args(1..).required(true).value_parser(value_parser!(PathBuf)).help(
                "Files and folders",
            ),
        )
        .arg(
            Arg::new("parallel")
                .long("parallel")
                .value_name("N")
                .value_parser(value_parser!(usize))
                .help("Files loaded at the same time [default: one for each core and one more]"),
        )
        .arg(
            Arg::new("again")
                .long("again")
                .action(ArgAction::SetTrue)
                .help("Load also what an earlier load has finished"),
        );
    with_settings(command)
}

pub(super) fn run(console: &Console, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    // Records from elsewhere are held to the profiles that they claim, not to those of this system, unless the operator says so.
    let settings = settings_with_default(matches, "profiles", "base")?;
    start_logging(&settings);
    let paths: Vec<PathBuf> = matches.get_many("paths").into_iter().flatten().cloned().collect();
    let sources = source::find(&paths)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let parallel = matches.get_one::<usize>("parallel").copied().unwrap_or(cores + 1).max(1);
    let context = app::open(&settings)?;
    let journal = Journal::open(&settings.data_dir.join("load-journal.txt"))?;
    let again = matches.get_flag("again");
    let (done, mut waiting): (Vec<Source>, Vec<Source>) =
        sources.into_iter().partition(|source| !again && journal.has_finished(source));
    if !done.is_empty() {
        console.note(&format!(
            "{} files were loaded earlier and are left out (--again loads them too)",
            done.len()
        ));
    }

    let begun = Instant::now();
    let bar = console.progress(waiting.len() as u64, "files");
    let mut stored = 0;
    let mut refusals = Vec::new();
    while !waiting.is_empty() {
        let files = waiting.len();
        let round = work::round(&context, &journal, waiting, parallel, &bar);
        stored += round.stored;
        let (later, refused): (Vec<Refusal>, Vec<Refusal>) =
            round.refusals.into_iter().partition(|r| r.may_pass_later);
        refusals.extend(refused);
        if later.len() == files {
            refusals.extend(later);
            break;
        }
        waiting = later.into_iter().map(|refusal| refusal.source).collect();
    }
    bar.finish_and_clear();
    context.store.close();
    report(console, stored, begun.elapsed().as_secs_f64(), &refusals);
    Ok(if refusals.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(console: &Console, stored: usize, seconds: f64, refusals: &[Refusal]) {
    let rate = stored as f64 / seconds.max(0.001);
    console.result(&format!(
        "{stored} entries loaded in {seconds:.1} s ({rate:.0}/s), {} files with refusals",
        refusals.len()
    ));
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for refusal in refusals {
        *reasons.entry(refusal.kind.as_str()).or_default() += 1;
    }
    for (kind, count) in reasons {
        console.result(&format!("  {count} x {kind}"));
    }
    for refusal in refusals.iter().take(SHOWN_REFUSALS) {
        console.result(&format!("  {}: {}", refusal.source, refusal.reason));
    }
    if refusals.len() > SHOWN_REFUSALS {
        console.result(&format!("  and {} more", refusals.len() - SHOWN_REFUSALS));
    }
}
