//! No profile and no resource makes validation panic or run away.

use std::sync::Arc;

use fhir_definitions::{PackageContents, Registry};
use fhir_model::Document;
use fhir_terminology::Terminology;
use fhir_validation::{Detached, Settings, Validator};
use proptest::prelude::*;

const PATHS: &[&str] = &[
    "Patient",
    "Patient.identifier",
    "Patient.identifier.system",
    "Patient.name",
    "Patient.name.given",
    "Patient.extension",
    "Patient.deceased[x]",
    "Patient.contact",
    "Patient.contact.name",
    "Patient.link.other",
    "Patient.contained",
    "Patient.nonsense",
    "Patient.communication.language.coding",
];

const FACTS: &[&str] = &[
    r#""min":1"#,
    r#""max":"0""#,
    r#""max":"1""#,
    r#""slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"closed","ordered":true}"#,
    r#""slicing":{"discriminator":[{"type":"type","path":"$this.resolve()"}],"rules":"openAtEnd"}"#,
    r#""slicing":{"discriminator":[{"type":"profile","path":"other.resolve().ofType(Patient)"}],"rules":"open"}"#,
    r#""slicing":{"discriminator":[{"type":"exists","path":"extension('a').value"}],"rules":"open"}"#,
    r#""fixedString":"a""#,
    r#""patternCodeableConcept":{"coding":[{"code":"a"}]}"#,
    r#""type":[{"code":"Reference","targetProfile":["http://example.org/p"],"aggregation":["contained"]}]"#,
    r#""type":[{"code":"Identifier","profile":["http://example.org/p"]}]"#,
    r#""type":[{"code":"Nothing"}]"#,
    r#""binding":{"strength":"required","valueSet":"http://hl7.org/fhir/ValueSet/all-languages"}"#,
    r#""constraint":[{"key":"x-1","severity":"error","expression":"conformsTo('http://example.org/p')"}]"#,
    r#""constraint":[{"key":"x-2","severity":"warning","expression":"descendants().where(resolve().exists())"}]"#,
    r#""constraint":[{"key":"x-3","severity":"error","expression":"((("}]"#,
    r##""contentReference":"#Patient.contact""##,
    r#""minValueInteger":3"#,
    r#""maxLength":1"#,
];

const PATIENTS: &[&str] = &[
    r##"{"resourceType":"Patient","id":"p","identifier":[{"system":"a","value":"b"},{"_system":{"id":"x"}},null,7],
    "name":[{"given":["a",null],"_given":[null,{"extension":[{"url":"http://example.org/p","valueString":"x"}]}]}],
    "contained":[{"resourceType":"Patient","id":"c","link":[{"other":{"reference":"#"},"type":"seealso"}]}],
    "link":[{"other":{"reference":"#c"},"type":"seealso"},{"other":{"reference":"Patient/1","type":"Group"}}],
    "communication":[{"language":{"coding":[{"code":"en"},{"code":5}]}}]}"##,
    r#"{"resourceType":"Patient","identifier":{"system":["a"]},"name":"x","extension":[{"url":5},[]],"deceasedBoolean":true,
    "_deceasedDateTime":{"id":"x"},"contact":[{"name":{"family":["a"]}}],"contained":[{"resourceType":"Nothing"},{}]}"#,
];

/// One element of a differential.
fn element() -> impl Strategy<Value = String> {
    let slice = prop::option::of(prop::sample::select(&["a", "b", "a/b", "@default"][..]));
    let facts = prop::collection::vec(prop::sample::select(FACTS), 0..4);
    (prop::sample::select(PATHS), slice, facts).prop_map(|(path, slice, facts)| {
        let mut members = vec![format!(r#""path":"{path}""#)];
        members.extend(slice.map(|slice| format!(r#""sliceName":"{slice}""#)));
        let mut seen = std::collections::HashSet::new();
        let is_new = |fact: &&str| seen.insert(fact.split(':').next().unwrap_or_default().to_owned());
        members.extend(facts.into_iter().filter(is_new).map(str::to_owned));
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn validation_never_panics(elements in prop::collection::vec(element(), 0..12)) {
        let profile = format!(
            r#"{{"resourceType":"StructureDefinition","url":"http://example.org/p","name":"P","status":"draft","kind":"resource",
            "abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient",
            "derivation":"constraint","differential":{{"element":[{}]}}}}"#,
            elements.join(",")
        );
        let mut package = PackageContents { name: "test".into(), version: "1".into(), resources: Vec::new() };
        package.push_lines("p", &profile.replace('\n', " "));
        let registry = Arc::new(Registry::build(vec![package]).unwrap());
        let terminology = Arc::new(Terminology::new(Arc::clone(&registry)));
        let validator = Validator::new(registry, terminology, Settings::default());
        validator.check_profile("http://example.org/p");
        for patient in PATIENTS {
            let document = Document::parse(*patient).unwrap();
            let issues = validator.validate(document.root(), &["http://example.org/p"], &Detached);
            prop_assert!(issues.len() <= 101);
        }
    }
}
