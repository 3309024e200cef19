//! Tests of XML Patch beyond those of the official suite.

use std::sync::LazyLock;

use fhir_definitions::Registry;
use fhir_model::Document;

use super::*;
use crate::error::PatchErrorKind;
use crate::patch::{Patch, PatchFormat};

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

const PATIENT: &str = r#"{"resourceType":"Patient","id":"1","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">&#160;&quot;<br class='x' /></div>"},"identifier":[{"system":"s","value":"1"},{"system":"t","value":"2"}],"birthDate":"2000"}"#;

fn apply(operations: &str) -> Result<String, PatchError> {
    let types = REGISTRY.types();
    let body = format!(r#"<diff xmlns="http://hl7.org/fhir">{operations}</diff>"#);
    let patch = Patch::parse(PatchFormat::XmlPatch, &body, types, Limits::default())?;
    let resource = Document::parse(PATIENT).unwrap();
    Ok(patch.apply(resource.root(), types, Limits::default())?.source().to_owned())
}

fn failure(operations: &str) -> (PatchErrorKind, String) {
    let error = apply(operations).unwrap_err();
    (error.kind, error.message)
}

#[test]
fn a_resource_is_patched_in_its_xml_form() {
    let patched = apply(
        r#"<replace sel="f:Patient/f:birthDate/@value">2001-02-03</replace>
           <remove sel="Patient/identifier[system/@value='s']"/>
           <add sel="/f:Patient/f:identifier[last()]" pos="after"><active value="true"/></add>
           <add sel="f:Patient/f:identifier/f:system" type="@id">x"y&amp;z</add>"#,
    );
    let patched = patched.unwrap();
    let narrative = PATIENT.split(r#","identifier""#).next().unwrap();
    assert!(patched.starts_with(narrative), "the narrative is as it was: {patched}");
    let rest = r#","identifier":[{"system":"t","_system":{"id":"x\"y&z"},"value":"2"}],"active":true,"birthDate":"2001-02-03"}"#;
    assert!(patched.ends_with(rest), "{patched}");
}

#[test]
fn inserted_elements_keep_their_namespaces() {
    let content = r#"<x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:p>new</x:p></x:div>"#;
    let patched = apply(&format!(r#"<replace sel="f:Patient/f:text/h:div">{content}</replace>"#)).unwrap();
    assert!(patched.contains(r#"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>new</p></div>"#), "{patched}");
    let body = r#"<p:diff xmlns:p="urn:patch" xmlns:g="http://hl7.org/fhir"><p:add sel="g:Patient" pos="prepend"><g:id value="2"/></p:add></p:diff>"#;
    let patch = XmlPatch::parse(body, Limits::default()).unwrap();
    let xml = patch.apply_to_xml(r#"<Patient xmlns="http://hl7.org/fhir"/>"#, Limits::default());
    let expected =
        r#"<Patient xmlns="http://hl7.org/fhir"><g:id value="2" xmlns:g="http://hl7.org/fhir"/></Patient>"#;
    assert_eq!(xml.unwrap(), expected);
}

#[test]
fn white_space_and_declarations_can_be_removed() {
    let body = r#"<diff><remove sel="a/b[2]" ws="before"/><remove sel="a/namespace::p"/><replace sel="a/processing-instruction('x')"><?y z?></replace></diff>"#;
    let patch = XmlPatch::parse(body, Limits::default()).unwrap();
    let xml = patch.apply_to_xml("<a xmlns:p='urn:p'><b>1</b> <b>2</b><?x?></a>", Limits::default());
    assert_eq!(xml.unwrap(), "<a><b>1</b><?y z?></a>");
}

#[test]
fn failures_say_why() {
    let applicable = [
        (r#"<remove sel="f:Patient/f:gender"/>"#, "the selector finds nothing"),
        (r#"<remove sel="f:Patient/f:identifier"/>"#, "the selector finds 2 nodes where one is needed"),
        (r#"<replace sel="f:Patient/f:birthDate"/>"#, "what is selected can only be replaced by one element"),
        (
            r#"<add sel="f:Patient/f:birthDate" type="@value">2</add>"#,
            "the element has an attribute value already",
        ),
    ];
    for (operation, message) in applicable {
        assert_eq!(failure(operation), (PatchErrorKind::NotApplicable, message.to_owned()), "{operation}");
    }
    let order = failure(r#"<add sel="f:Patient"><active value="true"/></add>"#).1;
    assert!(
        order.starts_with("the result is not FHIR XML: Patient: active must stand before birthDate"),
        "{order}"
    );
    assert!(failure(r#"<remove sel="f:Patient"/>"#).1.starts_with("the result is not FHIR XML"));
    for operation in [
        r#"<remove/>"#,
        r#"<remove sel="//f:id"/>"#,
        r#"<remove sel="f:Patient/q:id"/>"#,
        r#"<remove sel="id('x')"/>"#,
        r#"<remove sel="f:Patient" pos="before"/>"#,
        r#"<remove sel="f:Patient/f:id">x</remove>"#,
        r#"<move sel="f:Patient"/>"#,
        r#"<add sel="f:Patient" type="@a b">x</add>"#,
        r#"<add sel="f:Patient" pos="inside"><id/></add>"#,
        "",
    ] {
        assert_eq!(failure(operation).0, PatchErrorKind::Syntax, "{operation}");
    }
    let doctype = r#"<!DOCTYPE diff><diff><remove sel="a"/></diff>"#;
    assert!(XmlPatch::parse(doctype, Limits::default()).unwrap_err().is_syntax());
}

#[test]
fn what_becomes_too_deep_is_refused() {
    let deep = format!("{}{}", "<a>".repeat(60), "</a>".repeat(60));
    let selector = "/*".repeat(60);
    let body = format!("<diff><add sel='/*'>{deep}</add><add sel='{selector}'>{deep}</add></diff>");
    let patch = XmlPatch::parse(&body, Limits::default()).unwrap();
    let error = patch.apply_to_xml("<r/>", Limits::default()).unwrap_err();
    assert_eq!((error.kind, error.operation), (PatchErrorKind::TooCostly, Some(1)));
}
