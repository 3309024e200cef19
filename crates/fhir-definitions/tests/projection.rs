//! Parts of resources (`_summary`, `_elements`) by the definitions of R4.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use std::sync::{Arc, LazyLock};

use fhir_definitions::Registry;
use fhir_model::Document;
use fhir_model::projection::{ElementTree, Projection};
use fhir_model::types::TypeModel;

static TYPES: LazyLock<Arc<TypeModel>> = LazyLock::new(|| Registry::embedded().unwrap().types().clone());

const TAG: &str =
    r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"#;

const PATIENT: &str = r##"{"resourceType":"Patient","id":"p","meta":{"versionId":"1","lastUpdated":"2026-01-02T03:04:05.678Z"},"implicitRules":"urn:r","language":"en","text":{"status":"generated","div":"<div/>"},"contained":[{"resourceType":"Basic","id":"b"}],"extension":[{"url":"urn:e","valueString":"x"}],"modifierExtension":[{"url":"urn:m","valueString":"y"}],"name":[{"id":"n","family":"A","given":["B",null],"_given":[null,{"extension":[{"url":"urn:i","valueCode":"z"}]}],"extension":[{"url":"urn:f","valueString":"w"}]},{"text":"C"}],"birthDate":"1980","_birthDate":{"extension":[{"url":"urn:t","valueDateTime":"1980-01-01T01:00:00Z"}]},"maritalStatus":{"text":"m"},"multipleBirthInteger":2,"link":[{"id":"l","other":{"reference":"Patient/q","display":"Q"},"type":"seealso"}]}"##;

const OBSERVATION: &str = r#"{"resourceType":"Observation","id":"o","meta":{"tag":[{"code":"mine"}]},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"}],"text":"t"},"subject":{"reference":"Patient/p"},"valueQuantity":{"value":1.00,"unit":"kg"},"note":[{"authorString":"a","text":"n"}],"component":[{"code":{"text":"c"},"valueInteger":7}]}"#;

fn projected(projection: &Projection, resource: &str) -> String {
    let document = Document::parse(resource).unwrap();
    let mut out = Vec::new();
    projection.write(&TYPES, document.root(), &mut out);
    let text = String::from_utf8(out).unwrap();
    Document::parse(text.as_str()).unwrap();
    text.replace(TAG, "TAG")
}

fn elements(kind: &str, paths: &[&str]) -> Projection {
    Projection::Elements(ElementTree::parse(&TYPES, &[kind], paths).unwrap())
}

#[test]
fn a_summary_has_the_elements_marked_at_every_level() {
    assert_eq!(
        projected(&Projection::Summary, PATIENT),
        r#"{"resourceType":"Patient","id":"p","meta":{"versionId":"1","lastUpdated":"2026-01-02T03:04:05.678Z","tag":[TAG]},"implicitRules":"urn:r","modifierExtension":[{"url":"urn:m","valueString":"y"}],"name":[{"family":"A","given":["B",null],"_given":[null,{"extension":[{"url":"urn:i","valueCode":"z"}]}]},{"text":"C"}],"birthDate":"1980","_birthDate":{"extension":[{"url":"urn:t","valueDateTime":"1980-01-01T01:00:00Z"}]},"link":[{"other":{"reference":"Patient/q","display":"Q"},"type":"seealso"}]}"#
    );
    let document = r#"{"resourceType":"DocumentReference","id":"d","status":"current","content":[{"attachment":{"contentType":"text/plain","data":"QQ==","title":"t"}}],"context":{"facilityType":{"text":"f"}}}"#;
    assert_eq!(
        projected(&Projection::Summary, document),
        r#"{"resourceType":"DocumentReference","id":"d","status":"current","content":[{"attachment":{"contentType":"text/plain","title":"t"}}],"meta":{"tag":[TAG]}}"#
    );
}

