//! Names of entries that are safe to create below a folder, on every system.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A relative path of plain names: no root, no `..`, no drive, nothing that a system could read differently.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SafePath(String);

/// Why a name is not safe.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnsafePath {
    /// `/etc/passwd`
    #[error("{0:?} is absolute")]
    Absolute(String),
    /// `package/../../x`
    #[error("{0:?} leads upwards")]
    Upwards(String),
    /// Backslashes, colons, control characters, names that end in a dot or space.
    #[error("{0:?} has characters or endings that mean something else on some systems")]
    Ambiguous(String),
    /// Bytes that are not UTF-8.
    #[error("{0:?} is not UTF-8")]
    NotUtf8(String),
    /// Empty, or too long.
    #[error("{0:?} is empty or too long")]
    Length(String),
    /// Two entries for one path, or for paths that are one where case does not matter.
    #[error("{0:?} is there already, or differs from another only in case")]
    Clash(String),
}

/// Longest path in bytes; no package comes near, and every system can do it below a data folder.
const MAX_LENGTH: usize = 400;

impl SafePath {
    /// Checks the bytes of a name. A leading `./` and a trailing `/` are taken off.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, UnsafePath> {
        let text = str::from_utf8(bytes)
            .map_err(|_| UnsafePath::NotUtf8(String::from_utf8_lossy(bytes).into_owned()))?;
        let fail = |why: fn(String) -> UnsafePath| Err(why(text.to_owned()));
        if text.starts_with(['/', '\\']) {
            return fail(UnsafePath::Absolute);
        }
        if text.contains(['\\', ':']) || text.chars().any(char::is_control) {
            return fail(UnsafePath::Ambiguous);
        }
        let mut names = Vec::new();
        for name in text.split('/').filter(|name| !matches!(*name, "" | ".")) {
            match name {
                ".." => return fail(UnsafePath::Upwards),
                name if name.ends_with(['.', ' ']) => return fail(UnsafePath::Ambiguous),
                name => names.push(name),
            }
        }
        let path = names.join("/");
        if path.len() > MAX_LENGTH {
            return fail(UnsafePath::Length);
        }
        Ok(Self(path))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left of the name: `./`, the folder itself.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the path lies below a folder.
    pub(super) fn below(&self, folder: &Path) -> PathBuf {
        self.0.split('/').fold(folder.to_owned(), |path, name| path.join(name))
    }
}

/// The names seen so far, to find those that are the same where case does not matter.
#[derive(Debug, Default)]
pub(super) struct SeenPaths {
    /// By lower-case path: the path as it was first written, and whether it is a folder.
    seen: HashMap<String, (String, bool)>,
}

impl SeenPaths {
    /// Notes an entry and the folders it lies in. Folders may come again; files may not.
    pub(super) fn add(&mut self, path: &SafePath, is_folder: bool) -> Result<(), UnsafePath> {
        for (end, _) in path.0.match_indices('/') {
            self.add_one(path.0.get(..end).unwrap_or_default(), true)?;
        }
        self.add_one(&path.0, is_folder)
    }

    fn add_one(&mut self, path: &str, is_folder: bool) -> Result<(), UnsafePath> {
        let known = self.seen.get(&path.to_lowercase());
        match known {
            None => {
                self.seen.insert(path.to_lowercase(), (path.to_owned(), is_folder));
                Ok(())
            }
            Some((written, true)) if is_folder && written == path => Ok(()),
            Some(_) => Err(UnsafePath::Clash(path.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Component;

    proptest! {
        #[test]
        fn whatever_passes_stays_below_the_folder(name in "[a-z./\\\\: \u{0}-\u{2}]{0,20}") {
            if let Ok(path) = SafePath::parse(name.as_bytes()) {
                let place = path.below(Path::new("/target"));
                let mut parts = place.components();
                prop_assert_eq!(parts.next(), Some(Component::RootDir));
                prop_assert_eq!(parts.next(), Some(Component::Normal("target".as_ref())));
                prop_assert!(parts.all(|part| matches!(part, Component::Normal(_))));
            }
        }
    }

    #[test]
    fn plain_names_pass() {
        let path = SafePath::parse(b"./package/Structure Definition-\xc3\xa9.json").unwrap();
        assert_eq!(path.as_str(), "package/Structure Definition-\u{e9}.json");
        assert_eq!(path.below(Path::new("/t")), Path::new("/t/package/Structure Definition-\u{e9}.json"));
        assert!(SafePath::parse(b"./").unwrap().is_empty());
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let why = |name: &[u8]| SafePath::parse(name).unwrap_err();
        assert!(matches!(why(b"/etc/passwd"), UnsafePath::Absolute(_)));
        assert!(matches!(why(b"\\\\host\\share"), UnsafePath::Absolute(_)));
        assert!(matches!(why(b"package/../../x"), UnsafePath::Upwards(_)));
        assert!(matches!(why(b"C:/x"), UnsafePath::Ambiguous(_)));
        assert!(matches!(why(b"package\\..\\x"), UnsafePath::Ambiguous(_)));
        assert!(matches!(why(b"package/x\0.json"), UnsafePath::Ambiguous(_)));
        assert!(matches!(why(b"package/x.json."), UnsafePath::Ambiguous(_)));
        assert!(matches!(why(b"package/\xff"), UnsafePath::NotUtf8(_)));
        assert!(matches!(why(&[b'a'; 500]), UnsafePath::Length(_)));
    }

    #[test]
    fn names_that_differ_in_case_clash() {
        let mut seen = SeenPaths::default();
        let mut add = |name: &str, is_folder| seen.add(&SafePath::parse(name.as_bytes()).unwrap(), is_folder);
        assert!(add("package", true).is_ok());
        assert!(add("package/a.json", false).is_ok());
        assert!(add("package", true).is_ok());
        assert!(add("package/a.json", false).is_err());
        assert!(add("package/A.json", false).is_err());
        assert!(add("Package/b.json", false).is_err());
        assert!(add("package/a.json/c", false).is_err());
    }
}
