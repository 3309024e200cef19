//! Every setting, once: its flag, its environment variable, its key in the file, its default and what it means.
//!
//! A flag wins over the environment, the environment over the file, the file over the default.

mod networks;
mod origins;
mod settings;
mod table;

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::str::FromStr;

use clap::ArgMatches;
use fhir_validation::{Mode, NhsRules};
use thiserror::Error;

pub use networks::Networks;
pub use origins::Origins;
pub use settings::{Database, Integrity, OnInvalid, Settings, ValidationSettings};
pub use table::{SETTINGS, Setting, markdown, with_flags};

/// A setting that cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ConfigError {
    /// A value that is not of the form expected.
    #[error("{name} = '{value}' (from {origin}): {expected} was expected")]
    BadValue {
        /// The setting.
        name: &'static str,
        /// What was given.
        value: String,
        /// Where it was given.
        origin: Origin,
        /// What was expected.
        expected: &'static str,
    },
    /// A key of the file that is no setting.
    #[error("'{key}' in {file} is no setting; there are: {known}")]
    UnknownKey {
        /// The key.
        key: String,
        /// The file.
        file: String,
        /// The settings there are.
        known: String,
    },
    /// A file that cannot be read.
    #[error("{file} cannot be read: {reason}")]
    File {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// The environment.
    Environment,
    /// The file.
    File(String),
    /// The table of settings.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("the command line"),
            Self::Environment => f.write_str("the environment"),
            Self::File(file) => f.write_str(file),
            Self::Default => f.write_str("the default"),
        }
    }
}
/// The settings in force, each with where it came from.
pub struct Resolved {
    values: Vec<(&'static Setting, String, Origin)>,
}

impl Resolved {
    /// Looks each setting up: command line, environment, file, default.
    pub fn new(
        flags: &ArgMatches,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let file = flags.get_one::<String>("config").cloned().or_else(|| environment("WESTWAY_CONFIG"));
        let table = file.as_deref().map(read_file).transpose()?.unwrap_or_default();
        let values = SETTINGS.iter().map(|setting| {
            let flag = match setting.value {
                Some(_) => flags.get_one::<String>(setting.name).cloned(),
                None => flags.get_flag(setting.name).then(|| "true".to_owned()),
            };
            if let Some(value) = flag {
                return (setting, value, Origin::Flag);
            }
            // DATABASE_URL is what hosting platforms set.
            let conventional =
                || (setting.name == "database-url").then(|| environment("DATABASE_URL")).flatten();
            if let Some(value) = environment(&setting.variable()).or_else(conventional) {
                return (setting, value, Origin::Environment);
            }
            match table.iter().find(|(key, _)| key == setting.name) {
                Some((_, value)) => (setting, value.clone(), Origin::File(file.clone().unwrap_or_default())),
                None => (setting, setting.default.to_owned(), Origin::Default),
            }
        });
        Ok(Self { values: values.collect() })
    }

    /// Gives a setting that nobody has set another default.
    #[must_use]
    pub fn with_default(mut self, name: &str, default: &str) -> Self {
        for (setting, value, origin) in &mut self.values {
            if setting.name == name && *origin == Origin::Default {
                default.clone_into(value);
            }
        }
        self
    }

    /// Name, value and origin of each.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str, &Origin)> {
        self.values.iter().map(|(setting, value, origin)| (setting.name, value.as_str(), origin))
    }

    fn text(&self, name: &str) -> &str {
        self.values.iter().find(|(setting, ..)| setting.name == name).map_or("", |(_, value, _)| value)
    }

    fn parsed<T>(
        &self,
        name: &str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let found = self.values.iter().find(|(setting, ..)| setting.name == name);
        let (name, value, origin) = found
            .map_or(("", "", &Origin::Default), |(setting, value, origin)| (setting.name, value, origin));
        let bad =
            || ConfigError::BadValue { name, value: value.to_owned(), origin: origin.clone(), expected };
        parse(value).ok_or_else(bad)
    }

    fn number<T: FromStr + PartialOrd>(&self, name: &str, least: T) -> Result<T, ConfigError> {
        self.parsed(name, "a whole number in range", |text| {
            text.parse().ok().filter(|number| *number >= least)
        })
    }

