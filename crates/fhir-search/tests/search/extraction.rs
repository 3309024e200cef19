//! Resources of every shape to keys, and queries that find them: what is extracted and what is parsed must meet.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use fhir_model::Document;
use fhir_search::keys::{ReferenceKey, SearchKeys, Target};
use fhir_search::matches::{Indexed, Population, matches};
use proptest::prelude::*;

use crate::common::{EXTRACTOR, PARAMETERS, extract, parse};

/// A population of one type and another, enough for chains.
struct Two<'a>([(&'a str, &'a str, SearchKeys); 2]);

impl Population for Two<'_> {
    fn find(&self, kind: &str, id: &str) -> Option<Indexed<'_>> {
        self.of_all().find(|resource| resource.kind == kind && resource.id == id)
    }

    fn of_type<'a>(&'a self, kind: &'a str) -> Box<dyn Iterator<Item = Indexed<'a>> + 'a> {
        Box::new(self.of_all().filter(move |resource| resource.kind == kind))
    }
}

impl Two<'_> {
    fn of_all(&self) -> impl Iterator<Item = Indexed<'_>> {
        self.0.iter().map(|(kind, id, keys)| Indexed { kind, id, last_updated: 0, keys })
    }
}

const PATIENT: &str = r##"{"resourceType":"Patient","id":"p1",
    "meta":{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient|2.0"],"source":"urn:gp","tag":[{"system":"urn:tags","code":"t1"}]},
    "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueString":"Núñez"}],
    "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"},{"value":"Ab1"}],
    "name":[{"use":"official","family":"O'Néill","given":["Eve","Marie Anne"],"prefix":["Dr"]}],
    "telecom":[{"system":"phone","value":"020 7946 0000"},{"system":"email","value":"Eve@nhs.uk"}],
    "gender":"female","birthDate":"1970-03","deceasedDateTime":"2020-05-01T10:00:00Z",
    "address":[{"line":["1 High Street"],"city":"London","postalCode":"W2 1NY","use":"home"}],
    "generalPractitioner":[{"reference":"Practitioner/gp1"},{"reference":"https://own.nhs.uk/fhir/Organization/o1"},{"reference":"https://other.nhs.uk/Organization/o2"},{"reference":"#c"}]}"##;

