//! Transaction bundles from a folder, each once, as a migration posts them.

use std::cell::RefCell;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::exchange::Request;
use crate::session::{Count, Session};

/// The bundles that nobody has posted yet.
#[derive(Debug)]
pub(crate) struct Import {
    files: RefCell<std::vec::IntoIter<PathBuf>>,
}

impl Import {
    /// The `.json` and `.json.bz2` files of a folder in the order of their names, those that others refer to first.
    pub(crate) fn new(folder: &Path) -> std::io::Result<Self> {
        let entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        let mut files: Vec<PathBuf> =
            entries.into_iter().map(|entry| entry.path()).filter(|path| is_bundle(path)).collect();
        files.sort_by_key(|path| (!is_shared(path), path.clone()));
        Ok(Self { files: RefCell::new(files.into_iter()) })
    }

    /// Posts what all other bundles refer to, unmeasured.
    pub(crate) async fn prepare(&self, session: &mut Session) -> std::io::Result<()> {
        loop {
            let path = {
                let mut files = self.files.borrow_mut();
                if !files.as_slice().first().is_some_and(|path| is_shared(path)) {
                    return Ok(());
                }
                files.next()
            };
            if let Some(path) = path {
                session.send(&Request::with_body("POST", "", read(&path)?)).await?;
            }
        }
    }

    /// Posts the next bundle; `false` when there is none.
    pub(super) async fn iterate(&self, session: &mut Session) -> bool {
        let Some(path) = self.files.borrow_mut().next() else { return false };
        let Ok(body) = read(&path) else {
            session.record.failure("bundle", "unreadable file".to_owned());
            return true;
        };
        let entries = serde_json::from_slice::<Value>(&body)
            .ok()
            .and_then(|bundle| Some(bundle.get("entry")?.as_array()?.len() as u64));
        let request = Request::with_body("POST", "", body);
        session.exchange("bundle", &request, &[200], Count::Resources(entries.unwrap_or_default())).await;
        true
    }
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn is_bundle(path: &Path) -> bool {
    name(path).ends_with(".json") || name(path).ends_with(".json.bz2")
}

/// Hospitals and practitioners, which Synthea's patients refer to by identifier.
fn is_shared(path: &Path) -> bool {
    ["hospitalInformation", "practitionerInformation"].iter().any(|part| name(path).contains(part))
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let bytes = std::fs::read(path)?;
    if !name(path).ends_with(".bz2") {
        return Ok(bytes);
    }
    let mut text = Vec::new();
    bzip2::read::BzDecoder::new(bytes.as_slice()).read_to_end(&mut text)?;
    Ok(text)
}