    /// The settings as the program uses them.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        let data_dir = PathBuf::from(self.text("data-dir"));
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let insecure_open = self.parsed("insecure-open", "true or false", |text| text.parse().ok())?;
        let listen = self.parsed("listen", "an address and port such as 127.0.0.1:8080", |text| {
            text.to_socket_addrs().ok().and_then(|mut all| all.next()).map(|_| text.to_owned())
        })?;
        self.parsed("listen", "a loopback address, or --insecure-open,", |text| {
            (insecure_open || is_loopback(text)).then_some(())
        })?;
        let default_database = data_dir.join("westway.db");
        Ok(Settings {
            listen,
            base_path: self.parsed("base-path", "a path such as /fhir", base_path)?,
            base_url: some(self.text("base-url")),
            trusted_proxies: self.parsed(
                "trusted-proxies",
                "a list of addresses such as 10.0.0.0/8,::1",
                Networks::parse,
            )?,
            cors_origins: self.parsed(
                "cors-origins",
                "a list such as https://app.example.org, or *,",
                Origins::parse,
            )?,
            database: self.parsed("database-url", "sqlite:PATH or postgres://USER@HOST/NAME", |text| {
                database(text, &default_database)
            })?,
            replica_url: self.replica_url()?,
            replica_max_staleness_seconds: self.number("replica-max-staleness", 1)?,
            data_dir,
            insecure_open,
            integrity: self.parsed("integrity", "enforce, warn or off", integrity)?,
            validation: self.validation()?,
            default_count: self.number("default-count", 1)?,
            max_count: self.number("max-count", 1)?,
            conditional_delete: self.number("conditional-delete", 1)?,
            allow_erasure: self.parsed("allow-erasure", "true or false", |text| text.parse().ok())?,
            async_jobs: self.number("async-jobs", 0)?,
            async_hours: self.number("async-hours", 1)?,
            max_body_bytes: self.number("max-body", 1024)?,
            request_timeout_seconds: self.number("request-timeout", 1)?,
            workers: self.number("workers", 0)?,
            readers: self.number("readers", 1)?,
            connection_timeout_seconds: self.number("connection-timeout", 1)?,
            statement_timeout_seconds: self.number("statement-timeout", 0)?,
            cache_megabytes: self.number("cache", 1)?,
            log: self.text("log").to_owned(),
            now: self.parsed("now", "a date such as 2026-11-24", |text| match text {
                "" => Some(None),
                date => day(date).map(Some),
            })?,
        })
    }
}

impl Resolved {
    fn mode(&self, name: &str) -> Result<Mode, ConfigError> {
        self.parsed(name, "off, warn or reject", |text| match text {
            "off" => Some(Mode::Off),
            "warn" => Some(Mode::Warn),
            "reject" => Some(Mode::Reject),
            _ => None,
        })
    }

    /// The standby, which only PostgreSQL can have.
    fn replica_url(&self) -> Result<Option<String>, ConfigError> {
        let is_postgres = is_postgres(self.text("database-url"));
        self.parsed(
            "replica-database-url",
            "postgres://USER@HOST/NAME beside a database-url of the same",
            |text| match text {
                "" => Some(None),
                url => (is_postgres && self::is_postgres(url)).then(|| Some(url.to_owned())),
            },
        )
    }

    fn validation(&self) -> Result<ValidationSettings, ConfigError> {
        let on_invalid = self.parsed("validation", "reject, warn or off", |text| match text {
            "reject" => Some(OnInvalid::Reject),
            "warn" => Some(OnInvalid::Warn),
            "off" => Some(OnInvalid::Store),
            _ => None,
        })?;
        let uk_core = self.parsed("profiles", "uk-core or base", |text| match text {
            "uk-core" => Some(true),
            "base" => Some(false),
            _ => None,
        })?;
        let required =
            self.parsed("require-profiles", "a list such as Patient=https://example.org/p", |text| {
                let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
                pairs
                    .map(|pair| pair.split_once('=').map(|(kind, url)| (kind.to_owned(), url.to_owned())))
                    .collect()
            })?;
        let (nhs_number, ods_code) = (self.mode("nhs-number")?, self.mode("ods-code")?);
        let nhs = NhsRules {
            nhs_number,
            verification_status: nhs_number,
            ods_code,
            one_ods_code: ods_code,
            retired_aliases: self.mode("retired-aliases")?,
        };
        let (unknown_profile, html_in_strings) =
            (self.mode("unknown-profile")?, self.mode("html-in-strings")?);
        Ok(ValidationSettings { on_invalid, uk_core, required, unknown_profile, nhs, html_in_strings })
    }
}

fn is_loopback(listen: &str) -> bool {
    listen
        .to_socket_addrs()
        .is_ok_and(|mut all: std::vec::IntoIter<SocketAddr>| all.all(|a| a.ip().is_loopback()))
}

