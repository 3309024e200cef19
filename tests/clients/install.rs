//! Programs of others for the tests, from their registries: installed once into `target/clients`.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    reason = "each test binary uses its own part of this module"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The Python with the packages of `requirements.txt`, or why the test is skipped. In CI its absence is a failure.
pub fn python() -> Option<&'static Path> {
    static PYTHON: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
        let folder = folder("python")?;
        let program = folder.join("bin/python");
        once(&folder, "requirements.txt", || {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
            run(Command::new(&program).args(pip).arg(source("requirements.txt")))
        })?;
        Ok(program)
    });
    found_or_skipped(&PYTHON)
}

/// The folder with the `node_modules` of `package.json`, or why the test is skipped. In CI its absence is a failure.
pub fn node() -> Option<&'static Path> {
    static NODE: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
        let folder = folder("node")?;
        once(&folder, "package.json", || {
            fs::copy(source("package.json"), folder.join("package.json"))
                .map_err(|error| error.to_string())?;
            let npm = ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
            run(Command::new("npm").args(npm).current_dir(&folder))
        })?;
        Ok(folder)
    });
    found_or_skipped(&NODE)
}

/// A file beside this one.
pub fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

/// Runs a program to its end; what it prints is the result, in a failure too.
pub fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    if output.status.success() { Ok(text) } else { Err(format!("{command:?}: {}\n{text}", output.status)) }
}

fn folder(name: &str) -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("clients").join(name);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// Installs what a file lists, unless that is what is there.
fn once(folder: &Path, list: &str, install: impl FnOnce() -> Result<String, String>) -> Result<(), String> {
    let stamp = folder.join("installed");
    let wanted = fs::read_to_string(source(list)).map_err(|error| format!("{list}: {error}"))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install()?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn found_or_skipped(path: &'static Result<PathBuf, String>) -> Option<&'static Path> {
    match path {
        Ok(path) => Some(path),
        Err(reason) => {
            assert!(std::env::var_os("CI").is_none(), "{reason}");
            println!("SKIPPED because the programs cannot be installed: {reason}");
            None
        }
    }
}
