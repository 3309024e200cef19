//! The keys that modifiers, presence, places, full-text search and sorting need beside those of plain values.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use fhir_model::Document;
use fhir_search::keys::SearchKeys;
use fhir_search::parameters::ParameterId;
use fhir_search::{ExtractSettings, Extractor};

use crate::common::{PARAMETERS, REGISTRY, extract, hasher};

fn id(resource_type: &str, code: &str) -> ParameterId {
    PARAMETERS.get(resource_type, code).unwrap().id
}

fn has_token(keys: &SearchKeys, parameter: ParameterId, hash: i64) -> bool {
    keys.tokens.iter().any(|key| key.parameter == parameter && key.hash == hash)
}

/// The folded strings of a parameter.
fn strings(keys: &SearchKeys, parameter: ParameterId) -> Vec<&str> {
    keys.strings.iter().filter(|key| key.parameter == parameter).map(|key| &*key.folded).collect()
}

const OBSERVATION: &str = r#"{"resourceType":"Observation","status":"final",
    "code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}],"text":"Pulse"},
    "subject":{"type":"Patient","identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"Ab1"},"display":"Eve O'Néill"},
    "valueQuantity":{"value":5.4,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"},
    "component":[{"code":{"coding":[{"code":"c1"}]},
        "valueQuantity":{"value":2,"system":"http://unitsofmeasure.org","code":"kg"}}]}"#;

#[test]
fn texts_of_tokens_and_references_are_strings() {
    let keys = extract(OBSERVATION);
    assert_eq!(strings(&keys, id("Observation", "code")), ["heart rate", "pulse"]);
    assert_eq!(strings(&keys, id("Observation", "subject")), ["eve o'neill"]);
    assert_eq!(strings(&keys, id("Observation", "patient")), ["eve o'neill"]);
    let patient = r#"{"resourceType":"Patient","identifier":[{"value":"1","type":{"text":"NHS number"}}],
        "telecom":[{"system":"phone","value":"1"}]}"#;
    let keys = extract(patient);
    assert_eq!(strings(&keys, id("Patient", "identifier")), ["nhs number"]);
    assert!(strings(&keys, id("Patient", "telecom")).is_empty());
}

#[test]
fn identifiers_are_found_by_type_and_references_by_identifier() {
    let patient = r#"{"resourceType":"Patient","identifier":[
        {"value":"Ab1","type":{"coding":[{"system":"urn:types","code":"MR"},{"system":"urn:types","code":"XX"}]}}]}"#;
    let (keys, parameter) = (extract(patient), id("Patient", "identifier"));
    assert!(has_token(&keys, parameter, hasher().of_type("urn:types", "mr", "Ab1")));
    assert!(has_token(&keys, parameter, hasher().of_type("urn:types", "xx", "Ab1")));
    assert!(!has_token(&keys, parameter, hasher().of_type("urn:types", "mr", "ab1")));

    let (keys, system) = (extract(OBSERVATION), "https://fhir.nhs.uk/Id/nhs-number");
    for code in ["subject", "patient"] {
        let parameter = id("Observation", code);
        assert!(has_token(&keys, parameter, hasher().code("Ab1")));
        assert!(has_token(&keys, parameter, hasher().system_and_code(system, "Ab1")));
        assert!(has_token(&keys, parameter, hasher().system(system)));
        assert!(!has_token(&keys, parameter, hasher().code("ab1")));
    }
}

#[test]
fn quantities_of_ucum_are_found_in_base_units() {
    let keys = extract(OBSERVATION);
    let grams = hasher().unit_canonical("g");
    let found = |code| {
        let parameter = id("Observation", code);
        let keys = keys.quantities.iter().filter(|key| key.parameter == parameter && key.unit == grams);
        keys.map(|key| key.low).collect::<Vec<_>>()
    };
    assert_eq!(found("value-quantity"), [0.0054]);
    assert_eq!(found("component-value-quantity"), [2000.0]);
    assert_eq!(found("combo-value-quantity"), [0.0054, 2000.0]);
    let composite = id("Observation", "component-code-value-quantity");
    let hash = hasher().composite(&[hasher().code("c1"), grams]);
    let key = keys.composites.iter().find(|key| key.parameter == composite && key.hash == hash).unwrap();
    assert_eq!((key.low, key.high), (2000.0, 2000.0));
}

