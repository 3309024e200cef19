//! Extensions: known, in their place, built as defined.

use super::support::{NOTHING, found};

fn extension(name: &str, value: &str) -> String {
    format!(r#"{{"url":"http://example.org/{name}",{value}}}"#)
}

/// A patient, checked by nothing but its type and its extensions.
fn patient(rest: &str) -> Vec<String> {
    found("reslices", &format!(r#"{{"resourceType":"Patient",{rest}}}"#))
}

#[test]
fn extensions_stand_where_their_definition_allows() {
    let boolean = extension("on-names", r#""valueBoolean":true"#);
    assert_eq!(patient(&format!(r#""name":[{{"extension":[{boolean}]}}]"#)), NOTHING);
    assert_eq!(patient(&format!(r#""extension":[{boolean}]"#)), ["error extension-context Patient"]);
    let string = extension("on-contact-name", r#""valueString":"x""#);
    assert_eq!(patient(&format!(r#""contact":[{{"name":{{"extension":[{string}]}}}}]"#)), NOTHING);
    let issues = patient(&format!(r#""name":[{{"extension":[{string}]}}]"#));
    assert_eq!(issues, ["error extension-context Patient.name[0]"]);
}

#[test]
fn paths_can_say_where_extensions_stand() {
    let string = extension("by-path", r#""valueString":"x""#);
    assert_eq!(patient(&format!(r#""name":[{{"use":"official","extension":[{string}]}}]"#)), NOTHING);
    let issues = patient(&format!(r#""name":[{{"use":"old","extension":[{string}]}}]"#));
    assert_eq!(issues, ["error extension-context Patient.name[0]"]);
}

#[test]
fn extensions_are_built_as_defined() {
    let issues =
        patient(&format!(r#""name":[{{"extension":[{}]}}]"#, extension("on-names", r#""valueString":"x""#)));
    assert_eq!(issues, ["error type-not-allowed Patient.name[0].extension[0].value"]);
    let part = r#""extension":[{"url":"part","valueCode":"a"}]"#;
    assert_eq!(patient(&format!(r#""extension":[{}]"#, extension("complex", part))), NOTHING);
    let issues = patient(&format!(
        r#""extension":[{}]"#,
        extension("complex", r#""extension":[{"url":"x","valueCode":"a"}]"#)
    ));
    assert_eq!(issues, ["error slicing-min Patient.extension[0]"]);
    let inner = extension("inner", r#""valueString":"x""#);
    let nested = format!(r#""extension":[{{"url":"part","valueCode":"a"}},{inner}]"#);
    assert_eq!(patient(&format!(r#""extension":[{}]"#, extension("complex", &nested))), NOTHING);
    assert_eq!(patient(&format!(r#""extension":[{inner}]"#)), ["error extension-context Patient"]);
}

#[test]
fn modifiers_are_known_and_marked() {
    let unknown = r#"{"url":"http://example.org/unknown","valueString":"x"}"#;
    assert_eq!(patient(&format!(r#""extension":[{unknown}]"#)), NOTHING);
    let issues = patient(&format!(r#""modifierExtension":[{unknown}]"#));
    assert_eq!(issues, ["error modifier-extension-unknown Patient.modifierExtension[0]"]);
    let modifier = extension("modifier", r#""valueString":"x""#);
    assert_eq!(patient(&format!(r#""modifierExtension":[{modifier}]"#)), NOTHING);
    assert_eq!(
        patient(&format!(r#""extension":[{modifier}]"#)),
        ["error extension-modifier Patient.extension[0]"]
    );
}

#[test]
fn extensions_of_primitives_are_checked() {
    let string = extension("on-names", r#""valueBoolean":true"#);
    let json = format!(r#""birthDate":"2000","_birthDate":{{"extension":[{string}]}}"#);
    assert_eq!(patient(&json), ["error extension-context Patient.birthDate"]);
    let relative = r#""extension":[{"url":"part","valueCode":"a"}]"#;
    assert_eq!(patient(relative), ["error extension-url Patient.extension[0]"]);
}
