//! The rules by which differentials are laid over their bases, one small profile each, over the embedded FHIR R4.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use fhir_definitions::element_definition::{BindingStrength, ElementDefinition, Max};
use fhir_definitions::snapshot::{Defect, Note};
use fhir_definitions::{Definitions, Registry, Snapshot, SnapshotError, StructureDefinition};
use fhir_model::Document;

static R4: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

/// Profiles of a test over the embedded definitions.
struct Profiles(HashMap<String, Arc<StructureDefinition>>);

impl Definitions for Profiles {
    fn structure_definition(&self, canonical: &str) -> Option<Arc<StructureDefinition>> {
        self.0.get(canonical).cloned().or_else(|| R4.structure_definition(canonical))
    }
}

impl Profiles {
    /// Profiles given as name, type, base (name of another profile or type) and the elements of the differential.
    fn new(profiles: &[(&str, &str, &str, &str)]) -> Self {
        let read = |(name, type_name, base, elements): &(&str, &str, &str, &str)| {
            let base = match profiles.iter().find(|profile| profile.0 == *base) {
                Some(_) => url(base),
                None => format!("http://hl7.org/fhir/StructureDefinition/{base}"),
            };
            let json = format!(
                r#"{{"resourceType":"StructureDefinition","url":"{}","kind":"resource","type":"{type_name}",
                "baseDefinition":"{base}","derivation":"constraint","differential":{{"element":[{elements}]}}}}"#,
                url(name)
            );
            let document = Document::parse(json).unwrap();
            (url(name), Arc::new(StructureDefinition::parse(document.root()).unwrap()))
        };
        Self(profiles.iter().map(read).collect())
    }

    fn snapshot(&self, name: &str) -> Result<Arc<Snapshot>, SnapshotError> {
        self.structure_definition(&url(name)).unwrap().snapshot(self)
    }
}

fn url(name: &str) -> String {
    format!("http://example.org/{name}")
}

/// The snapshot of one profile on a type.
fn profile(type_name: &str, elements: &str) -> Arc<Snapshot> {
    Profiles::new(&[("profile", type_name, type_name, elements)]).snapshot("profile").unwrap()
}

fn element<'a>(snapshot: &'a Snapshot, id: &str) -> &'a ElementDefinition {
    let ids: Vec<_> = snapshot.elements.iter().map(|element| &*element.id).collect();
    snapshot.element(id).unwrap_or_else(|| panic!("no {id} in {ids:?}"))
}

fn keys(element: &ElementDefinition) -> Vec<&str> {
    element.constraints.iter().map(|constraint| &*constraint.key).collect()
}

fn notes(snapshot: &Snapshot) -> Vec<(&str, Defect)> {
    snapshot.notes.iter().map(|Note { element, defect }| (&**element, defect.clone())).collect()
}

#[test]
fn what_a_differential_leaves_open_stays() {
    let made = profile(
        "ServiceRequest",
        r#"{"path":"ServiceRequest.bodySite","max":"1","binding":{"strength":"preferred"}},
        {"path":"ServiceRequest.subject","type":[{"code":"Reference"}],"mustSupport":true}"#,
    );
    let site = element(&made, "ServiceRequest.bodySite");
    assert_eq!((site.min, site.max), (Some(0), Some(Max::Count(1))));
    let binding = site.binding.as_ref().unwrap();
    assert_eq!(binding.strength, BindingStrength::Preferred);
    assert_eq!(binding.value_set.as_deref(), Some("http://hl7.org/fhir/ValueSet/body-site"));
    let subject = element(&made, "ServiceRequest.subject");
    assert_eq!(subject.types[0].target_profiles.len(), 4);
    assert_eq!((subject.min, subject.must_support), (Some(1), Some(true)));
    assert_eq!(keys(subject), ["ele-1", "ref-1"]);
    assert_eq!(notes(&made), []);
}

