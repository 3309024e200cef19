//! The packages that are compiled into the binary (see `build.rs`).

use std::io::Read;

use flate2::read::DeflateDecoder;

use crate::error::DefinitionsError;

/// One package of `fhir-profiles/`.
pub(crate) struct EmbeddedPackage {
    /// Name of the package's manifest.
    pub(crate) name: &'static str,
    /// Version of the package's manifest.
    pub(crate) version: &'static str,
    /// Bytes of the inflated lines.
    length: usize,
    /// A deflate stream of JSON lines, one definition each.
    lines: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/packages.rs"));

/// The embedded packages in the order of their loading.
pub(crate) fn packages() -> &'static [EmbeddedPackage] {
    PACKAGES
}

impl EmbeddedPackage {
    /// The definitions, one JSON text a line.
    pub(crate) fn inflate(&self) -> Result<String, DefinitionsError> {
        let mut lines = String::with_capacity(self.length);
        DeflateDecoder::new(self.lines)
            .read_to_string(&mut lines)
            .map_err(|source| DefinitionsError::Embedded { package: self.name, source })?;
        Ok(lines)
    }
}
