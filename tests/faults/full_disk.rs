//! The disk of the database is full for a while.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use test_postgres::Instance;

use crate::common::Server;
use crate::load::Load;

/// A small file system of its own.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// `None`, after a line that says so, where it cannot be made; in CI that is a failure.
    fn new(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m,mode=777");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(folder.path()).output();
        if mount.is_ok_and(|mount| mount.status.success()) {
            return Some(Self { folder });
        }
        assert!(std::env::var_os("CI").is_none(), "a small file system cannot be mounted");
        eprintln!("SKIPPED because a small file system cannot be mounted: that needs root");
        None
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves no room, but for what is free within the files of the database.
    fn fill(&self) {
        let mut ballast =
            File::options().create(true).append(true).open(self.path().join("ballast")).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            while ballast.write(&vec![0; size]).is_ok_and(|written| written == size) {}
        }
    }

    fn empty(&self) {
        std::fs::remove_file(self.path().join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // (Lazily: a server may be about to end.)
        let _unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// Twice: writes are refused while the disk is full and reads go on; when there is room again all goes on.
fn fill_and_empty(disk: &SmallDisk, server: &Server, load: &Load) {
    for _ in 0..2 {
        load.wait_for(60);
        disk.fill();
        load.wait_for_refusals(20);
        server.get("Patient/p-t0-0").expect(200);
        server.get("Patient?_count=5").expect(200);
        disk.empty();
    }
    load.wait_for(60);
}

#[test]
fn a_full_disk_under_sqlite_refuses_writes_and_loses_nothing() {
    let Some(disk) = SmallDisk::new(32) else { return };
    let server = Server::start_on_file(disk.path(), &[]);
    let load = Load::during(&server, |load| fill_and_empty(&disk, &server, load));
    load.told("disk of SQLite full twice");
    load.check(&server);
    drop(server);
    load.check(&Server::start_on_file(disk.path(), &[]));
}

/// The tables are on the small disk, the log of the server is not: with no room for its log PostgreSQL stops, and has to be started by
/// whoever watches over it.
#[test]
fn a_full_disk_under_postgres_refuses_writes_and_loses_nothing() {
    let Some(disk) = SmallDisk::new(48) else { return };
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(postgres) = Instance::start_in(folder.path(), &[]) else { return };
    let tables = disk.path().join("tables");
    std::fs::create_dir(&tables).unwrap();
    let owner = format!("--reference={}", folder.path().join("data").display());
    assert!(Command::new("chown").arg(owner).arg(&tables).status().unwrap().success());
    postgres.sql("postgres", "DROP DATABASE westway");
    postgres.sql("postgres", &format!("CREATE TABLESPACE small LOCATION '{}'", tables.display()));
    postgres.sql("postgres", "CREATE DATABASE westway TEMPLATE template0 TABLESPACE small");
    let server = Server::start_in(data.path(), &["--database-url", &postgres.url()]);
    let load = Load::during(&server, |load| fill_and_empty(&disk, &server, load));
    load.told("disk of PostgreSQL full twice");
    load.check(&server);
}
