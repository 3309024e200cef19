//! Operations of the server, each performed in [`counted`], so that valgrind can count what it executes: see `bench/instructions.sh`.
//!
//!     instructions DATA_FOLDER
//!
//! There is no socket: each operation is what the HTTP layer hands to an interaction. For each one line is printed: how often it was
//! performed in [`counted`], and its name.

mod operations;
mod seed;

use std::hint::black_box;
use std::io::Write as _;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use clap::Command;
use westway::app;
use westway::config::{Resolved, with_flags};

use crate::operations::{Failure, Operation};

/// The allocator of the server, whose instructions count too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What was compiled, cached and allocated by then is not counted.
const WARM_UPS: u32 = 25;
/// When nothing has come for a while the writer tidies the database up, which belongs to no operation.
const TIDYING: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "instructions: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).ok_or("name a data folder")?;
    let flags = with_flags(Command::new("instructions"));
    // One reader, so that it is always the same one, and always warm.
    let flags = flags.try_get_matches_from(["instructions", "--data-dir", &folder, "--readers", "1"])?;
    let context = app::open(&Resolved::new(&flags, &|_| None)?.settings()?)?;
    seed::fill(&context)?;
    thread::sleep(TIDYING);
    for operation in &mut operations::all(&context)? {
        repeat(operation, WARM_UPS)?;
        counted(operation)?;
        end_of_count();
        writeln!(std::io::stdout(), "{} {}", operation.repetitions, operation.name)?;
    }
    context.store.close();
    Ok(())
}

/// What happens in here is counted, in all threads. Valgrind is told this name.
#[inline(never)]
fn counted(operation: &mut Operation<'_>) -> Result<(), Failure> {
    black_box(repeat(operation, operation.repetitions))
}

/// The end of what is counted. Valgrind is told this name too: it notices reliably that a function is entered, but not that one is left.
#[inline(never)]
fn end_of_count() {
    black_box(());
}

fn repeat(operation: &mut Operation<'_>, times: u32) -> Result<(), Failure> {
    for _ in 0..times {
        (operation.perform)().map_err(|failure| format!("{}: {failure}", operation.name))?;
    }
    Ok(())
}