const OBSERVATION: &str = r#"{"resourceType":"Observation","id":"o1","status":"final",
    "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
    "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}],"text":"Blood pressure"},
    "subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},
    "effectivePeriod":{"start":"2024-01-14T09:00:00Z"},
    "valueQuantity":{"value":120.5,"unit":"millimetre of mercury","system":"http://unitsofmeasure.org","code":"mm[Hg]"},
    "component":[
        {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":107,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
        {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":60,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}"#;

/// Whether a query finds the resource of that type.
fn finds(resource_type: &str, query: &str) -> bool {
    let population = Two([("Patient", "p1", extract(PATIENT)), ("Observation", "o1", extract(OBSERVATION))]);
    let query = parse(resource_type, query).unwrap();
    population
        .of_type(resource_type)
        .any(|resource| query.clauses.iter().all(|clause| matches(clause, resource, &population)))
}

#[test]
fn a_patient_is_found_by_every_kind_of_parameter() {
    for query in [
        "_id=p1",
        "_tag=urn:tags|t1",
        "_profile=https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient",
        "_source=urn:gp",
        "identifier=https://fhir.nhs.uk/Id/nhs-number|9000000009",
        "identifier=|Ab1",
        "identifier=https://fhir.nhs.uk/Id/nhs-number|",
        "name=marie",
        "name=dr",
        "family=o'neill",
        "family:exact=O'Néill",
        "given=eve",
        "phone=020 7946 0000",
        "email=eve@nhs.uk",
        "telecom=Eve@nhs.uk",
        "gender=female",
        "gender=http://hl7.org/fhir/administrative-gender|female",
        "birthdate=1970",
        "birthdate=ge1970-03-15",
        "deceased=true",
        "death-date=2020-05-01",
        "address=1 high",
        "address-city=LONDON",
        "address-postalcode=w2",
        "address-use=home",
        "general-practitioner=Practitioner/gp1",
        "general-practitioner=Organization/o1",
        "general-practitioner=o1",
        "general-practitioner=https://other.nhs.uk/Organization/o2",
        "_has:Observation:patient:code=85354-9",
        "name=eve&gender=male,female",
    ] {
        assert!(finds("Patient", query), "{query}");
    }
    for query in [
        "_id=p2",
        "identifier=ab1",
        "identifier=|9000000009",
        "family:exact=o'neill",
        "family=eve",
        "phone=Eve@nhs.uk",
        "gender=male",
        "birthdate=1970-03-15",
        "birthdate=sa1970-03-15",
        "deceased=false",
        "general-practitioner=c",
        "_has:Observation:patient:code=1-2",
        "name=eve&gender=male",
    ] {
        assert!(!finds("Patient", query), "{query}");
    }
}

#[test]
fn an_observation_is_found_by_every_kind_of_parameter() {
    for query in [
        "status=final",
        "category=vital-signs",
        "code=http://loinc.org|85354-9",
        "combo-code=8480-6",
        "component-code=8480-6",
        "subject=Patient/p1",
        "patient=p1",
        "patient=Patient/p1",
        "encounter=e1",
        "date=gt2024-06",
        "date=ap2024-01-14",
        "value-quantity=120.5|http://unitsofmeasure.org|mm[Hg]",
        "value-quantity=gt120||mm[Hg]",
        "value-quantity=le121||millimetre of mercury",
        "component-value-quantity=107",
        "code-value-quantity=85354-9$lt130",
        "component-code-value-quantity=http://loinc.org|8480-6$107",
        "combo-code-value-quantity=8462-4$60||mmHg",
        "combo-code-value-quantity=85354-9$gt120|http://unitsofmeasure.org|mm[Hg]",
        "patient.family=o'n",
        "subject:Patient.gender=female",
        "subject.identifier=9000000009",
    ] {
        assert!(finds("Observation", query), "{query}");
    }
    for query in [
        "status=preliminary",
        "code=http://snomed.info/sct|85354-9",
        "code=8480-6",
        "subject=Patient/p2",
        "subject:Group=p1",
        "date=lt2024-01-14",
        "value-quantity=120.5||mg",
        "value-quantity=107",
        "component-code-value-quantity=http://loinc.org|8480-6$60",
        "component-code-value-quantity=8462-4$107",
        "patient.family=x",
    ] {
        assert!(!finds("Observation", query), "{query}");
    }
}

#[test]
fn the_type_of_a_target_decides_between_parameters() {
    let keys = extract(r#"{"resourceType":"Observation","subject":{"reference":"Group/g1"}}"#);
    let parameter = |code| PARAMETERS.get("Observation", code).unwrap().id;
    let target = Target::Resource { kind: "Group".into(), id: "g1".into() };
    assert_eq!(keys.references, [ReferenceKey { parameter: parameter("subject"), target }]);
}

#[test]
fn sort_texts_are_the_least_and_the_greatest() {
    let keys = extract(PATIENT);
    let telecom = PARAMETERS.get("Patient", "telecom").unwrap().id;
    let text = keys.sort_texts.iter().find(|text| text.parameter == telecom).unwrap();
    assert_eq!((&*text.least, &*text.greatest), ("020 7946 0000", "eve@nhs.uk"));
}

#[test]
fn keys_are_sorted_and_unique() {
    let keys = extract(
        r#"{"resourceType":"Patient","name":[{"family":"B"},{"family":"A"},{"family":"B"}],
            "identifier":[{"value":"2"},{"value":"1"},{"value":"2"}]}"#,
    );
    assert!(keys.strings.is_sorted_by(|a, b| a < b));
    assert!(keys.tokens.is_sorted_by(|a, b| a < b));
}

#[test]
fn a_bundle_points_to_its_first_entry() {
    let keys = extract(
        r#"{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Composition","id":"c1"}}]}"#,
    );
    let parameter = PARAMETERS.get("Bundle", "composition").unwrap().id;
    let target = Target::Resource { kind: "Composition".into(), id: "c1".into() };
    assert_eq!(keys.references, [ReferenceKey { parameter, target }]);
}

#[test]
fn unknown_types_have_no_keys() {
    assert_eq!(extract(r#"{"resourceType":"Dragon","id":"1"}"#), SearchKeys::default());
    assert_eq!(extract("[]"), SearchKeys::default());
}

/// JSON that looks like FHIR: known names with values of any shape.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        (-1000_i32..1000).prop_map(|number| number.to_string()),
        "[a-zA-Z0-9/#:|. -]{0,12}".prop_map(|text| format!("\"{text}\"")),
        Just("\"2024-01-14T09:00:00Z\"".to_owned()),
    ];
    let name = prop::sample::select(vec![
        "name",
        "family",
        "given",
        "identifier",
        "system",
        "value",
        "code",
        "coding",
        "subject",
        "reference",
        "valueQuantity",
        "component",
        "effectivePeriod",
        "start",
        "end",
        "extension",
        "url",
        "valueString",
        "effectiveTiming",
        "event",
        "repeat",
        "boundsPeriod",
        "meta",
        "tag",
        "profile",
        "data",
        "origin",
        "factor",
        "valueSampledData",
        "telecom",
        "birthDate",
    ]);
    leaf.prop_recursive(5, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(name.clone(), inner, 0..6).prop_map(|members| {
                let members: Vec<String> =
                    members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn resources_of_any_shape_are_read_without_panic(
        kind in prop_oneof![Just("Patient"), Just("Observation")],
        members in prop::collection::vec(json(), 8),
    ) {
        let names = ["name", "identifier", "code", "component", "effectivePeriod", "meta", "subject", "valueQuantity"];
        let members: Vec<String> =
            names.iter().zip(&members).map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let text = format!("{{\"resourceType\":\"{kind}\",{}}}", members.join(","));
        let document = Document::parse(text).unwrap();
        let keys = EXTRACTOR.extract(document.root());
        prop_assert_eq!(EXTRACTOR.extract(document.root()), keys);
    }
}
