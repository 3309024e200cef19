//! What single constructs of XML become in JSON, and what is said about those that FHIR forbids.

use fhir_model::Position;
use fhir_model::xml::{self, Layout, XmlDocument, XmlError};
use serde_json::{Value, json};

use crate::{patient, read, types, value};

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

#[test]
fn breaches_of_the_format_are_listed_with_their_places() {
    let problems = |content: &str| messages(&read(&patient(content)));
    assert_eq!(
        problems("<active value='true'/>\n<id value='a'/><name foo='1' xml:lang='en'>text</name>"),
        [
            "Patient: id must stand before active at line 2, column 1",
            "Patient: the element name has text; values are attributes in FHIR at line 2, column 16",
            "Patient.name[0]: the element name has no attribute foo at line 2, column 16",
            "Patient.name[0]: the element name has no attribute xml:lang at line 2, column 16",
        ]
    );
    assert_eq!(
        problems("<name/><active/><name/>"),
        ["Patient: active must stand before name at line 1, column 45"]
    );
    assert_eq!(
        problems("<x:active xmlns:x='urn:x' value='true'/>"),
        ["Patient: the element active is in the wrong namespace at line 1, column 38"]
    );
    assert_eq!(
        problems("<text><div><p/></div></text>"),
        ["Patient.text: the element div is in the wrong namespace at line 1, column 44"]
    );
    assert_eq!(
        problems("<extension><url value='u'/></extension><contained id='x'/>"),
        [
            "Patient: contained must stand before extension at line 1, column 77",
            "Patient.extension[0]: url is an attribute in XML at line 1, column 49",
            "Patient.contained[0]: the element contained has no attribute id at line 1, column 77",
            "Patient.contained[0]: the element contained must hold one resource at line 1, column 77",
        ]
    );
    assert_eq!(
        problems("<_active value='1'/><resourceType value='x'/>"),
        [
            "Patient: Patient cannot have an element _active at line 1, column 38",
            "Patient: Patient cannot have an element resourceType at line 1, column 58",
        ]
    );
    assert_eq!(
        messages(&read("<Patient id='1'><active value='true'/></Patient>")),
        [
            "Patient: the element Patient is in the wrong namespace at line 1, column 1",
            "Patient: a resource has no attribute id at line 1, column 1",
        ]
    );
    let strict = xml::to_json(&patient("<foo bar=''/>x"), types());
    let Err(error @ XmlError::Problem(_)) = strict else { panic!("{strict:?}") };
    let issue = error.issue();
    assert_eq!(issue.expression, ["Patient"]);
    assert_eq!(issue.position, Some(Position { line: 1, column: 1 }));
    assert_eq!(issue.rule.as_deref(), Some("xml-format"));
    assert_eq!(read(&patient(&"<id x='1'/>".repeat(500))).problems.len(), 100);
}

#[test]
fn prefixes_and_references_are_resolved() {
    let text = "\u{feff}<f:Patient xmlns:f='http://hl7.org/fhir' xmlns:h='http://www.w3.org/1999/xhtml'><f:text>\
        <h:div id='a\"'>&amp;<h:br/><h:p>x</h:p><![CDATA[<]]></h:div></f:text><f:name><f:text value='\n\t&#9;&apos;&#x1F980;'/></f:name>\
        <?pi?></f:Patient>";
    let read = read(text);
    assert_eq!(messages(&read), Vec::<String>::new());
    let expected = json!({
        "resourceType": "Patient",
        "text": {"div": "<div xmlns=\"http://www.w3.org/1999/xhtml\" id='a\"'>&amp;<br/><p>x</p><![CDATA[<]]></div>"},
        "name": [{"text": "  \t'\u{1f980}"}],
    });
    assert_eq!(value(&read.document), expected);
}

#[test]
fn resources_of_unknown_types_are_read_too() {
    let read = read("<Nothing xmlns='http://hl7.org/fhir'><id value='1'/></Nothing>");
    assert_eq!(value(&read.document), json!({"resourceType": "Nothing", "id": "1"}));
}

#[test]
fn what_xml_cannot_say_is_refused() {
    for (json, reason) in [
        (r#"{"id":"1"}"#, "a resource without resourceType"),
        (r#"{"resourceType":"Patient x"}"#, "is not the name"),
        (r#"{"resourceType":"Patient","birthDate":"\u0001"}"#, "Patient.birthDate cannot be written"),
        (r#"{"resourceType":"Patient","name":["x"]}"#, "Patient.name[0] cannot be written"),
        (r#"{"resourceType":"Patient","birthDate":{}}"#, "neither a value nor an element"),
        (r#"{"resourceType":"Patient","name":[[]]}"#, "neither a value nor an element"),
        (r#"{"resourceType":"Patient","name":[null]}"#, "null without a value"),
        (r#"{"resourceType":"Patient","name":[{"id":1}]}"#, "an attribute is one string"),
        (r#"{"resourceType":"Patient","a b":"1"}"#, "is not the name"),
        (r#"{"resourceType":"Patient","text":{"div":"<div>"}}"#, "Patient.text.div cannot be written"),
        (r#"{"resourceType":"Patient","text":{"div":"<div/><div/>"}}"#, "Patient.text.div cannot be written"),
        (r#"{"resourceType":"Patient","text":{"div":"<p/>"}}"#, "not a div"),
    ] {
        let document = fhir_model::Document::parse(json).unwrap();
        let error = xml::from_document(document.root(), types(), Layout::Compact).unwrap_err().to_string();
        assert!(error.contains(reason), "{json}: {error}");
    }
}
