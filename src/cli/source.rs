//! Files of FHIR resources, and how to read each.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;

use crate::cli::Failure;

/// Bytes that a compressed file may unfold to.
const MOST_BYTES: u64 = 4 << 30;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Source {
    path: PathBuf,
    pub(super) format: Format,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Format {
    /// A Bundle or a resource.
    Json,
    /// A Bundle or a resource in XML.
    Xml,
    /// A resource a line.
    Ndjson,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

/// All files under the paths, sorted by name. A file named on the command line that is none of ours is an error; in folders such
/// files are passed over.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, &mut found).map_err(|error| format!("{}: {error}", path.display()))?;
        } else {
            let format = format_of(path).ok_or_else(|| {
                format!(
                    "{}: .json, .xml and .ndjson files, plain or as .gz or .bz2, can be read",
                    path.display()
                )
            })?;
            found.push(Source { path: path.clone(), format });
        }
    }
    found.sort();
    found.dedup();
    match found.is_empty() {
        true => Err("there is no .json, .xml or .ndjson file here".into()),
        false => Ok(found),
    }
}

fn walk(folder: &Path, found: &mut Vec<Source>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, found)?;
        } else if let Some(format) = format_of(&path) {
            found.push(Source { path, format });
        }
    }
    Ok(())
}

fn format_of(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".bz2")).unwrap_or(&name);
    match plain.rsplit_once('.')?.1 {
        "json" => Some(Format::Json),
        "xml" => Some(Format::Xml),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        _ => None,
    }
}

impl Source {
    /// The content, unpacked.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let file = BufReader::new(File::open(&self.path)?);
        let reader: Box<dyn Read> = match self.path.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => Box::new(MultiGzDecoder::new(file)),
            Some("bz2") => Box::new(MultiBzDecoder::new(file)),
            _ => Box::new(file),
        };
        let mut bytes = Vec::new();
        reader.take(MOST_BYTES).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == MOST_BYTES {
            return Err(io::Error::other("the file unfolds to 4 GiB or more"));
        }
        Ok(bytes)
    }

    /// What tells this file, in its present state, from others: absolute path, size and time of change.
    pub(super) fn fingerprint(&self) -> io::Result<String> {
        let about = fs::metadata(&self.path)?;
        let changed = about.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis();
        Ok(format!("{} {changed} {}", about.len(), fs::canonicalize(&self.path)?.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_the_name() {
        assert_eq!(format_of(Path::new("a/b.json.bz2")), Some(Format::Json));
        assert_eq!(format_of(Path::new("b.NDJSON")), Some(Format::Ndjson));
        assert_eq!(format_of(Path::new("b.xml")), Some(Format::Xml));
        assert_eq!(format_of(Path::new("b.txt")), None);
        assert_eq!(format_of(Path::new("json")), None);
    }

    #[test]
    fn folders_are_walked_in_order_and_foreign_files_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        for name in ["b.json", "a.ndjson", "readme.txt", "sub/c.json.gz"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found = find(&[folder.path().to_owned()]).unwrap();
        let names: Vec<_> = found.iter().filter_map(|source| source.path.file_name()?.to_str()).collect();
        assert_eq!(names, ["a.ndjson", "b.json", "c.json.gz"]);
        assert!(find(&[folder.path().join("readme.txt")]).is_err());
    }
}
