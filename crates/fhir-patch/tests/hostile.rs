//! Whatever a stranger sends as a patch is applied or refused: nothing panics, and what comes out is a resource.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::LazyLock;

use fhir_definitions::Registry;
use fhir_model::Document;
use fhir_patch::{Limits, Patch, PatchFormat};
use proptest::prelude::*;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

const PATIENT: &str = r#"{"resourceType":"Patient","id":"1","text":{"status":"empty","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"name":[{"given":["a","b"],"_given":[null,{"id":"g"}]}],"birthDate":"2000","_birthDate":{"id":"b"}}"#;

/// A patch of each kind.
const PATCHES: [(PatchFormat, &str); 4] = [
    (
        PatchFormat::JsonPatch,
        r#"[{"op":"test","path":"/id","value":"1"},{"op":"add","path":"/name/0/given/-","value":1.50},{"op":"move","from":"/name/0/given/0","path":"/name/0/given/1"},{"op":"copy","from":"/name","path":"/x"},{"op":"remove","path":"/x/0"},{"op":"replace","path":"/birthDate","value":null}]"#,
    ),
    (
        PatchFormat::FhirPathJson,
        r#"{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Patient.name[0].given"},{"name":"index","valueInteger":1},{"name":"value","valueString":"n","_valueString":{"id":"v"}}]},{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"contact"},{"name":"value","part":[{"name":"gender","valueCode":"male"}]}]},{"name":"operation","part":[{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Patient.name.given.first()"}]}]}"#,
    ),
    (
        PatchFormat::FhirPathXml,
        r#"<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="replace"/></part><part><name value="path"/><valueString value="Patient.birthDate"/></part><part><name value="value"/><valueDate value="2001"/></part></parameter></Parameters>"#,
    ),
    (
        PatchFormat::XmlPatch,
        r#"<diff xmlns="http://hl7.org/fhir"><add sel="f:Patient/f:name[1]" pos="before"><active value="true"/></add><add sel="Patient/birthDate" type="@id">x</add><replace sel="f:Patient/h:text/text()[1]">y</replace><remove sel="f:Patient/*[@value='2000']" ws="both"/></diff>"#,
    ),
];

/// Parses and applies a patch; a result must be a resource of the same type.
fn apply(format: PatchFormat, body: &str) {
    let (types, limits) = (REGISTRY.types(), Limits::default());
    let resource = Document::parse(PATIENT).unwrap();
    if let Ok(patch) = Patch::parse(format, body, types, limits)
        && let Ok(result) = patch.apply(resource.root(), types, limits)
    {
        assert_eq!(result.root().resource_type(), Some("Patient"));
    }
}

/// A patch in which some characters are replaced by ones that matter.
fn damaged_patch() -> impl Strategy<Value = (PatchFormat, String)> {
    let damage = prop::collection::vec(
        (any::<prop::sample::Index>(), r#"[0-9a-z/~@"'<>{}:,.()\[\]&;* -]{0,2}|ä"#),
        0..6,
    );
    (prop::sample::select(PATCHES.to_vec()), damage).prop_map(|((format, body), damage)| {
        let mut characters: Vec<String> = body.chars().map(String::from).collect();
        for (index, replacement) in damage {
            *index.get_mut(&mut characters) = replacement;
        }
        (format, characters.concat())
    })
}

/// A JSON Patch of operations that mean something.
fn json_patch() -> impl Strategy<Value = String> {
    let pointer = || "(/(name|0|1|-|given|_given|id|text)){0,4}";
    let name = prop::sample::select(vec!["add", "remove", "replace", "move", "copy", "test"]);
    let value = prop::sample::select(vec!["1", "null", r#""1""#, "[]", r#"{"given":[{}]}"#]);
    let operation = (name, pointer(), pointer(), value).prop_map(|(name, path, from, value)| {
        format!(r#"{{"op":"{name}","path":"{path}","from":"{from}","value":{value}}}"#)
    });
    prop::collection::vec(operation, 0..6).prop_map(|operations| format!("[{}]", operations.join(",")))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_patches_do_not_panic((format, body) in damaged_patch()) {
        apply(format, &body);
    }

    #[test]
    fn operations_of_json_do_not_panic(body in json_patch()) {
        apply(PatchFormat::JsonPatch, &body);
    }

    #[test]
    fn selectors_do_not_panic(selector in r"(/?(f:|h:|)(Patient|name|\*|text|div|@value|text\(\)|comment\(\)\[1\])(\[([0-9]|last\(\)|@value='1'|\.='x'|f:a/@b='c')\])?){0,4}") {
        let body = format!(r#"<diff><remove sel="{selector}"/></diff>"#);
        apply(PatchFormat::XmlPatch, &body);
    }

    #[test]
    fn paths_do_not_panic(path in r"Patient(\.(name|given|birthDate|extension|id|text|div|where\(true\)|first\(\)|children\(\)|descendants\(\)))(\[[0-2]\])?(\.(given|id|x))?", kind in "add|delete|replace") {
        let parts = if kind == "add" { r#",{"name":"name","valueString":"given"}"# } else { "" };
        let value = if kind == "delete" { "" } else { r#",{"name":"value","valueString":"x"}"# };
        let body = format!(r#"{{"resourceType":"Parameters","parameter":[{{"name":"operation","part":[{{"name":"type","valueCode":"{kind}"}},{{"name":"path","valueString":"{path}"}}{parts}{value}]}}]}}"#);
        apply(PatchFormat::FhirPathJson, &body);
    }
}

#[test]
fn the_patches_that_are_damaged_are_good_before() {
    for (format, body) in PATCHES {
        let patch = Patch::parse(format, body, REGISTRY.types(), Limits::default());
        assert!(patch.is_ok(), "{format:?}: {patch:?}");
    }
}
