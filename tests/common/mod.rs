//! The real server on a free port, and a client that speaks to it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a helper fails the test, and shows what the server said"
)]
#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    reason = "each test file uses its own part of this module"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// A running server with a data folder of its own; killed when dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT/fhir`
    pub base: String,
    data: Option<TempDir>,
}

/// A response, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: String,
}

impl Server {
    /// Starts a server on an empty database.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server on an empty database with further flags.
    pub fn start_with(flags: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut server = Self::start_in(data.path(), flags);
        server.data = Some(data);
        server
    }

    /// Starts a server on the database in `data`.
    pub fn start_in(data: &Path, flags: &[&str]) -> Self {
        let mut child = westway(&["serve", "--listen", "127.0.0.1:0", "--log", "warn"])
            .arg("--data-dir")
            .arg(data)
            .args(if flags.contains(&"--database-url") { Vec::new() } else { database_flags(data) })
            .args(flags)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let base = loop {
            let line = lines.next().unwrap_or_else(|| panic!("the server ended before it listened")).unwrap();
            eprintln!("server: {line}");
            if let Some(base) = line.strip_prefix("Westway listens on ") {
                break base.to_owned();
            }
        };
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| eprintln!("server: {line}")));
        Self { child, base, data: None }
    }

    /// As [`Server::start_in`], on a file of SQLite whatever database the tests run on, for tests that look into it.
    pub fn start_on_file(data: &Path, flags: &[&str]) -> Self {
        let url = format!("sqlite:{}", data.join("westway.db").display());
        Self::start_in(data, &[flags, &["--database-url", url.as_str()]].concat())
    }

    /// The number of the process.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process at once, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the process to stop, waits for it, and returns whether it ended well.
    pub fn stop(&mut self) -> bool {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.child.wait().unwrap().success()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    pub fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[FHIR_JSON], body)
    }

    pub fn put(&self, path: &str, body: &str) -> Answer {
        self.send("PUT", path, &[FHIR_JSON], body)
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], "")
    }

    /// Sends a request to a path below the base, or to a whole address.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.try_send(method, path, headers, body).unwrap()
    }

    /// As [`Server::send`]; the error is that of the connection.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, ureq::Error> {
        let address =
            if path.starts_with("http") { path.to_owned() } else { format!("{}/{path}", self.base) };
        let mut request = ureq::http::Request::builder().method(method).uri(address.trim_end_matches('/'));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build();
        let mut response = ureq::Agent::from(config).run(request.body(body.to_owned()).unwrap())?;
        let body = response.body_mut().with_config().limit(1 << 30).read_to_string()?;
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), body })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have been ended by the test.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

pub const FHIR_JSON: (&str, &str) = ("Content-Type", "application/fhir+json");

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Fails the test unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// The id of the resource in the body.
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }

    /// The ids of the matches of a searchset, in order.
    pub fn matches(&self) -> Vec<String> {
        self.entries("match")
    }

    /// The ids of the entries with this search mode, in order.
    pub fn entries(&self, mode: &str) -> Vec<String> {
        let bundle = self.json();
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        let of_mode = entries.into_iter().filter(|entry| entry["search"]["mode"] == mode);
        of_mode.map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The address of a link.
    pub fn link(&self, relation: &str) -> Option<String> {
        let bundle = self.json();
        let links = bundle["link"].as_array()?;
        let link = links.iter().find(|link| link["relation"] == relation)?;
        link["url"].as_str().map(str::to_owned)
    }
}

/// The flags that name the database of the server in a data folder: none, so that it is in the folder, or one of PostgreSQL if
/// `WESTWAY_TEST_DATABASE=postgres`.
pub fn database_flags(data: &Path) -> Vec<String> {
    if std::env::var_os("WESTWAY_TEST_DATABASE").is_none_or(|database| database != "postgres") {
        return Vec::new();
    }
    let note = data.join("database-url");
    let url = std::fs::read_to_string(&note).unwrap_or_else(|_| {
        let url = new_postgres_database();
        std::fs::write(&note, &url).unwrap();
        url
    });
    vec!["--database-url".to_owned(), url]
}

/// A copy of a database that the program has made ready once; behind pgbouncer in the mode `WESTWAY_TEST_POOL`, if that is set.
pub fn new_postgres_database() -> String {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    let Some(cluster) = test_postgres::cluster() else { panic!("PostgreSQL is not installed") };
    let template = TEMPLATE.get_or_init(|| {
        let (url, folder) = (cluster.create(None), tempfile::tempdir().unwrap());
        let mut migrate = westway(&["migrate", "--log", "warn", "--database-url", &url, "--data-dir"]);
        assert!(migrate.arg(folder.path()).stdout(Stdio::null()).status().unwrap().success());
        url
    });
    let url = cluster.create(Some(template));
    let Ok(mode) = std::env::var("WESTWAY_TEST_POOL") else { return url };
    static BOUNCER: OnceLock<Option<test_postgres::Server>> = OnceLock::new();
    match BOUNCER.get_or_init(|| cluster.bouncer(&mode)) {
        Some(bouncer) => bouncer.url(&url),
        None => panic!("pgbouncer is not installed"),
    }
}

/// The program.
pub fn westway(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_westway"));
    command.args(arguments);
    command
}

/// The folder of shared data, or why the test is skipped. In CI its absence is a failure.
pub fn shared(what: &str) -> Option<PathBuf> {
    let root = std::env::var_os("WESTWAY_SHARED").map(PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    found_or_skipped(root.join(what), "WESTWAY_SHARED")
}

/// The folder of the unpacked package `hl7.fhir.r4.examples` 4.0.1, or why the test is skipped. In CI its absence is a failure.
pub fn r4_examples() -> Option<PathBuf> {
    let folder = std::env::var_os("WESTWAY_R4_EXAMPLES").map(PathBuf::from).unwrap_or_default();
    found_or_skipped(folder, "WESTWAY_R4_EXAMPLES")
}

fn found_or_skipped(path: PathBuf, variable: &str) -> Option<PathBuf> {
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there: set {variable}", path.display());
    eprintln!("SKIPPED because '{}' is not there; set {variable}", path.display());
    None
}
