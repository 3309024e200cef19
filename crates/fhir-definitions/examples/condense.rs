//! Condenses an unpacked package: `condense <folder of .json or .jsonl files> <target folder>`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use fhir_definitions::condense::condense_into;
use fhir_definitions::{PackageContents, PackageResource};

fn main() -> Result<(), Box<dyn Error>> {
    let folders: Vec<PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    let [source, target] = folders.as_slice() else {
        return Err("expected a source and a target folder".into());
    };
    condense_into(&read(source)?, target)?;
    Ok(())
}

fn read(folder: &Path) -> Result<PackageContents, Box<dyn Error>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    let mut package = PackageContents::default();
    for path in paths {
        let file = path.display().to_string();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => {
                package.resources.push(PackageResource { file, json: fs::read_to_string(&path)?.into() })
            }
            Some("jsonl") => package.push_lines(&file, &fs::read_to_string(&path)?),
            _ => {}
        }
    }
    Ok(package)
}
