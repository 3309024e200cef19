//! Compresses the definitions of `fhir-profiles/` into the binary: one deflate stream of JSON lines per package.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// The embedded packages in the order of their loading: what comes later may refine what came before.
const PACKAGES: [&str; 4] = ["r4-core", "iso", "uk-core", "nw-london"];

fn main() -> Result<(), Box<dyn Error>> {
    let profiles = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../fhir-profiles");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");

    let mut list = String::from("static PACKAGES: &[EmbeddedPackage] = &[\n");
    for package in PACKAGES {
        let folder = profiles.join(package);
        println!("cargo:rerun-if-changed={}", folder.display());
        let lines = definition_lines(&folder)?;
        let stream = format!("{package}.deflate");
        let mut encoder = DeflateEncoder::new(fs::File::create(out.join(&stream))?, Compression::best());
        encoder.write_all(lines.as_bytes())?;
        encoder.finish()?;

        let (name, version) = name_and_version(&folder)?;
        writeln!(
            list,
            "EmbeddedPackage {{ name: {name:?}, version: {version:?}, length: {}, \
             lines: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{stream}\")) }},",
            lines.len()
        )?;
    }
    list.push_str("];\n");
    fs::write(out.join("packages.rs"), list)?;
    Ok(())
}

/// All `.jsonl` files of a package one after the other, by file name.
fn definition_lines(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut lines = String::new();
    for file in files {
        lines.push_str(&fs::read_to_string(&file)?);
    }
    Ok(lines)
}

fn name_and_version(folder: &Path) -> Result<(String, String), Box<dyn Error>> {
    let manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.join("package.json"))?)?;
    let text = |member: &str| manifest.get(member).and_then(|value| value.as_str()).map(str::to_owned);
    match (text("name"), text("version")) {
        (Some(name), Some(version)) => Ok((name, version)),
        _ => Err(format!("{}/package.json lacks a name or a version", folder.display()).into()),
    }
}
