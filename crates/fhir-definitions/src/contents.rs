//! What a FHIR package holds once it has been read: the common ground of package reading, condensing and
//! the registry.

/// A FHIR package in memory. Nothing is parsed yet except the name and version of its manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageContents {
    /// `name` of the manifest `package.json`: `hl7.fhir.r4.core`.
    pub name: String,
    /// `version` of the manifest: `4.0.1`.
    pub version: String,
    /// The definitions, in the order in which they were read.
    pub resources: Vec<PackageResource>,
}

/// One conformance resource of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageResource {
    /// Where it was found, for messages: `StructureDefinition-Patient.json`.
    pub file: String,
    /// The JSON text of the resource.
    pub json: Box<str>,
}

impl PackageContents {
    /// Adds the resources of a text that has one JSON resource a line.
    pub fn push_lines(&mut self, file: &str, lines: &str) {
        let resources = lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        self.resources.extend(resources.map(|(number, line)| PackageResource {
            file: format!("{file}:{}", number + 1),
            json: line.into(),
        }));
    }
}
