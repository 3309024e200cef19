//! What clients do, one file per workload; each names the published suite that it follows.

use std::path::Path;
use std::rc::Rc;

use crate::samples::{SampleError, Samples};
use crate::session::Session;
use crate::target::Target;

mod create;
mod crud;
mod download;
mod import;
mod mix;
mod queries;
mod read;
mod seeds;
mod transaction;
mod walk;

/// The workloads by the name of the command line, each with what it does.
pub(crate) const NAMES: [(&str, &str); 10] = [
    ("read", "reads of patients by id"),
    (
        "walk",
        "every search parameter of the hsbench walk, each with a random value and modifier or prefix, 20 results",
    ),
    ("queries", "the named queries of the mock-health comparison, one after the other, and chained searches"),
    ("growth", "a read and five searches of the demo population, one after the other"),
    ("mix", "45 % reads, 20 % patients, 20 % observations of a patient, 10 % conditions, 5 % histories"),
    ("create", "POST Patient"),
    ("crud", "nine resource types in a chain: created, read, updated, and deleted from the end"),
    ("transaction", "a transaction of a patient and an observation that refers to it"),
    ("download", "all pages of a large search, one after the other"),
    (
        "import",
        "the transaction bundles of the folder --files, each once; hospitals and practitioners before the measurement",
    ),
];

/// What one client repeats.
#[derive(Debug)]
pub(crate) enum Workload {
    Read(Samples),
    Walk(Samples, Option<String>),
    Queries(queries::Queries),
    Mix(Samples),
    Create,
    Crud,
    Transaction,
    Download,
    Import(import::Import),
}

/// The classes of searches that a workload consists of.
pub(crate) fn classes(workload: &str) -> &'static [&'static str] {
    match workload {
        "walk" => &walk::CLASSES_OF_WALK,
        "queries" => queries::QUERIES,
        "growth" => queries::GROWTH,
        _ => &[],
    }
}

impl Workload {
    /// The workload of this name, with the ids that it needs; of searches one class only, where `only` names it.
    ///
    /// # Errors
    /// The server does not answer or has no data, or there are no files to import.
    pub(crate) async fn prepare(
        name: &str,
        target: &Target,
        files: &Path,
        only: Option<&str>,
    ) -> Result<Rc<Self>, SampleError> {
        let workload = match name {
            "create" => Self::Create,
            "crud" => Self::Crud,
            "transaction" => Self::Transaction,
            "download" => Self::Download,
            "import" => {
                let import = import::Import::new(files)?;
                import.prepare(&mut Session::new(target)).await?;
                Self::Import(import)
            }
            _ => {
                let samples = Samples::take(target).await?;
                samples.need("Patient")?;
                match name {
                    "walk" => Self::Walk(samples, only.map(str::to_owned)),
                    "queries" => Self::Queries(queries::Queries::new(queries::QUERIES, samples, only)),
                    "growth" => Self::Queries(queries::Queries::new(queries::GROWTH, samples, only)),
                    "mix" => Self::Mix(samples),
                    _ => Self::Read(samples),
                }
            }
        };
        Ok(Rc::new(workload))
    }

    /// One iteration; `false` if the client should stop.
    pub(crate) async fn iterate(&self, session: &mut Session, random: &mut fastrand::Rng) -> bool {
        match self {
            Self::Read(samples) => read::iterate(session, samples, random).await,
            Self::Walk(samples, only) => walk::iterate(session, samples, only.as_deref(), random).await,
            Self::Queries(queries) => queries.iterate(session, random).await,
            Self::Mix(samples) => mix::iterate(session, samples, random).await,
            Self::Create => create::iterate(session, random).await,
            Self::Crud => crud::iterate(session, random).await,
            Self::Transaction => transaction::iterate(session, random).await,
            Self::Download => download::iterate(session).await,
            Self::Import(import) => return import.iterate(session).await,
        }
        true
    }
}