#[test]
fn elements_without_a_key_are_present() {
    let present = |json: &str, code: &str| {
        let keys = extract(json);
        (keys.has(id("Patient", code)), has_token(&keys, id("Patient", code), hasher().present()))
    };
    let patient = |members: &str| format!(r#"{{"resourceType":"Patient",{members}}}"#);
    for (members, code, expected) in [
        (r#""identifier":[{"use":"usual"}]"#, "identifier", (true, true)),
        (r#""identifier":[{"use":"usual"},{"value":"1"}]"#, "identifier", (true, false)),
        (r#""birthDate":"unknown""#, "birthdate", (true, true)),
        (r##""generalPractitioner":[{"reference":"#c"}]"##, "general-practitioner", (true, true)),
        (r#""name":[{"use":"usual"}]"#, "name", (true, true)),
        (r#""name":[{"use":"usual"}]"#, "family", (false, false)),
        (r#""gender":"female""#, "gender", (true, false)),
        (
            r#""_birthDate":{"extension":[{"url":"urn:x","valueCode":"unknown"}]}"#,
            "birthdate",
            (false, false),
        ),
        (
            r#""identifier":[{"extension":[{"url":"urn:x","valueCode":"unknown"}]}]"#,
            "identifier",
            (false, false),
        ),
        (r#""active":true"#, "identifier", (false, false)),
    ] {
        assert_eq!(present(&patient(members), code), expected, "{members} {code}");
    }
    let observation = extract(r#"{"resourceType":"Observation","status":"final","subject":{"display":"x"}}"#);
    assert!(!observation.has(id("Observation", "code-value-quantity")));
    assert!(!observation.has(id("Observation", "patient")));
}

#[test]
fn locations_have_positions() {
    let near = id("Location", "near");
    let location =
        |position: &str| extract(&format!(r#"{{"resourceType":"Location","position":{position}}}"#));
    let keys = location(r#"{"longitude":-0.1769,"latitude":51.5166}"#);
    let found: Vec<_> =
        keys.positions.iter().map(|key| (key.parameter, key.latitude, key.longitude)).collect();
    assert_eq!(found, [(near, 51.5166, -0.1769)]);
    let beyond = location(r#"{"longitude":-0.1769,"latitude":151.5}"#);
    assert!(beyond.positions.is_empty());
    assert!(has_token(&beyond, near, hasher().present()));
}

#[test]
fn words_are_those_of_the_narrative_and_of_other_texts() {
    let json = r#"{"resourceType":"Patient","text":{"status":"generated","div":"<div>Seen by<br/>the GP &amp; nurse</div>"},
        "name":[{"family":"O'Néill"}],"address":[{"city":"London"}]}"#;
    let keys = extract(json);
    let list = |words: &[Box<str>]| words.join(" ");
    assert_eq!(list(&keys.narrative_words), "by gp nurse seen the");
    assert_eq!(list(&keys.content_words), "generated london neill o");

    let settings = ExtractSettings { full_text: false, ..ExtractSettings::default() };
    let plain = Extractor::new(Arc::clone(REGISTRY.types()), Arc::clone(&PARAMETERS), hasher(), settings);
    let document = Document::parse(json).unwrap();
    let without = plain.extract(document.root());
    let words_aside = SearchKeys { narrative_words: Vec::new(), content_words: Vec::new(), ..keys };
    assert_eq!(without, words_aside);
}

#[test]
fn what_has_no_code_is_sorted_by_its_text() {
    let sort_text = |json: &str, code: &str| {
        let (keys, parameter) = (extract(json), id("Observation", code));
        let text = keys.sort_texts.iter().find(|text| text.parameter == parameter);
        text.map(|text| text.least.to_string())
    };
    let observation = |members: &str| format!(r#"{{"resourceType":"Observation",{members}}}"#);
    for (members, code, expected) in [
        (r#""code":{"text":"Pulse"}"#, "code", Some("pulse")),
        (r#""code":{"text":"Pulse","coding":[{"code":"8867-4","display":"Heart"}]}"#, "code", Some("8867-4")),
        (r#""subject":{"reference":"Patient/1","display":"Eve"}"#, "subject", Some("patient/1")),
        (r#""subject":{"display":"Eve","identifier":{"value":"943"}}"#, "subject", Some("943")),
        (r#""subject":{"display":"Eve"}"#, "subject", Some("eve")),
        (r#""status":"final""#, "subject", None),
    ] {
        assert_eq!(sort_text(&observation(members), code).as_deref(), expected, "{members} {code}");
    }
}

#[test]
fn schedules_and_periods_are_their_outer_limits() {
    const DAY: i64 = 86_400_000_000;
    let date = |effective: &str| {
        let keys = extract(&format!(r#"{{"resourceType":"Observation",{effective}}}"#));
        let parameter = id("Observation", "date");
        keys.dates.iter().find(|key| key.parameter == parameter).map(|key| (key.low, key.high))
    };
    for (effective, expected) in [
        (
            r#""effectiveTiming":{"event":["1970-01-02","1970-01-04"],"repeat":{"frequency":2}}"#,
            Some((DAY, 4 * DAY)),
        ),
        (
            r#""effectiveTiming":{"event":["1970-01-02"],"repeat":{"boundsPeriod":{"start":"1970-01-03","end":"1970-01"}}}"#,
            Some((DAY, 31 * DAY)),
        ),
        (r#""effectiveTiming":{"repeat":{"boundsPeriod":{"start":"1970-01-02"}}}"#, Some((DAY, i64::MAX))),
        (r#""effectiveTiming":{"repeat":{"boundsDuration":{"value":2}}}"#, None),
        (r#""effectivePeriod":{"end":"1970-01-02T00:00:00Z"}"#, Some((i64::MIN, DAY + 1_000_000))),
        (r#""effectiveDateTime":"1970-01""#, Some((0, 31 * DAY))),
        (
            r#""effectiveInstant":"1970-01-02T00:00:00.5+01:00""#,
            Some((DAY - 3_599_500_000, DAY - 3_599_400_000)),
        ),
    ] {
        assert_eq!(date(effective), expected, "{effective}");
    }
}

#[test]
fn what_all_resources_have_is_found_on_every_type() {
    for kind in REGISTRY.resource_types() {
        let keys = extract(&format!(
            r#"{{"resourceType":"{kind}","meta":{{"source":"urn:gp#1","profile":["http://a.uk/P|2"],
                "tag":[{{"code":"t"}}],"security":[{{"system":"urn:s","code":"R","display":"restricted"}}]}}}}"#
        ));
        let uris = |code| {
            let parameter = id(kind, code);
            keys.uris.iter().filter(move |key| key.parameter == parameter).map(|key| &*key.value)
        };
        assert_eq!(uris("_source").collect::<Vec<_>>(), ["urn:gp#1"], "{kind}");
        assert_eq!(uris("_profile").collect::<Vec<_>>(), ["http://a.uk/P", "http://a.uk/P|2"], "{kind}");
        assert!(has_token(&keys, id(kind, "_tag"), hasher().code_without_system("t")), "{kind}");
        assert!(has_token(&keys, id(kind, "_security"), hasher().system_and_code("urn:s", "r")), "{kind}");
        assert_eq!(strings(&keys, id(kind, "_security")), ["restricted"], "{kind}");
    }
}
