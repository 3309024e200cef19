//! A private PostgreSQL for the tests of one process, see the README.

#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a helper of tests fails the test, and says why one is skipped"
)]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

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
    let cluster = CLUSTER.get_or_init(|| bin().map(Cluster::start)).as_ref();
    if cluster.is_none() {
        assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not installed");
        eprintln!("SKIPPED because PostgreSQL is not installed");
    }
    cluster
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
        let mut keeper = as_other_than_root()
            .args(["sh", "-c", include_str!("cluster.sh"), "cluster"])
            .arg(&bin)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell can be started");
        let mut folder = String::new();
        let output = keeper.stdout.take().expect("the output is piped");
        BufReader::new(output).read_line(&mut folder).expect("the cluster starts");
        assert!(!folder.is_empty(), "the cluster did not start");
        Self { folder: folder.trim().to_owned(), bin, databases: AtomicUsize::new(0), _keeper: keeper }
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

    fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=westway", self.folder)
    }
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
