//! Snapshots of all embedded definitions, and those of the published UK Core package against its own.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking and tell why they skip"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use fhir_definitions::package::{self, Limits};
use fhir_definitions::{
    DefinitionKind, Definitions, ElementDefinition, Registry, Snapshot, StructureDefinition,
};
use fhir_model::Document;

static EMBEDDED: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

#[test]
fn every_embedded_definition_has_a_snapshot() {
    let mut noted = BTreeMap::new();
    let mut counted = 0;
    for definition in EMBEDDED.canonical_resources(DefinitionKind::StructureDefinition) {
        let definition = definition.structure().unwrap();
        let snapshot = definition.snapshot(&*EMBEDDED).unwrap();
        assert!(!snapshot.elements.is_empty(), "{}", definition.url);
        assert_well_formed(definition, &snapshot);
        counted += 1;
        if !snapshot.notes.is_empty() {
            let name = definition.url.rsplit('/').next().unwrap_or_default();
            noted.insert(name.to_owned(), snapshot.notes.len());
        }
    }
    assert!(counted > 700, "{counted}");
    // Three profiles of the standard itself are flawed: slices without slicing, and a profile that does not exist.
    let known = ["catalog", "example-composition", "familymemberhistory-genetic"];
    assert!(noted.keys().all(|name| known.contains(&&**name)), "{noted:?}");
}

/// Ids are unique and spell the path; parents come before children; everything has a cardinality.
fn assert_well_formed(definition: &StructureDefinition, snapshot: &Snapshot) {
    let mut ids = BTreeSet::new();
    for element in &snapshot.elements {
        let id = &*element.id;
        assert!(ids.insert(id), "{}: {id} twice", definition.url);
        let plain: Vec<_> = id.split('.').map(|part| part.split(':').next().unwrap_or_default()).collect();
        assert_eq!(plain.join("."), *element.path, "{}", definition.url);
        let parent = id.rsplit_once('.').map(|(parent, _)| parent);
        assert!(parent.is_none_or(|parent| ids.contains(parent)), "{}: {id} without parent", definition.url);
        assert!(element.min.is_some() && element.max.is_some(), "{}: {id}", definition.url);
        assert!(element.base.is_some(), "{}: {id}", definition.url);
    }
}

/// The definitions of the published package over the embedded ones of R4.
struct Published(HashMap<Box<str>, Arc<StructureDefinition>>);

impl Definitions for Published {
    fn structure_definition(&self, canonical: &str) -> Option<Arc<StructureDefinition>> {
        self.0.get(canonical).cloned().or_else(|| EMBEDDED.structure_definition(canonical))
    }
}

#[test]
fn the_published_uk_core_snapshots_are_regenerated() {
    let Some(archive) = shared("uk-core/packages/fhir.r4.ukcore.stu2-2.0.2.tgz") else { return };
    let loaded = package::load_archive(File::open(archive).unwrap(), &Limits::default()).unwrap();
    let documents =
        loaded.contents.resources.iter().map(|resource| Document::parse(resource.json.clone()).unwrap());
    let definitions = documents.filter_map(|document| StructureDefinition::parse(document.root()).ok());
    let published = Published(definitions.map(|each| (each.url.clone(), Arc::new(each))).collect());
    assert_eq!(published.0.len(), 78);

    let mut identical = 0;
    let mut explained: BTreeMap<Reason, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for definition in published.0.values() {
        let made = definition.snapshot(&published).unwrap();
        assert_eq!(made.notes, [], "{}", definition.url);
        let differences = compare(definition, &made);
        identical += usize::from(differences.is_empty());
        for difference in differences {
            match explain(&difference) {
                Some(reason) => *explained.entry(reason).or_default() += 1,
                None => unexplained.push(format!("{}: {difference:?}", definition.url)),
            }
        }
    }
    assert_eq!(unexplained, Vec::<String>::new());
    println!("{identical} of 78 snapshots are identical; differences with a reason: {explained:?}");
    assert!(identical >= 56, "{identical}");
}