fn base_path(text: &str) -> Option<String> {
    let trimmed = text.trim_end_matches('/');
    (trimmed.len() > 1 && trimmed.starts_with('/') && !trimmed.contains(['?', '#', '{']))
        .then(|| trimmed.to_owned())
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn database(text: &str, default: &std::path::Path) -> Option<Database> {
    if text.is_empty() {
        return Some(Database::Sqlite(default.to_owned()));
    }
    database_of_url(text)
}

/// The database that a url names: `sqlite:PATH` or one of PostgreSQL.
pub fn database_of_url(text: &str) -> Option<Database> {
    if is_postgres(text) {
        return Some(Database::Postgres(text.to_owned()));
    }
    let path = text.strip_prefix("sqlite:")?;
    let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
    (!path.as_os_str().is_empty()).then_some(Database::Sqlite(path))
}

fn integrity(text: &str) -> Option<Integrity> {
    match text {
        "enforce" => Some(Integrity::Enforce),
        "warn" => Some(Integrity::Warn),
        "off" => Some(Integrity::Off),
        _ => None,
    }
}

fn day(text: &str) -> Option<(i32, u8, u8)> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) =
        (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((year, month, day))
}

fn read_file(file: &str) -> Result<Vec<(String, String)>, ConfigError> {
    let unreadable = |reason: String| ConfigError::File { file: file.to_owned(), reason };
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| unreadable(error.to_string()))?;
    table
        .into_iter()
        .map(|(key, value)| {
            if !SETTINGS.iter().any(|setting| setting.name == key) {
                let known = SETTINGS.map(|setting| setting.name).join(", ");
                return Err(ConfigError::UnknownKey { key, file: file.to_owned(), known });
            }
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(switch) => switch.to_string(),
                _ => return Err(unreadable(format!("'{key}' must be a text, a number, true or false"))),
            };
            Ok((key, text))
        })
        .collect()
}
#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    fn resolve(flags: &[&str], environment: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let command = with_flags(Command::new("westway"));
        let matches = command.get_matches_from([&["westway"], flags].concat());
        let environment =
            |name: &str| environment.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Resolved::new(&matches, &environment)?.settings()
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("westway.toml");
        std::fs::write(&file, "max-count = 50\ndefault-count = 5\nreaders = 3\n").unwrap();
        let file = file.to_str().unwrap();
        let settings = resolve(
            &["--config", file, "--max-count", "70"],
            &[("WESTWAY_MAX_COUNT", "60"), ("WESTWAY_DEFAULT_COUNT", "6")],
        )
        .unwrap();
        assert_eq!((settings.max_count, settings.default_count, settings.readers), (70, 6, 3));
        assert_eq!(settings.integrity, Integrity::Enforce);
    }

    #[test]
    fn a_bad_value_says_where_it_came_from() {
        let error = resolve(&[], &[("WESTWAY_INTEGRITY", "maybe")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "integrity = 'maybe' (from the environment): enforce, warn or off was expected"
        );
    }

    #[test]
    fn an_open_address_needs_the_switch() {
        assert!(resolve(&["--listen", "0.0.0.0:8080"], &[]).is_err());
        assert!(resolve(&["--listen", "0.0.0.0:8080", "--insecure-open"], &[]).is_ok());
    }

    #[test]
    fn the_database_is_in_the_data_folder_unless_said() {
        assert_eq!(
            resolve(&["--data-dir", "d"], &[]).unwrap().database,
            Database::Sqlite(PathBuf::from("d/westway.db"))
        );
        assert_eq!(
            resolve(&[], &[("DATABASE_URL", "sqlite:///a/b.db")]).unwrap().database,
            Database::Sqlite(PathBuf::from("/a/b.db"))
        );
        let url = "postgres://westway@db.example.org/westway";
        assert_eq!(
            resolve(&[], &[("DATABASE_URL", url)]).unwrap().database,
            Database::Postgres(url.to_owned())
        );
        assert!(resolve(&["--database-url", "mysql://x"], &[]).is_err());
    }

    #[test]
    fn a_replica_belongs_to_postgresql() {
        let replica = ("WESTWAY_REPLICA_DATABASE_URL", "postgres://standby/westway");
        let primary = ("DATABASE_URL", "postgres://db/westway");
        assert_eq!(resolve(&[], &[primary, replica]).unwrap().replica_url.as_deref(), Some(replica.1));
        assert!(resolve(&[], &[replica]).is_err());
        assert_eq!(resolve(&[], &[primary]).unwrap().replica_url, None);
    }

    #[test]
    fn the_documentation_lists_every_setting() {
        let documented = include_str!("../../docs/configuration.md");
        assert!(documented.contains(&markdown()), "docs/configuration.md should contain:\n{}", markdown());
    }
}
