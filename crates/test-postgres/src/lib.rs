//! A private PostgreSQL for the tests of one process, see the README.

#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a helper of tests fails the test, and says why one is skipped"
)]

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

mod instance;

pub use instance::Instance;

/// A running PostgreSQL.
#[derive(Debug)]
pub struct Cluster {
    /// Where its socket is.
    folder: String,
    /// Where the programs are.
    bin: PathBuf,
    databases: AtomicUsize,
    /// A shell that stops the cluster when its input ends, which it does with this process.
    _keeper: Child,
}

/// The cluster of this process, started by the first who asks; `None`, after a line that says so, where PostgreSQL is not installed.
/// If `CI` is set that is a failure.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER.get_or_init(|| bin_or_skipped().map(Cluster::start)).as_ref()
}

fn bin_or_skipped() -> Option<PathBuf> {
    let bin = bin();
    if bin.is_none() {
        assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not installed");
        eprintln!("SKIPPED because PostgreSQL is not installed");
    }
    bin
}

/// The folder of `initdb` and `pg_ctl`, which Debian does not put into the `PATH`.
fn bin() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.extend(std::env::split_paths(&path));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

impl Cluster {
    fn start(bin: PathBuf) -> Self {
        let (keeper, folder) = keep(include_str!("cluster.sh"), &[bin.as_os_str()]);
        Self { folder, bin, databases: AtomicUsize::new(0), _keeper: keeper }
    }

    /// Starts a standby of the whole cluster, which follows it by streaming.
    pub fn standby(&self) -> Server {
        let arguments = [self.bin.as_os_str(), OsStr::new(&self.folder)];
        let (keeper, folder) = keep(include_str!("standby.sh"), &arguments);
        Server { folder, keeper }
    }

    /// Makes a database, empty or as a copy of another that nobody is connected to, and returns its url.
    pub fn create(&self, template: Option<&str>) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let template = template.and_then(|url| url.split(['/', '?']).nth(3)).unwrap_or("template0");
        let made = Command::new(self.bin.join("createdb"))
            .args(["-h", &self.folder, "-U", "westway", "-T", template, &name])
            .status()
            .expect("createdb runs");
        assert!(made.success(), "the database {name} was not made");
        self.url(&name)
    }

    /// Starts pgbouncer before the cluster, in a mode of its own; `None`, after a line that says so, where it is not installed. If
    /// `CI` is set that is a failure.
    pub fn bouncer(&self, mode: &str) -> Option<Server> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
        if !folders.any(|folder| folder.join("pgbouncer").is_file()) {
            assert!(std::env::var_os("CI").is_none(), "pgbouncer is not installed");
            eprintln!("SKIPPED because pgbouncer is not installed");
            return None;
        }
        let arguments = [OsStr::new(&self.folder), OsStr::new(mode)];
        let (keeper, folder) = keep(include_str!("bouncer.sh"), &arguments);
        Some(Server { folder, keeper })
    }

    fn url(&self, database: &str) -> String {
        url(&self.folder, database)
    }
}

fn url(folder: &str, database: &str) -> String {
    format!("postgres:///{database}?host={folder}&user=westway")
}

/// A server that leads to the databases of a cluster, or to copies; it ends with this process, or when it is stopped.
#[derive(Debug)]
pub struct Server {
    folder: String,
    keeper: Child,
}

impl Server {
    /// Its url for a database of the cluster.
    pub fn url(&self, primary: &str) -> String {
        url(&self.folder, primary.split(['/', '?']).nth(3).unwrap_or_default())
    }

    /// Stops it at once.
    pub fn stop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().expect("the server ends");
    }
}

/// Runs a script that starts a server, writes the folder of its socket, and stops it when its input ends.
fn keep(script: &str, arguments: &[&OsStr]) -> (Child, String) {
    let mut keeper = as_other_than_root()
        .args(["sh", "-c", script, "test-postgres"])
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell can be started");
    let mut folder = String::new();
    let output = keeper.stdout.take().expect("the output is piped");
    BufReader::new(output).read_line(&mut folder).expect("the server starts");
    assert!(!folder.is_empty(), "the server did not start");
    (keeper, folder.trim().to_owned())
}

/// The beginning of a command that runs as somebody who may run PostgreSQL.
fn as_other_than_root() -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root {
        return Command::new("env");
    }
    let exists =
        |user: &&str| Command::new("id").arg(user).output().is_ok_and(|output| output.status.success());
    let user = ["postgres"].into_iter().find(exists).unwrap_or("nobody");
    let group = Command::new("id").args(["-g", user]).output().expect("id runs").stdout;
    let group = String::from_utf8_lossy(&group);
    let mut command = Command::new("setpriv");
    let (user, group) = (format!("--reuid={user}"), format!("--regid={}", group.trim()));
    command.args([&user, &group, "--clear-groups", "env"]);
    command
}