/// A fact in which two snapshots differ.
#[derive(Debug)]
struct Difference {
    id: String,
    fact: &'static str,
    ours: BTreeSet<String>,
    theirs: BTreeSet<String>,
}

/// Why a difference is no error of ours.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// A choice narrowed to one type: we add the invariants of that type, as the published snapshots do for every
    /// element that has one type from the start.
    InvariantsOfNarrowedChoice,
    /// `ele-1` holds for elements with a content reference as well; FHIR's own snapshots say so.
    ElementInvariantOfContentReference,
    /// The published snapshots write some references to the own definition as absolute ones.
    AbsoluteContentReference,
}

fn explain(difference: &Difference) -> Option<Reason> {
    let Difference { id, fact, ours, theirs } = difference;
    let more: Vec<_> = ours.difference(theirs).map(String::as_str).collect();
    let is_superset = theirs.is_subset(ours);
    match *fact {
        "constraints" if is_superset && id.ends_with("[x]") && matches!(*more, ["ref-1" | "per-1"]) => {
            Some(Reason::InvariantsOfNarrowedChoice)
        }
        "constraints" if theirs.is_empty() && more == ["ele-1"] => {
            Some(Reason::ElementInvariantOfContentReference)
        }
        "contentReference" => {
            let same = ours.iter().zip(theirs).all(|(ours, theirs)| theirs.ends_with(&**ours));
            same.then_some(Reason::AbsoluteContentReference)
        }
        _ => None,
    }
}

fn compare(definition: &StructureDefinition, made: &Snapshot) -> Vec<Difference> {
    let ids = |elements: &[Arc<ElementDefinition>]| -> Vec<String> {
        elements.iter().map(|element| element.id.to_string()).collect()
    };
    let (ours, theirs) = (ids(&made.elements), ids(&definition.published_snapshot));
    assert_eq!(ours, theirs, "{}", definition.url);
    let mut differences = Vec::new();
    for (own, published) in made.elements.iter().zip(&definition.published_snapshot) {
        for ((fact, ours), (_, theirs)) in facts(own).into_iter().zip(facts(published)) {
            if ours != theirs {
                differences.push(Difference { id: own.id.to_string(), fact, ours, theirs });
            }
        }
    }
    differences
}

/// The facts of an element, each as a set of texts.
fn facts(element: &ElementDefinition) -> [(&'static str, BTreeSet<String>); 13] {
    let one = |text: String| BTreeSet::from([text]);
    let types =
        element.types.iter().map(|of| format!("{} {:?} {:?}", of.code, of.profiles, of.target_profiles));
    let binding = element.binding.as_ref().map(|binding| (binding.strength, binding.value_set.clone()));
    let flags =
        [element.must_support, element.is_modifier, element.is_summary].map(|flag| flag.unwrap_or(false));
    [
        ("path", one(element.path.to_string())),
        ("sliceName", one(format!("{:?}", element.slice_name))),
        ("slicing", one(format!("{:?}", element.slicing))),
        ("min", one(format!("{:?}", element.min))),
        ("max", one(format!("{:?}", element.max))),
        ("base", one(format!("{:?}", element.base))),
        ("types", types.collect()),
        ("fixed", one(format!("{:?} {:?}", element.fixed, element.pattern))),
        ("binding", one(format!("{binding:?}"))),
        ("constraints", element.constraints.iter().map(|constraint| constraint.key.to_string()).collect()),
        ("flags", one(format!("{flags:?}"))),
        ("contentReference", element.content_reference.iter().map(ToString::to_string).collect()),
        ("representation", element.representation.iter().map(ToString::to_string).collect()),
    ]
}

/// A file of the shared test data, which may be absent everywhere but in CI.
fn shared(path: &str) -> Option<PathBuf> {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let file = std::env::var_os("WESTWAY_SHARED").map_or_else(default, PathBuf::from).join(path);
    if file.exists() {
        return Some(file);
    }
    assert!(std::env::var_os("CI").is_none(), "{} must be there in CI", file.display());
    println!("SKIPPED the comparison because {} is absent", file.display());
    None
}
