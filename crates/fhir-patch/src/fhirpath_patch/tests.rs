//! Tests of FHIRPath Patch beyond those of the official suite.

use std::sync::LazyLock;

use fhir_definitions::Registry;

use super::*;
use crate::error::PatchErrorKind;
use crate::patch::Patch;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

const PATIENT: &str = r#"{"resourceType":"Patient","id":"1","name":[{"given":["a","b"],"_given":[null,{"id":"g"}]},{"family":"c"}],"_birthDate":{"extension":[{"url":"u","valueString":"x"}]},"deceasedBoolean":false}"#;

/// Operations in short: type, path, and further parts as JSON.
fn parameters(operations: &[(&str, &str, &str)]) -> String {
    let operation = |(kind, path, parts): &(&str, &str, &str)| {
        format!(
            r#"{{"name":"operation","part":[{{"name":"type","valueCode":"{kind}"}},{{"name":"path","valueString":"{path}"}}{parts}]}}"#
        )
    };
    let operations: Vec<_> = operations.iter().map(operation).collect();
    format!(r#"{{"resourceType":"Parameters","parameter":[{}]}}"#, operations.join(","))
}

fn apply(operations: &[(&str, &str, &str)]) -> Result<String, PatchError> {
    let types = REGISTRY.types();
    let parameters = Document::parse(parameters(operations)).unwrap();
    let patch = Patch::from_parameters(parameters.root(), types, Limits::default())?;
    let resource = Document::parse(PATIENT).unwrap();
    Ok(patch.apply(resource.root(), types, Limits::default())?.source().to_owned())
}

fn failure(kind: &str, path: &str, parts: &str) -> (PatchErrorKind, String) {
    let error = apply(&[(kind, path, parts)]).unwrap_err();
    (error.kind, error.message)
}

#[test]
fn values_and_extensions_of_primitives_stay_in_step() {
    let inserted = apply(&[(
        "insert",
        "Patient.name[0].given",
        r#",{"name":"index","valueInteger":1},{"name":"value","valueString":"n","_valueString":{"id":"new"}}"#,
    )]);
    assert!(inserted.unwrap().contains(r#"{"given":["a","n","b"],"_given":[null,{"id":"new"},{"id":"g"}]}"#));
    let moved = apply(&[(
        "move",
        "Patient.name[0].given",
        r#",{"name":"source","valueInteger":1},{"name":"destination","valueInteger":0}"#,
    )]);
    assert!(moved.unwrap().contains(r#"{"given":["b","a"],"_given":[{"id":"g"},null]}"#));
    let deleted = apply(&[("delete", "Patient.name[0].given[1]", "")]);
    assert!(deleted.unwrap().contains(r#""name":[{"given":["a"]},"#));
    let extended = apply(&[(
        "add",
        "Patient.name[0].given[0]",
        r#",{"name":"name","valueString":"extension"},{"name":"value","part":[{"name":"url","valueUri":"e"},{"name":"value","valueCode":"c"}]}"#,
    )]);
    assert!(
        extended.unwrap().contains(r#""_given":[{"extension":[{"url":"e","valueCode":"c"}]},{"id":"g"}]"#)
    );
    let valued = apply(&[("replace", "Patient.birthDate", r#",{"name":"value","valueDate":"2000"}"#)]);
    assert!(valued.unwrap().contains(r#""birthDate":"2000","deceasedBoolean""#));
}

#[test]
fn what_is_empty_after_a_deletion_goes_too() {
    let patched = apply(&[
        ("delete", "Patient.birthDate.extension", ""),
        ("delete", "Patient.name[1].family", ""),
        ("delete", "Patient.gender", ""),
    ]);
    let expected = r#"{"resourceType":"Patient","id":"1","name":[{"given":["a","b"],"_given":[null,{"id":"g"}]}],"deceasedBoolean":false}"#;
    assert_eq!(patched.unwrap(), expected);
}

#[test]
fn choices_take_the_type_of_the_value() {
    let replaced = apply(&[("replace", "Patient.deceased", r#",{"name":"value","valueDateTime":"2020"}"#)]);
    assert!(replaced.unwrap().ends_with(r#""deceasedDateTime":"2020"}"#));
    let add = |name: &str, value: &str| {
        let parts = format!(r#",{{"name":"name","valueString":"{name}"}},{{"name":"value",{value}}}"#);
        apply(&[("delete", "Patient.deceased", ""), ("add", "Patient", &parts)])
    };
    assert!(add("deceased", r#""valueBoolean":true"#).unwrap().ends_with(r#""deceasedBoolean":true}"#));
    assert!(
        add("deceased[x]", r#""valueDateTime":"2020""#).unwrap().ends_with(r#""deceasedDateTime":"2020"}"#)
    );
    assert!(add("deceasedDateTime", r#""valueDateTime":"2020""#).is_ok());
    assert_eq!(
        add("deceased", r#""valueString":"yes""#).unwrap_err().message,
        "deceased takes boolean, dateTime, but the value is string"
    );
    assert!(add("deceasedDateTime", r#""valueBoolean":true"#).is_err());
}

#[test]
fn added_elements_stand_in_the_order_of_the_definition() {
    let parts = r#",{"name":"name","valueString":"contact"},{"name":"value","part":[
        {"name":"gender","valueCode":"male"},{"name":"name","valueHumanName":{"text":"t"}},
        {"name":"telecom","valueContactPoint":{"value":"1"}},{"name":"telecom","valueContactPoint":{"value":"2"}}]}"#;
    let active = r#",{"name":"name","valueString":"active"},{"name":"value","valueBoolean":true}"#;
    let patched = apply(&[("add", "Patient", parts), ("add", "Patient", active)]).unwrap();
    assert!(patched.starts_with(r#"{"resourceType":"Patient","id":"1","active":true,"name""#), "{patched}");
    let contact =
        r#""contact":[{"name":{"text":"t"},"telecom":[{"value":"1"},{"value":"2"}],"gender":"male"}]}"#;
    assert!(patched.ends_with(contact), "{patched}");
}

#[test]
fn contained_resources_can_be_added_and_changed() {
    let parts = r#",{"name":"name","valueString":"contained"},{"name":"value","resource":{"resourceType":"Organization","id":"o","name":"x"}}"#;
    let patched = apply(&[
        ("add", "Patient", parts),
        ("replace", "Patient.contained[0].name", r#",{"name":"value","valueString":"y"}"#),
    ]);
    let expected = r#""contained":[{"resourceType":"Organization","id":"o","name":"y"}],"name""#;
    assert!(patched.unwrap().contains(expected));
}

#[test]
fn failures_say_why() {
    let value = r#",{"name":"value","valueString":"x"}"#;
    let named = |name: &str| format!(r#",{{"name":"name","valueString":"{name}"}}{value}"#);
    let applicable = [
        ("replace", "Patient.name", value.to_owned(), "the path selects 2 elements where one is needed"),
        ("delete", "Patient.name.given", String::new(), "the path selects 2 elements where one is needed"),
        ("replace", "Patient.gender", value.to_owned(), "the path selects no element"),
        ("add", "Patient.maritalStatus", named("text"), "the path selects no element"),
        ("add", "Patient", named("colour"), "Patient has no element \"colour\""),
        ("add", "Patient.name[1]", named("family"), "HumanName.family is there already, and does not repeat"),
        ("replace", "Patient.name[0]", value.to_owned(), "name takes HumanName, but the value is string"),
        (
            "delete",
            "Patient",
            String::new(),
            "the resource itself can be neither replaced, moved nor deleted",
        ),
        (
            "replace",
            "Patient.name.count()",
            value.to_owned(),
            "the path selects something that is no element of the resource",
        ),
        (
            "insert",
            "Patient.name[0].given[0]",
            format!(r#",{{"name":"index","valueInteger":0}}{value}"#),
            "the path selects 1 of the 2 elements of the list; it must select the list",
        ),
        (
            "insert",
            "Patient.name[0].given",
            format!(r#",{{"name":"index","valueInteger":3}}{value}"#),
            "the index 3 is outside of the list; it must be less than 3",
        ),
        (
            "insert",
            "Patient.birthDate",
            format!(r#",{{"name":"index","valueInteger":0}}{value}"#),
            "birthDate does not repeat",
        ),
        ("replace", "Patient.id", value.to_owned(), "a patch cannot change the id of a resource"),
    ];
    for (kind, path, parts, message) in applicable {
        assert_eq!(
            failure(kind, path, &parts),
            (PatchErrorKind::NotApplicable, message.to_owned()),
            "{path}"
        );
    }
    let syntax = [
        ("replace", "Patient.birthDate", "", "the operation has no part \"value\""),
        ("rename", "Patient.birthDate", "", "there is no operation of the type \"rename\""),
        ("delete", "Patient.name[0]", value, "the operation delete takes no part \"value\""),
        (
            "delete",
            "Patient.name[0]",
            r#",{"name":"path","valueString":"x"}"#,
            "the part \"path\" is there twice",
        ),
        ("delete", "Patient.name[0]", r#",{"name":"where"}"#, "an operation has no part \"where\""),
        ("replace", "Patient.birthDate", r#",{"name":"value"}"#, "the parameter has no value"),
        (
            "replace",
            "Patient.birthDate",
            r#",{"name":"value","valueDate":"2000","valueString":"x"}"#,
            "the parameter has a second value, \"valueString\"",
        ),
        (
            "move",
            "Patient.name",
            r#",{"name":"source","valueInteger":-1},{"name":"destination","valueInteger":0}"#,
            "the part \"source\" is not a position in a list",
        ),
    ];
    for (kind, path, parts, message) in syntax {
        assert_eq!(failure(kind, path, parts), (PatchErrorKind::Syntax, message.to_owned()), "{path}");
    }
    assert_eq!(failure("delete", "Patient.name[", "").0, PatchErrorKind::Syntax);
    assert_eq!(failure("delete", "Patient.colour", "").0, PatchErrorKind::NotApplicable);
}
