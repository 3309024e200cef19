//! The manifest of a package, `package.json`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::PackageError;

/// What a package says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// `hl7.fhir.uv.ips`
    pub name: String,
    /// `1.1.0`
    pub version: String,
    /// FHIR versions it is for: `4.0.1`. Empty where it does not say.
    pub fhir_versions: Vec<String>,
    /// Packages it builds on.
    pub dependencies: Vec<Dependency>,
}

/// A package that another builds on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// The version asked for: exact, with `x` for any number in a place, or `latest`, `current`, `dev`, `*` for any.
    pub version: String,
}

#[derive(Deserialize)]
struct Raw {
    name: String,
    version: String,
    #[serde(default, rename = "fhirVersions")]
    fhir_versions: Vec<String>,
    #[serde(default, rename = "fhir-version-list")]
    fhir_version_list: Vec<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

impl Manifest {
    /// Reads `package.json`. Name and version become a folder's name, so they must be plain.
    pub fn parse(json: &[u8]) -> Result<Self, PackageError> {
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        let raw: Raw =
            serde_json::from_slice(json).map_err(|error| PackageError::Manifest(error.to_string()))?;
        for (what, text) in [("name", &raw.name), ("version", &raw.version)] {
            if !is_plain(text) {
                return Err(PackageError::Manifest(format!("the {what} {text:?} is not one for a package")));
            }
        }
        let dependencies = raw.dependencies.into_iter().map(|(name, version)| Dependency { name, version });
        Ok(Self {
            name: raw.name,
            version: raw.version,
            fhir_versions: if raw.fhir_versions.is_empty() {
                raw.fhir_version_list
            } else {
                raw.fhir_versions
            },
            dependencies: dependencies.collect(),
        })
    }

    /// The dependencies that none of the packages at hand, given as name and version, meets.
    pub fn missing_dependencies<'a>(
        &self,
        at_hand: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Vec<Dependency> {
        let is_met =
            |wanted: &&Dependency| !at_hand.clone().any(|(name, version)| wanted.is_met_by(name, version));
        self.dependencies.iter().filter(is_met).cloned().collect()
    }
}

/// Letters, digits, `.`, `-`, `_` and `+`, beginning with a letter or digit and not ending in a dot.
pub(super) fn is_plain(text: &str) -> bool {
    let is_good = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '+');
    text.len() <= 128
        && text.chars().all(is_good)
        && text.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && !text.ends_with('.')
        && !text.contains("..")
}

impl Dependency {
    /// Whether a package is what is asked for.
    pub fn is_met_by(&self, name: &str, version: &str) -> bool {
        self.name == name && self.accepts(version)
    }

    fn accepts(&self, version: &str) -> bool {
        if matches!(&*self.version, "*" | "latest" | "current" | "dev") {
            return true;
        }
        let (mut wanted, mut given) = (self.version.split('.'), version.split('.'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some("x" | "X" | "*"), Some(_)) => {}
                (Some(wanted), Some(given)) if wanted == given => {}
                _ => return false,
            }
        }
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.name, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_met_by_exact_versions_and_wild_cards() {
        let meets = |wanted: &str, version: &str| {
            Dependency { name: "a".into(), version: wanted.into() }.is_met_by("a", version)
        };
        assert!(meets("4.0.1", "4.0.1") && meets("4.0.x", "4.0.1") && meets("current", "0.1.0"));
        assert!(!meets("4.0.1", "4.0.2") && !meets("4.x", "5.0") && !meets("4.0", "4.0.1"));
    }

    #[test]
    fn names_that_are_no_names_are_refused() {
        let parse = |name: &str, version: &str| {
            Manifest::parse(format!(r#"{{"name":"{name}","version":"{version}"}}"#).as_bytes())
        };
        assert!(parse("hl7.fhir.uv.ips", "1.1.0-ballot+b").is_ok());
        for (name, version) in
            [("../x", "1"), ("a", "1/../.."), ("", "1"), (".hidden", "1"), ("a", "1#2"), ("a..b", "1")]
        {
            assert!(matches!(parse(name, version), Err(PackageError::Manifest(_))), "{name} {version}");
        }
        assert!(matches!(Manifest::parse(b"[]"), Err(PackageError::Manifest(_))));
    }
}