#[test]
fn elements_that_did_not_change_are_shared_with_the_base() {
    let made = profile("Patient", r#"{"path":"Patient.active","min":1}"#);
    let base = R4.structure_definition("http://hl7.org/fhir/StructureDefinition/Patient").unwrap();
    let base = base.snapshot(&*R4).unwrap();
    let shared =
        made.elements.iter().zip(&base.elements).filter(|(own, base)| Arc::ptr_eq(own, base)).count();
    // The root was not named either, so only `active` is new.
    assert_eq!(shared, base.elements.len() - 1);
}

#[test]
fn slices_start_from_the_sliced_element_of_the_base() {
    let made = profile(
        "Patient",
        r#"{"id":"Patient.identifier","path":"Patient.identifier","min":1,"mustSupport":true,
        "slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
        {"id":"Patient.identifier:a","path":"Patient.identifier","sliceName":"a","max":"1"},
        {"id":"Patient.identifier:a.system","path":"Patient.identifier.system","min":1,"fixedUri":"http://a"},
        {"id":"Patient.identifier:b.period.start","path":"Patient.identifier.period.start","min":1}"#,
    );
    let slice = element(&made, "Patient.identifier:a");
    assert_eq!((slice.min, slice.max, slice.must_support), (Some(0), Some(Max::Count(1)), None));
    assert!(slice.slicing.is_none());
    let system = element(&made, "Patient.identifier:a.system");
    assert_eq!(system.fixed.as_ref().unwrap().value().as_str(), Some("http://a"));
    assert_eq!(
        (&*system.path, &*system.base.as_ref().unwrap().path),
        ("Patient.identifier.system", "Identifier.system")
    );
    assert_eq!(element(&made, "Patient.identifier:b.period.start").min, Some(1));
    let order: Vec<_> = made.elements.iter().map(|element| &*element.id).collect();
    let at = |id: &str| order.iter().position(|known| *known == id).unwrap();
    assert!(at("Patient.identifier") < at("Patient.identifier:a"));
    assert!(at("Patient.identifier:a.assigner") < at("Patient.identifier:b"));
    assert!(at("Patient.identifier:b.assigner") < at("Patient.active"));
}

#[test]
fn slices_of_slices_start_from_the_outer_slice() {
    let made = profile(
        "Patient",
        r#"{"id":"Patient.identifier","path":"Patient.identifier",
        "slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
        {"id":"Patient.identifier:a","path":"Patient.identifier","sliceName":"a"},
        {"id":"Patient.identifier:a.system","path":"Patient.identifier.system","fixedUri":"http://a"},
        {"id":"Patient.identifier:b","path":"Patient.identifier","sliceName":"b"},
        {"id":"Patient.identifier:a/1","path":"Patient.identifier","sliceName":"a/1","max":"1"},
        {"id":"Patient.identifier:c/1","path":"Patient.identifier","sliceName":"c/1"}"#,
    );
    assert!(element(&made, "Patient.identifier:a/1.system").fixed.is_some());
    let slices: Vec<_> = made.elements.iter().filter_map(|element| element.slice_name.as_deref()).collect();
    assert_eq!(slices, ["a", "a/1", "b", "c/1"]);
    assert_eq!(notes(&made), [("Patient.identifier:c/1", Defect::UnknownParentSlice("c".into()))]);
}

#[test]
fn extensions_are_sliced_by_url_and_take_the_cardinality_of_their_definition() {
    let profiles = Profiles::new(&[
        (
            "ext",
            "Extension",
            "Extension",
            r#"{"path":"Extension","max":"1","constraint":[{"key":"e-1","severity":"error","expression":"true"}]},
            {"id":"Extension.extension:inner","path":"Extension.extension","sliceName":"inner","min":1},
            {"id":"Extension.extension:inner.url","path":"Extension.extension.url","fixedUri":"inner"}"#,
        ),
        (
            "profile",
            "Patient",
            "Patient",
            r#"{"id":"Patient.birthDate.extension:e","path":"Patient.birthDate.extension","sliceName":"e",
            "type":[{"code":"Extension","profile":["http://example.org/ext"]}]},
            {"id":"Patient.birthDate.extension:e.extension:inner.value[x]",
            "path":"Patient.birthDate.extension.extension.value[x]","min":1,"type":[{"code":"string"}]}"#,
        ),
    ]);
    let made = profiles.snapshot("profile").unwrap();
    let slicing = element(&made, "Patient.birthDate.extension").slicing.clone().unwrap();
    assert_eq!(&*slicing.discriminators[0].path, "url");
    let slice = element(&made, "Patient.birthDate.extension:e");
    assert_eq!(slice.max, Some(Max::Count(1)));
    assert_eq!(keys(slice), ["ele-1", "ext-1", "e-1"]);
    let inner = element(&made, "Patient.birthDate.extension:e.extension:inner");
    assert_eq!(inner.min, Some(1));
    let value = element(&made, "Patient.birthDate.extension:e.extension:inner.value[x]");
    assert_eq!((value.min, &*value.types[0].code, value.types.len()), (Some(1), "string", 1));
    assert!(element(&made, "Patient.birthDate.extension:e.extension:inner.url").fixed.is_some());
    assert_eq!(notes(&made), []);
}

