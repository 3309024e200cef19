//! The table of all settings, as flags, as documentation.

use clap::{Arg, ArgAction, Command};

/// One setting as an operator sees it. Its environment variable is `WESTWAY_` and the name in upper case.
pub struct Setting {
    /// The flag, and the key in the file.
    pub name: &'static str,
    /// What stands for the value in `--help`; `None` for a switch.
    pub value: Option<&'static str>,
    /// The value if nothing else is said; empty means not set.
    pub default: &'static str,
    /// What it does, in one line.
    pub doc: &'static str,
}

const fn value(name: &'static str, value: &'static str, default: &'static str, doc: &'static str) -> Setting {
    Setting { name, value: Some(value), default, doc }
}

/// All settings.
pub const SETTINGS: [Setting; 34] = [
    value("listen", "ADDRESS:PORT", "127.0.0.1:8080", "Where the server listens"),
    value("base-path", "PATH", "/fhir", "Where the FHIR API begins below the address"),
    value(
        "base-url",
        "URL",
        "",
        "The address under which clients know the FHIR API; links begin with it (default: the host they asked for)",
    ),
    value(
        "trusted-proxies",
        "ADDRESS[/BITS],...",
        "",
        "The proxies whose Forwarded and X-Forwarded-* headers tell the address that clients asked for (default: none)",
    ),
    value(
        "cors-origins",
        "ORIGIN,...",
        "",
        "The web origins whose pages may use the API, such as https://app.example.org; * for all (default: none)",
    ),
    value("data-dir", "DIR", "westway-data", "The folder of the database and of added packages"),
    value(
        "database-url",
        "URL",
        "",
        "The database, sqlite:PATH or postgres://USER@HOST/NAME (default: westway.db in the data folder)",
    ),
    value(
        "replica-database-url",
        "URL",
        "",
        "A standby of the PostgreSQL of database-url that answers searches and histories, which may then be a little old (default: none)",
    ),
    value("replica-max-staleness", "SECONDS", "5", "How old what the standby answers may be at most"),
    Setting {
        name: "insecure-open",
        value: None,
        default: "false",
        doc: "Serve without authentication on an address that other machines can reach",
    },
    value(
        "integrity",
        "enforce|warn|off",
        "enforce",
        "What happens to references to resources that are not here, and to deletions of resources referred to",
    ),
    value(
        "validation",
        "reject|warn|off",
        "reject",
        "What happens to a resource that breaks a profile: refused, stored with a line in the log, or not checked",
    ),
    value(
        "profiles",
        "uk-core|base",
        "uk-core",
        "The profiles that resources must fulfil besides those they claim: UK Core's for their type, or none",
    ),
    value(
        "require-profiles",
        "TYPE=URL,...",
        "",
        "Further profiles that all resources of a type must fulfil",
    ),
    value("unknown-profile", "warn|reject", "warn", "What a claimed profile means that is not known here"),
    value(
        "nhs-number",
        "off|warn|reject",
        "warn",
        "NHS numbers: ten digits with the right check digit, and a verification status that fits",
    ),
    value(
        "ods-code",
        "off|warn|reject",
        "warn",
        "ODS codes: their form, the spelling of their system, one for an organisation",
    ),
    value(
        "retired-aliases",
        "off|warn|reject",
        "warn",
        "Retired code systems and spellings that national senders still use: accepted as their successors, or refused",
    ),
    value("html-in-strings", "off|warn|reject", "warn", "Text that looks like HTML where HTML has no place"),
    value("default-count", "N", "20", "Matches on a page when the client does not say"),
    value("max-count", "N", "1000", "Matches on a page at most"),
    value(
        "conditional-delete",
        "N",
        "1",
        "Resources that a delete with a search may delete at most; when more match, none is deleted",
    ),
    Setting {
        name: "allow-erasure",
        value: None,
        default: "false",
        doc: "Allow to remove resources and versions for good: $purge and DELETE of a history",
    },
    value(
        "async-jobs",
        "N",
        "2",
        "Requests performed in the background at the same time (Prefer: respond-async); with 0 the preference is ignored",
    ),
    value("async-hours", "N", "24", "Hours for which the answer to a request in the background is kept"),
    value("max-body", "BYTES", "134217728", "Size of a request's body at most"),
    value("request-timeout", "SECONDS", "30", "How long a client may take to send the head of a request"),
    value("workers", "N", "0", "Threads that speak HTTP (0: one for each core)"),
    value("readers", "N", "8", "Connections that read the database"),
    value(
        "connection-timeout",
        "SECONDS",
        "10",
        "How long a request waits for a connection that reads; then it is refused with 503",
    ),
    value(
        "statement-timeout",
        "SECONDS",
        "30",
        "How long PostgreSQL may take for one statement; then the request fails with 503 (0: no limit)",
    ),
    value("cache", "MEGABYTES", "64", "Database pages kept in memory by the writer"),
    value(
        "log",
        "FILTER",
        "info",
        "What is logged, as env_logger reads it: warn, or westway::access=off,info",
    ),
    value("now", "DATE", "", "The day on which the demo population lives (default: today)"),
];
impl Setting {
    /// Its environment variable.
    pub fn variable(&self) -> String {
        format!("WESTWAY_{}", self.name.to_uppercase().replace('-', "_"))
    }
}
/// Adds a flag for each setting, and `--config`.
pub fn with_flags(command: Command) -> Command {
    let file = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .help("A TOML file with settings [env: WESTWAY_CONFIG]");
    let flags = SETTINGS.iter().map(|setting| {
        let mut help = setting.doc.to_owned();
        if setting.value.is_some() && !setting.default.is_empty() {
            help.push_str(&format!(" [default: {}]", setting.default));
        }
        help.push_str(&format!(" [env: {}]", setting.variable()));
        let flag = Arg::new(setting.name).long(setting.name).help(help).help_heading("Settings");
        match setting.value {
            Some(value) => flag.value_name(value),
            None => flag.action(ArgAction::SetTrue),
        }
    });
    command.arg(file.help_heading("Settings")).args(flags)
}
/// The table of all settings in Markdown, as it stands in `docs/configuration.md`.
pub fn markdown() -> String {
    let mut out = String::from("| flag and key | variable | default | meaning |\n|---|---|---|---|\n");
    for setting in &SETTINGS {
        let value = setting.value.map(|value| format!(" {}", value.replace('|', "\\|"))).unwrap_or_default();
        let default =
            if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
        let name = setting.name;
        out.push_str(&format!(
            "| `--{name}{value}` | `{}` | {default} | {} |\n",
            setting.variable(),
            setting.doc
        ));
    }
    out
}
