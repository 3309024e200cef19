//! FHIR XML read and written with the types of the embedded registry.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::sync::LazyLock;

use fhir_definitions::Registry;
use fhir_model::types::TypeModel;
use fhir_model::xml::{self, Layout, Limits, XmlDocument};
use fhir_model::{Document, Position};
use serde_json::{Value, json};

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

fn types() -> &'static TypeModel {
    REGISTRY.types()
}

fn read(text: &str) -> XmlDocument {
    xml::to_document(text, types(), Limits::default()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Order of members does not matter, but the digits of numbers do.
fn value(document: &Document) -> Value {
    serde_json::from_str(document.source()).unwrap()
}

fn patient(content: &str) -> String {
    format!("<Patient xmlns=\"http://hl7.org/fhir\">{content}</Patient>")
}

fn messages(read: &XmlDocument) -> Vec<String> {
    read.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn elements_become_members_by_their_definition() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- before -->
<Patient xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://hl7.org/fhir fhir-all.xsd">
  <id value="a"/>
  <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">a &lt; b<br/>&#160;<!-- x --></div></text>
  <contained><Organization><id value="o"/><name value="N &amp; S&#10;x"/></Organization></contained>
  <extension url="http://example.org/e"><valueDecimal value="1.00"/></extension>
  <active value="true"/>
  <name id="n"><given value="A"/><given id="g"><extension url="u"><valueCode value="c"/></extension></given></name>
  <birthDate value="1970-01-01"><extension url="u"><valueInteger value="-3"/></extension></birthDate>
  <multipleBirthInteger value="2"/>
</Patient>"#;
    let read = read(text);
    assert_eq!(messages(&read), Vec::<String>::new());
    let expected = json!({
        "resourceType": "Patient",
        "id": "a",
        "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">a &lt; b<br/>&#160;<!-- x --></div>"},
        "contained": [{"resourceType": "Organization", "id": "o", "name": "N & S\nx"}],
        "extension": [{"url": "http://example.org/e", "valueDecimal": serde_json::from_str::<Value>("1.00").unwrap()}],
        "active": true,
        "name": [{
            "id": "n",
            "given": ["A", null],
            "_given": [null, {"id": "g", "extension": [{"url": "u", "valueCode": "c"}]}],
        }],
        "birthDate": "1970-01-01",
        "_birthDate": {"extension": [{"url": "u", "valueInteger": -3}]},
        "multipleBirthInteger": 2,
    });
    assert_eq!(value(&read.document), expected);

    let name = read.document.root().get("name").unwrap();
    let second = name.items().next().unwrap().get("given").unwrap().items().nth(1).unwrap();
    assert_eq!(read.document.position(second.index()), Position { line: 10, column: 34 });

    for layout in [Layout::Compact, Layout::Pretty] {
        let written = xml::from_document(read.document.root(), types(), layout).unwrap();
        assert_eq!(value(&xml::to_json(&written, types()).unwrap()), expected, "{written}");
    }
}

#[test]
fn nothing_that_validation_should_name_is_lost() {
    let text = patient(
        r#"<active value="yes"/><gender value="male"/><gender value="female"/><shoe value="44"/>
        <hat><size value="7"/><size value="8"/></hat><name/><birthDate/>"#,
    );
    let read = read(&text);
    let expected = json!({
        "resourceType": "Patient", "active": "yes", "gender": ["male", "female"], "shoe": "44",
        "hat": {"size": ["7", "8"]}, "name": [{}], "_birthDate": {},
    });
    assert_eq!(value(&read.document), expected);
}
