//! The server without its protocol: definitions, store and engines, opened from the settings.

use std::sync::Arc;
use std::time::Duration;

use fhir_definitions::Registry;
use fhir_definitions::contents::PackageContents;
use fhir_definitions::package::{Limits as PackageLimits, PackageStore};
use fhir_search::extract::{ExtractSettings, Extractor};
use fhir_search::hash::KeyHasher;
use fhir_search::parameters::{ParameterId, Parameters};

use crate::cli::Failure;
use crate::config::{Database, Settings};
use crate::interactions::Context;
use crate::interactions::context::Limits;
use crate::interactions::validation::Validation;
use crate::store::Store;
use crate::store::{postgres, sqlite};

/// Opens the database of the settings, creating it where there is none, and builds the engines over it.
pub fn open(settings: &Settings) -> Result<Context, Failure> {
    std::fs::create_dir_all(&settings.data_dir).map_err(|error| {
        format!("the data folder {} cannot be made: {error}", settings.data_dir.display())
    })?;
    let registry = registry(added_packages(settings)?)?;
    let store = open_store(settings)?;
    let limits = Limits {
        integrity: settings.integrity,
        default_count: settings.default_count.min(settings.max_count),
        max_count: settings.max_count,
        conditional_delete: settings.conditional_delete,
        erasure: settings.allow_erasure,
        base_urls: base_urls(settings),
    };
    let validation = Validation::new(&registry, &settings.validation)?;
    Ok(Context::new(registry, store, validation, limits)?)
}

fn open_store(settings: &Settings) -> Result<Arc<dyn Store>, Failure> {
    let readers = settings.readers;
    let connection_timeout = Duration::from_secs(settings.connection_timeout_seconds);
    Ok(match &settings.database {
        Database::Sqlite(path) => {
            let writer_cache_kib = settings.cache_megabytes.saturating_mul(1024);
            let defaults = sqlite::Options::default();
            let options = sqlite::Options { readers, connection_timeout, writer_cache_kib, ..defaults };
            Arc::new(sqlite::open(path, &options)?)
        }
        Database::Postgres(url) => {
            let replica = settings.replica_url.clone().map(|url| postgres::ReplicaOptions {
                url,
                max_staleness: Duration::from_secs(settings.replica_max_staleness_seconds),
            });
            let options = postgres::Options {
                readers,
                connection_timeout,
                statement_timeout: Duration::from_secs(settings.statement_timeout_seconds),
                replica,
                ..postgres::Options::default()
            };
            Arc::new(postgres::open(url, &options)?)
        }
    })
}

/// What extracts words and references from resources without a database: the numbers of its parameters and its hashes are its own.
pub fn extractor(settings: &Settings) -> Result<Extractor, Failure> {
    let registry = registry(added_packages(settings)?)?;
    let mut last = 0;
    let parameters = Parameters::new(&registry, |_, _| {
        last += 1;
        Ok::<_, std::convert::Infallible>(ParameterId(last))
    })?;
    let extract = ExtractSettings { own_base_urls: base_urls(settings), ..ExtractSettings::default() };
    let hasher = KeyHasher::new([0, 0]);
    Ok(Extractor::new(registry.types().clone(), Arc::new(parameters), hasher, extract))
}

/// The definitions of the packages added to the data folder.
pub fn added_packages(settings: &Settings) -> Result<Vec<PackageContents>, Failure> {
    Ok(packages(settings)?.load_all()?.into_iter().map(|package| package.contents).collect())
}

/// The embedded definitions, and those of further packages.
pub fn registry(packages: Vec<PackageContents>) -> Result<Arc<Registry>, Failure> {
    let registry = Registry::build(packages)?;
    for note in registry.notes() {
        log::debug!("definitions: {note}");
    }
    Ok(Arc::new(registry))
}

/// The packages added to the data folder.
pub fn packages(settings: &Settings) -> Result<PackageStore, Failure> {
    Ok(PackageStore::open(&settings.data_dir, PackageLimits::default())?)
}

/// The addresses that mean this server in absolute references.
fn base_urls(settings: &Settings) -> Vec<String> {
    let listening = format!("http://{}{}", settings.listen, settings.base_path);
    settings.base_url.iter().map(|url| url.trim_end_matches('/').to_owned()).chain([listening]).collect()
}
