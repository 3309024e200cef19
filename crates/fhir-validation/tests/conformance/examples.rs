//! Resources that others published as examples: which of them have errors.
//!
//! `conformance-tests/expectations/examples.md` judges each: theirs (and what it is), or ours.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use fhir_model::{Document, Issue};

use crate::engine::Engine;
use crate::expectations::Expectations;
use crate::files::{files, read_resource, shared};

/// Bundles of Synthea that are read; each has hundreds to thousands of resources.
const SYNTHEA_BUNDLES: usize = 12;

/// The errors of the examples by their name.
#[derive(Default)]
struct Examples {
    count: usize,
    with_errors: BTreeMap<String, String>,
}

impl Examples {
    /// Checks an example against its type and, with `uk_core`, the profile of UK Core for the type.
    fn check(&mut self, name: String, resource: Result<Document, String>, uk_core: bool) {
        self.count += 1;
        let engine = Engine::embedded();
        let issues = match resource {
            Ok(resource) => {
                let resource_type = resource.root().resource_type().unwrap_or_default();
                let profile = engine.registry.resource_profile(resource_type).filter(|_| uk_core);
                engine.validate(&resource, profile.as_slice(), &[])
            }
            Err(error) => vec![Issue::error(fhir_model::IssueType::Structure, error)],
        };
        let mut errors = issues.iter().filter(|issue| issue.is_error());
        if let Some(first) = errors.next() {
            let rule = first.rule.as_deref().unwrap_or("-");
            self.with_errors.insert(name, format!("{rule} | {first} (+{})", errors.count()));
        }
    }

    /// Compares with the lines of the list that begin with the name of the source.
    fn compare(&self, source: &str) {
        println!("{source}: {} examples, {} with errors", self.count, self.with_errors.len());
        Expectations::read("examples.md").of(source).assert_exactly(&self.with_errors);
    }
}

#[test]
fn uk_core_examples_in_xml() {
    let Some(folder) = shared("uk-core/examples") else { return };
    let mut examples = Examples::default();
    for path in files(&folder, "xml") {
        let name = format!("uk-core-xml/{}", path.file_stem().unwrap().to_string_lossy());
        examples.check(name, read_resource(&path, Engine::embedded().registry.types()), true);
    }
    examples.compare("uk-core-xml/");
}

#[test]
fn uk_core_examples_in_the_package() {
    let Some(folder) = shared("uk-core/packages") else { return };
    let mut examples = Examples::default();
    for path in files(&folder, "tgz") {
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()));
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().into_owned();
            let is_example = path.components().any(|part| part.as_os_str() == "examples");
            if !is_example || path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let mut json = Vec::new();
            entry.read_to_end(&mut json).unwrap();
            let name = format!("uk-core-package/{}", path.file_stem().unwrap().to_string_lossy());
            examples.check(name, Document::parse_bytes(json).map_err(|error| error.to_string()), true);
        }
    }
    examples.compare("uk-core-package/");
}

/// Transaction bundles with the records of synthetic patients.
#[test]
fn synthea_bundles() {
    let Some(folder) = shared("synthea") else { return };
    let mut examples = Examples::default();
    for path in files(&folder, "bz2").iter().take(SYNTHEA_BUNDLES) {
        let mut json = Vec::new();
        bzip2::read::BzDecoder::new(std::fs::File::open(path).unwrap()).read_to_end(&mut json).unwrap();
        let name = format!("synthea/{}", path.file_stem().unwrap().to_string_lossy());
        examples.check(name, Document::parse_bytes(json).map_err(|error| error.to_string()), false);
    }
    examples.compare("synthea/");
}

/// The examples of the R4 specification are in a folder of their own, which `WESTWAY_R4_EXAMPLES` names.
#[test]
fn r4_examples() {
    let Some(folder) = std::env::var_os("WESTWAY_R4_EXAMPLES").map(PathBuf::from) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "WESTWAY_R4_EXAMPLES must say where the examples of R4 are"
        );
        println!("SKIPPED because WESTWAY_R4_EXAMPLES does not say where the examples of R4 are");
        return;
    };
    let mut examples = Examples::default();
    for path in files(&folder, "json") {
        let resource = read_resource(&path, Engine::embedded().registry.types());
        if resource.as_ref().is_ok_and(|resource| resource.root().resource_type().is_none()) {
            continue;
        }
        let name = format!("r4/{}", path.file_stem().unwrap().to_string_lossy());
        examples.check(name, resource, false);
    }
    examples.compare("r4/");
}