#[test]
fn short_cuts_for_choices_become_slices_by_type() {
    let made = profile(
        "Observation",
        r#"{"id":"Observation.valueQuantity","path":"Observation.valueQuantity","min":1},
        {"id":"Observation.valueQuantity.unit","path":"Observation.valueQuantity.unit","min":1},
        {"id":"Observation.component.value[x]:valueString","path":"Observation.component.value[x]",
        "sliceName":"valueString"}"#,
    );
    let choice = element(&made, "Observation.value[x]");
    assert_eq!((choice.types.len(), &*choice.types[0].code), (1, "Quantity"));
    assert_eq!(element(&made, "Observation.value[x]:valueQuantity").min, Some(1));
    let unit = element(&made, "Observation.value[x]:valueQuantity.unit");
    assert_eq!((&*unit.path, unit.min), ("Observation.value[x].unit", Some(1)));
    assert_eq!(element(&made, "Observation.component.value[x]").types.len(), 11);
    assert_eq!(&*element(&made, "Observation.component.value[x]:valueString").types[0].code, "string");
    assert_eq!(notes(&made), []);
}

#[test]
fn choices_that_are_narrowed_to_one_type_open_as_that_type() {
    let made = profile(
        "Observation",
        r#"{"path":"Observation.value[x]","type":[{"code":"Quantity"}]},
        {"path":"Observation.value[x].code","min":1},
        {"path":"Observation.effective[x].extension","max":"0"}"#,
    );
    assert_eq!(element(&made, "Observation.value[x].code").min, Some(1));
    assert_eq!(keys(element(&made, "Observation.value[x]")), ["ele-1", "qty-3"]);
    assert_eq!(element(&made, "Observation.effective[x].extension").max, Some(Max::Count(0)));
}

