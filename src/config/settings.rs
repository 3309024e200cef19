//! The settings as the program uses them.

use std::fmt;
use std::path::PathBuf;

use fhir_validation::{Mode, NhsRules};

use super::{Networks, Origins};

/// Where everything is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A url of libpq.
    Postgres(String),
}

impl fmt::Display for Database {
    /// The database without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => {
                let (_, rest) = url.split_once("://").unwrap_or(("", url));
                let place = rest.split('?').next().unwrap_or_default();
                let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
                write!(f, "postgres://{place}")
            }
        }
    }
}

/// What happens to references to resources that are not on this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// They are refused.
    Enforce,
    /// They are stored, and the log says so.
    Warn,
    /// They are stored.
    Off,
}

/// What happens to a resource that breaks a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnInvalid {
    /// It is refused.
    Reject,
    /// It is stored, and the log says so.
    Warn,
    /// Profiles are not checked; the structure always is.
    Store,
}

/// What resources must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationSettings {
    /// What happens to those that are not.
    pub on_invalid: OnInvalid,
    /// Whether the UK Core profile of a type applies to all its resources.
    pub uk_core: bool,
    /// Types with further profiles.
    pub required: Vec<(String, String)>,
    /// What a claimed profile means that is not known.
    pub unknown_profile: Mode,
    /// The rules of the NHS.
    pub nhs: NhsRules,
    /// What text that looks like HTML means where HTML has no place.
    pub html_in_strings: Mode,
}

/// The settings of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "SETTINGS documents each of them")]
pub struct Settings {
    pub listen: String,
    pub base_path: String,
    pub base_url: Option<String>,
    pub trusted_proxies: Networks,
    pub cors_origins: Origins,
    pub data_dir: PathBuf,
    pub database: Database,
    pub replica_url: Option<String>,
    pub replica_max_staleness_seconds: u64,
    pub insecure_open: bool,
    pub integrity: Integrity,
    pub validation: ValidationSettings,
    pub default_count: usize,
    pub max_count: usize,
    pub conditional_delete: usize,
    pub allow_erasure: bool,
    pub async_jobs: usize,
    pub async_hours: u32,
    pub max_body_bytes: usize,
    pub request_timeout_seconds: u64,
    pub workers: usize,
    pub readers: u32,
    pub connection_timeout_seconds: u64,
    pub statement_timeout_seconds: u64,
    pub cache_megabytes: u32,
    pub log: String,
    pub now: Option<(i32, u8, u8)>,
}