#[test]
fn a_mandatory_value_that_is_only_an_extension_stays() {
    let absent = r#"{"resourceType":"Observation","id":"o","meta":{},"status":"final","code":{"extension":[{"url":"urn:absent","valueCode":"unknown"}]}}"#;
    let expected = absent.replace(r#""meta":{}"#, r#""meta":{"tag":[TAG]}"#);
    assert_eq!(projected(&Projection::Summary, absent), expected);
    assert_eq!(projected(&elements("Observation", &["subject"]), absent), expected);
}

#[test]
fn text_keeps_the_narrative_and_what_is_mandatory() {
    assert_eq!(
        projected(&Projection::Text, PATIENT),
        r#"{"resourceType":"Patient","id":"p","meta":{"versionId":"1","lastUpdated":"2026-01-02T03:04:05.678Z","tag":[TAG]},"implicitRules":"urn:r","text":{"status":"generated","div":"<div/>"},"modifierExtension":[{"url":"urn:m","valueString":"y"}]}"#
    );
    assert_eq!(
        projected(&Projection::Text, OBSERVATION),
        r#"{"resourceType":"Observation","id":"o","meta":{"tag":[{"code":"mine"},TAG]},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"}],"text":"t"}}"#
    );
}

#[test]
fn data_is_everything_but_the_narrative() {
    let expected = PATIENT
        .replace(r#""text":{"status":"generated","div":"<div/>"},"#, "")
        .replace(r#"678Z"}"#, r#"678Z","tag":[TAG]}"#);
    assert_eq!(projected(&Projection::Data, PATIENT), expected);
}

#[test]
fn elements_are_those_listed_and_those_that_must_be_there() {
    assert_eq!(
        projected(&elements("Observation", &["value"]), OBSERVATION),
        r#"{"resourceType":"Observation","id":"o","meta":{"tag":[{"code":"mine"},TAG]},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"}],"text":"t"},"valueQuantity":{"value":1.00,"unit":"kg"}}"#
    );
    for same in [["value[x]"], ["valueQuantity"], ["Observation.value"]] {
        assert_eq!(
            projected(&elements("Observation", &same), OBSERVATION),
            projected(&elements("Observation", &["value"]), OBSERVATION)
        );
    }
    assert!(!projected(&elements("Observation", &["valueString"]), OBSERVATION).contains("valueQuantity"));
    // Note is listed in part, and its text is mandatory; a name has no mandatory part, and one has no family.
    assert!(
        projected(&elements("Observation", &["note.time"]), OBSERVATION).contains(r#""note":[{"text":"n"}]"#)
    );
    let name = projected(&elements("Patient", &["name.family", "birthDate"]), PATIENT);
    assert!(name.contains(r#""name":[{"family":"A"}],"birthDate":"1980","_birthDate":{"#), "{name}");
    assert!(!name.contains("contained") && !name.contains("\"text\":{"), "{name}");
    let all = projected(&elements("Patient", &["contained", "extension", "name.given", "name"]), PATIENT);
    assert!(all.contains(r#"[{"resourceType":"Basic","id":"b"}],"extension""#), "{all}");
    assert!(all.contains(r#""name":[{"id":"n","family":"A""#), "{all}");
}

#[test]
fn elements_inside_what_is_listed_in_part_keep_their_mandatory_ones() {
    let composite = projected(&elements("Observation", &["component.value"]), OBSERVATION);
    assert!(
        composite.contains(r#""component":[{"code":{"text":"c"},"valueInteger":7}]"#),
        "the code of a component is mandatory: {composite}"
    );
    let claim = r#"{"resourceType":"Claim","id":"c","insurance":[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/1"},"preAuthRef":["x"]}]}"#;
    let claim = projected(&elements("Claim", &["id"]), claim);
    assert!(
        claim.contains(r#"[{"sequence":1,"focal":true,"coverage":{"reference":"Coverage/1"}}]"#),
        "{claim}"
    );
}

#[test]
fn the_tag_is_given_once() {
    let tagged = format!(r#"{{"resourceType":"Basic","id":"b","meta":{{"tag":[{TAG},{{"code":"x"}}]}}}}"#);
    assert_eq!(
        projected(&Projection::Data, &tagged),
        r#"{"resourceType":"Basic","id":"b","meta":{"tag":[{"code":"x"},TAG]}}"#
    );
}

#[test]
fn a_path_that_leads_nowhere_is_refused_with_what_there_is() {
    let refused = |kinds: &[&str], path: &str| {
        ElementTree::parse(&TYPES, kinds, &["id", path]).map_err(|error| error.to_string())
    };
    let error = refused(&["Patient"], "shoeSize").unwrap_err();
    assert!(error.contains("'shoeSize' is no element here: Patient has id, meta"), "{error}");
    let error = refused(&["Patient"], "name.first").unwrap_err();
    assert!(error.contains("name has id, extension, use, text, family"), "{error}");
    assert!(refused(&["Patient"], "").is_err());
    assert!(refused(&["Patient"], "name..given").is_err());
    assert!(refused(&["Patient", "Observation"], "birthDate").is_ok());
    assert!(refused(&["Patient", "Observation"], "shoeSize").is_err());
}

#[test]
fn whatever_is_listed_and_whatever_is_given_the_result_is_json() {
    for resource in [PATIENT, OBSERVATION] {
        let document = Document::parse(resource).unwrap();
        let kind = document.root().resource_type().unwrap();
        for element in &TYPES.by_name(kind).unwrap().elements {
            projected(&elements(kind, &[&*element.name]), resource);
        }
    }
    // What no definition knows is left out, and what is of the wrong form does no harm.
    let odd = r#"{"resourceType":"Patient","name":{"family":[{"a":1}]},"birthDate":{"x":[]},"nonsense":1,"link":[[{"other":1}]]}"#;
    let text = projected(&Projection::Summary, odd);
    assert!(!text.contains("nonsense"), "{text}");
    assert_eq!(
        projected(&Projection::Summary, r#"{"resourceType":"Nonsense","a":1}"#),
        r#"{"resourceType":"Nonsense","meta":{"tag":[TAG]}}"#
    );
}
