//! Packages as gzipped tar archives.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::read::GzDecoder;
use tar::{Archive, EntryType};

use super::load::{Loader, Role};
use super::path::{SafePath, SeenPaths};
use super::{Limits, LoadedPackage, PackageError};

/// Reads the definitions of an archive without writing anything.
pub fn load_archive(archive: impl Read, limits: &Limits) -> Result<LoadedPackage, PackageError> {
    let mut loader = Loader::default();
    walk(archive, limits, |path, entry| {
        let Entry::File(content) = entry else { return Ok(()) };
        match Role::of(path) {
            Role::Other => Ok(()),
            role => loader.take(path, role, read_all(content)?),
        }
    })?;
    loader.finish()
}

/// Unpacks an archive into a folder, which must be empty or not there yet. Whatever is refused, nothing has been
/// written outside of `target`; what was written inside before is left for the caller to clear away.
pub fn extract(archive: impl Read, target: &Path, limits: &Limits) -> Result<(), PackageError> {
    let failed = |path: &Path, error| PackageError::file(path, error);
    fs::create_dir_all(target).map_err(|error| failed(target, error))?;
    let mut entries = fs::read_dir(target).map_err(|error| failed(target, error))?;
    if entries.next().is_some() {
        return Err(PackageError::TargetNotEmpty(target.to_owned()));
    }
    walk(archive, limits, |path, entry| {
        let place = path.below(target);
        match entry {
            Entry::Folder => fs::create_dir_all(&place).map_err(|error| failed(&place, error)),
            Entry::File(content) => create_file(&place, &read_all(content)?),
        }
    })
}

/// The content of an entry, whose size was checked before.
fn read_all(content: &mut dyn Read) -> Result<Vec<u8>, PackageError> {
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).map_err(PackageError::Archive)?;
    Ok(bytes)
}

/// Creates a file that is not there yet, and the folders it lies in.
pub(super) fn create_file(place: &Path, content: &[u8]) -> Result<(), PackageError> {
    let failed = |error| PackageError::file(place, error);
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    // `create_new` neither overwrites nor follows a link, whatever stands there.
    let mut file = OpenOptions::new().write(true).create_new(true).open(place).map_err(failed)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)
}

/// An entry of an archive that is safe to create.
enum Entry<'a> {
    Folder,
    File(&'a mut dyn Read),
}

/// Shows every entry in its order, after checking its kind, name and size.
fn walk(
    archive: impl Read,
    limits: &Limits,
    mut visit: impl FnMut(&SafePath, Entry<'_>) -> Result<(), PackageError>,
) -> Result<(), PackageError> {
    let mut archive = Archive::new(Metered { inner: GzDecoder::new(archive), left: unpacked_bytes(limits) });
    let mut seen = SeenPaths::default();
    let mut budget = Budget::new(limits);
    for entry in archive.entries().map_err(PackageError::Archive)? {
        let mut entry = entry.map_err(PackageError::Archive)?;
        let kind = entry.header().entry_type();
        if kind == EntryType::XGlobalHeader {
            continue;
        }
        let path = SafePath::parse(&entry.path_bytes())?;
        let is_folder = is_folder(kind, &path)?;
        budget.spend(path.as_str(), entry.size())?;
        if path.is_empty() {
            continue;
        }
        seen.add(&path, is_folder)?;
        visit(&path, if is_folder { Entry::Folder } else { Entry::File(&mut entry) })?;
    }
    // The checksum stands at the very end, behind the last entry.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(PackageError::Archive)?;
    Ok(())
}

/// Whether an entry is a folder or a file; everything else is refused.
fn is_folder(kind: EntryType, path: &SafePath) -> Result<bool, PackageError> {
    let refused = |kind| Err(PackageError::UnsafeEntry { path: path.as_str().to_owned(), kind });
    match kind {
        EntryType::Regular => Ok(false),
        EntryType::Directory => Ok(true),
        EntryType::Symlink => refused("symbolic link"),
        EntryType::Link => refused("hard link"),
        EntryType::Char | EntryType::Block => refused("device"),
        EntryType::Fifo => refused("named pipe"),
        _ => refused("special entry"),
    }
}

/// What is left of the limits.
pub(super) struct Budget<'a> {
    limits: &'a Limits,
    entries: usize,
    bytes: u64,
}

impl<'a> Budget<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits, entries: 0, bytes: 0 }
    }

    /// Counts one entry.
    pub(super) fn spend(&mut self, path: &str, bytes: u64) -> Result<(), PackageError> {
        let too_large = |what: &str, limit| Err(PackageError::TooLarge { what: what.to_owned(), limit });
        self.entries += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.entries > self.limits.entries {
            return too_large("the number of files", self.limits.entries as u64);
        }
        if bytes > self.limits.file_bytes {
            return too_large(path, self.limits.file_bytes);
        }
        if self.bytes > self.limits.total_bytes {
            return too_large("the size of all files", self.limits.total_bytes);
        }
        Ok(())
    }
}

/// Most bytes that an archive within the limits can unpack to: every entry adds a header, is padded to a block, and
/// may have a long name.
fn unpacked_bytes(limits: &Limits) -> u64 {
    limits.total_bytes.saturating_add((limits.entries as u64).saturating_mul(4096))
}

/// Ends a stream that goes on for too long: names and padding are read before any entry's size is known.
struct Metered<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::FileTooLarge, "it unpacks to more bytes than a package may have")
        })?;
        Ok(read)
    }
}
