//! A PostgreSQL that a test may kill: it syncs to disk, listens on a port, and can have standbys.

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{as_other_than_root, bin_or_skipped};

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// One server with a folder of its own, stopped when it is dropped.
#[derive(Debug)]
pub struct Instance {
    bin: PathBuf,
    /// Where its data are.
    data: PathBuf,
    port: u16,
    settings: Vec<String>,
}

impl Instance {
    /// Makes and starts one in `folder` with further settings, `name=value`; `None`, after a line that says so, where PostgreSQL is
    /// not installed.
    pub fn start_in(folder: &Path, settings: &[&str]) -> Option<Self> {
        let bin = bin_or_skipped()?;
        std::fs::set_permissions(folder, Permissions::from_mode(0o777)).expect("the folder is ours");
        let settings = settings.iter().map(ToString::to_string).collect();
        let instance = Self { bin, data: folder.join("data"), port: free_port(), settings };
        let auth = ["-U", "westway", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        let made = instance.command("initdb").arg("-D").arg(&instance.data).args(auth).output();
        succeeded("initdb", &made.expect("initdb runs"));
        instance.start();
        instance.sql("postgres", "CREATE DATABASE westway TEMPLATE template0");
        Some(instance)
    }

    /// A copy of it in `folder`, which follows it under a name.
    #[must_use]
    pub fn standby(&self, folder: &Path, name: &str) -> Self {
        std::fs::set_permissions(folder, Permissions::from_mode(0o777)).expect("the folder is ours");
        let standby = Self {
            bin: self.bin.clone(),
            data: folder.join("data"),
            port: free_port(),
            settings: Vec::new(),
        };
        let source = format!("host=127.0.0.1 port={} user=westway application_name={name}", self.port);
        let mut copy = standby.command("pg_basebackup");
        copy.args(["-R", "--checkpoint=fast", "-d", &source, "-D"]).arg(&standby.data);
        succeeded("pg_basebackup", &copy.output().expect("pg_basebackup runs"));
        standby.start();
        standby
    }

    /// Starts it, again after it was stopped or killed.
    pub fn start(&self) {
        let log = self.data.with_extension("log");
        let mut options = format!(
            "-c port={} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=16MB",
            self.port
        );
        for setting in &self.settings {
            options.push_str(&format!(" -c {setting}"));
        }
        // After a kill its children hold its memory for a moment.
        let begun = Instant::now();
        loop {
            let mut start = self.pg_ctl(&["-w", "-o", &options, "start", "-l"]);
            let started = start.arg(&log).stdout(Stdio::null()).stderr(Stdio::null()).status();
            if started.is_ok_and(|status| status.success()) {
                return;
            }
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not start: {said}");
            sleep(Duration::from_millis(100));
        }
    }

    /// Stops it without a last word, as `pg_ctl stop -m immediate` does.
    pub fn stop_at_once(&self) {
        let stopped = self.pg_ctl(&["-w", "-m", "immediate", "stop"]).output();
        succeeded("pg_ctl stop", &stopped.expect("pg_ctl runs"));
    }

    /// Kills the process that all others of it descend from.
    pub fn kill(&self) {
        let file = self.data.join("postmaster.pid");
        let text = std::fs::read_to_string(file).expect("it runs");
        kill(text.lines().next().unwrap_or_default());
    }

    /// Kills the process of one connection of a program, if there is any; then it ends all connections and recovers.
    pub fn kill_backend(&self, application: &str) {
        let found =
            format!("SELECT pid FROM pg_stat_activity WHERE application_name LIKE '{application}%' LIMIT 1");
        let id = self.sql("postgres", &found);
        if !id.is_empty() {
            kill(&id);
        }
    }

    /// Makes a standby the one that is written to.
    pub fn promote(&self) {
        let promoted = self.pg_ctl(&["-w", "promote"]).output();
        succeeded("pg_ctl promote", &promoted.expect("pg_ctl runs"));
    }

    /// Runs a statement and returns what it gives.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let port = self.port.to_string();
        let arguments = ["-h", "127.0.0.1", "-p", &port, "-U", "westway", "-d", database, "-Atqc", statement];
        let output = self.command("psql").args(arguments).output().expect("psql runs");
        succeeded(statement, &output);
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The url of its database `westway`.
    pub fn url(&self) -> String {
        format!("postgres://westway@127.0.0.1:{}/westway", self.port)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = as_other_than_root();
        command.arg(self.bin.join(program)).current_dir("/");
        command
    }

    fn pg_ctl(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("pg_ctl");
        command.arg("-D").arg(&self.data).args(arguments);
        command
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // The test may have ended it.
        let _ended = self.pg_ctl(&["-w", "-m", "immediate", "stop"]).output();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it has an address").port()
}

fn kill(id: &str) {
    let killed = Command::new("kill").args(["-KILL", id]).status().expect("kill runs");
    assert!(killed.success(), "process {id} was not killed");
}

fn succeeded(what: &str, output: &Output) {
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}