#[test]
fn content_references_are_followed() {
    let made = profile(
        "Observation",
        r#"{"path":"Observation.component.referenceRange.low","min":1},
        {"path":"Observation.component.referenceRange.low.unit","min":1}"#,
    );
    let range = element(&made, "Observation.component.referenceRange");
    assert_eq!((&range.content_reference, &*range.types[0].code), (&None, "BackboneElement"));
    assert_eq!(element(&made, "Observation.component.referenceRange.low").min, Some(1));
    assert_eq!(element(&made, "Observation.component.referenceRange.low.unit").min, Some(1));
    assert_eq!(element(&made, "Observation.referenceRange.low").min, Some(0));
    let nested = profile("Questionnaire", r#"{"path":"Questionnaire.item.item.item.text","min":1}"#);
    assert_eq!(element(&nested, "Questionnaire.item.item.item.text").min, Some(1));
    let deepest = element(&nested, "Questionnaire.item.item.item.item");
    assert_eq!(deepest.content_reference.as_deref(), Some("#Questionnaire.item"));
}

#[test]
fn profiles_build_on_profiles() {
    let profiles = Profiles::new(&[
        (
            "parent",
            "Observation",
            "Observation",
            r#"{"id":"Observation.code.coding","path":"Observation.code.coding",
            "slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"closed"}},
            {"id":"Observation.code.coding:loinc","path":"Observation.code.coding","sliceName":"loinc","min":1},
            {"id":"Observation.code.coding:loinc.system","path":"Observation.code.coding.system","fixedUri":"http://loinc.org"}"#,
        ),
        (
            "child",
            "Observation",
            "parent",
            r#"{"id":"Observation.code.coding:loinc","path":"Observation.code.coding","sliceName":"loinc"},
            {"id":"Observation.code.coding:loinc.code","path":"Observation.code.coding.code","fixedCode":"1-1"},
            {"id":"Observation.code.coding:late","path":"Observation.code.coding","sliceName":"late"}"#,
        ),
    ]);
    let made = profiles.snapshot("child").unwrap();
    assert_eq!(element(&made, "Observation.code.coding:loinc").min, Some(1));
    assert!(element(&made, "Observation.code.coding:loinc.system").fixed.is_some());
    assert!(element(&made, "Observation.code.coding:loinc.code").fixed.is_some());
    assert_eq!(notes(&made), [("Observation.code.coding:late", Defect::SliceOfClosed("late".into()))]);
}

#[test]
fn what_the_base_does_not_allow_is_noted_and_not_taken_over() {
    let made = profile(
        "Patient",
        r#"{"path":"Patient.active","max":"*"},{"path":"Patient.link.other","min":0},
        {"path":"Patient.gender","binding":{"strength":"example"}},
        {"path":"Patient.shoeSize","min":1},
        {"path":"Patient.active.sole","min":1},
        {"path":"Patient.birthDate","type":[{"code":"Quantity"}]},
        {"path":"Patient.photo","sliceName":"passport"},
        {"id":"Patient.telecom.x","path":"Patient.telecom","min":1},{"path":"Patient.telecom","max":"3"},
        {"id":"Patient.extension:x","path":"Patient.extension","sliceName":"x",
        "type":[{"code":"Extension","profile":["http://example.org/nowhere"]}]}"#,
    );
    let mut found = notes(&made);
    found.sort_by(|a, b| a.0.cmp(b.0));
    let expected = [
        ("Patient.active", Defect::WiderCardinality("max *".into())),
        ("Patient.active.sole", Defect::UnknownElement),
        ("Patient.birthDate", Defect::UnknownType("Quantity".into())),
        ("Patient.extension:x", Defect::UnknownProfile(url("nowhere").into())),
        ("Patient.gender", Defect::WeakerBinding),
        ("Patient.link.other", Defect::WiderCardinality("min 0".into())),
        ("Patient.photo:passport", Defect::SliceWithoutSlicing("passport".into())),
        ("Patient.shoeSize", Defect::UnknownElement),
        ("Patient.telecom", Defect::IdDoesNotFit("Patient.telecom.x".into())),
        ("Patient.telecom", Defect::Duplicate),
    ];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for note in expected {
        assert!(found.contains(&note), "{note:?} not in {found:?}");
    }
    assert_eq!(element(&made, "Patient.active").max, Some(Max::Count(1)));
    assert_eq!(
        element(&made, "Patient.gender").binding.as_ref().unwrap().strength,
        BindingStrength::Required
    );
    let telecom = element(&made, "Patient.telecom");
    assert_eq!((telecom.min, telecom.max), (Some(1), Some(Max::Count(3))));
}

#[test]
fn missing_and_circular_bases_are_errors() {
    let profiles = Profiles::new(&[
        ("lost", "Patient", "NoSuchThing", ""),
        ("a", "Patient", "b", r#"{"path":"Patient.active","min":1}"#),
        ("b", "Patient", "a", r#"{"path":"Patient.active","min":1}"#),
    ]);
    assert!(matches!(profiles.snapshot("lost"), Err(SnapshotError::MissingBase { .. })));
    assert!(matches!(profiles.snapshot("a"), Err(SnapshotError::BaseCycle { .. })));
    assert!(matches!(profiles.snapshot("b"), Err(SnapshotError::BaseCycle { .. })));
}

#[test]
fn profiles_that_contain_themselves_end() {
    let inner = |other: &str| {
        format!(
            r#"{{"id":"Extension.extension:x","path":"Extension.extension","sliceName":"x",
            "type":[{{"code":"Extension","profile":["http://example.org/{other}"]}}]}},
            {{"id":"Extension.extension:x.url","path":"Extension.extension.url","mustSupport":true}}"#
        )
    };
    let (to_b, to_a) = (inner("b"), inner("a"));
    let profiles =
        Profiles::new(&[("a", "Extension", "Extension", &to_b), ("b", "Extension", "Extension", &to_a)]);
    let made = profiles.snapshot("a").unwrap();
    assert_eq!(element(&made, "Extension.extension:x.url").must_support, Some(true));
    // `b` was opened within `a`, where `a` could not be opened again; asked for by itself it is complete.
    let other = profiles.snapshot("b").unwrap();
    assert_eq!(element(&other, "Extension.extension:x.extension:x.url").must_support, Some(true));
    let alone = Profiles::new(&[("a", "Extension", "Extension", &to_a)]);
    let made = alone.snapshot("a").unwrap();
    assert_eq!(notes(&made), [("Extension.extension:x", Defect::CyclicProfile(url("a").into()))]);
}
