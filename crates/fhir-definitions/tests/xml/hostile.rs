//! Texts that attack the reader are refused early, and none makes it panic.

use fhir_model::xml::{self, Layout, Limits, XmlError};
use proptest::prelude::*;

use crate::{patient, through_xml, types};

fn refusal(text: &str) -> String {
    match xml::to_document(text, types(), Limits::default()) {
        Err(XmlError::Malformed { message, .. }) => message,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn document_types_and_entities_are_refused() {
    let laughs = r#"<!DOCTYPE Patient [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
        <Patient xmlns="http://hl7.org/fhir"><id value="&b;"/></Patient>"#;
    assert!(refusal(laughs).contains("DOCTYPE"));
    let external = r#"<!DOCTYPE Patient [<!ENTITY x SYSTEM "file:///etc/passwd">]><Patient/>"#;
    assert!(refusal(external).contains("DOCTYPE"));
    let external = r#"<!DOCTYPE Patient SYSTEM "http://example.org/x.dtd"><Patient/>"#;
    assert!(refusal(external).contains("DOCTYPE"));
    refusal(&patient("<id value='&b;'/>"));
    assert!(
        refusal(&patient("<text><div xmlns='http://www.w3.org/1999/xhtml'>&nbsp;</div></text>"))
            .contains("nbsp")
    );
    refusal(&patient("<text><div xmlns='http://www.w3.org/1999/xhtml' title='&nbsp;'/></text>"));
    refusal(&patient("<id value='&#0;'/>"));
    refusal(&patient("<id value='&#1;'/>"));
    refusal(&patient("<text><div xmlns='http://www.w3.org/1999/xhtml'>&#xD800;</div></text>"));
}

#[test]
fn sizes_are_bounded() {
    let nested =
        |name: &str, depth: usize| format!("<{name}>").repeat(depth) + &format!("</{name}>").repeat(depth);
    assert!(refusal(&patient(&nested("a", 200_000))).contains("nested deeper"));
    assert!(refusal(&patient(&nested("div", 200_000))).contains("nested deeper"));
    assert!(refusal(&patient(&nested("extension", 90))).contains("nested deeper"));
    let attributes: String = (0..100_000).map(|at| format!(" a{at}=''")).collect();
    assert!(refusal(&patient(&format!("<name{attributes}/>"))).contains("attributes"));
    let namespaces: String = (0..100_000).map(|at| format!(" xmlns:a{at}='urn:{at}'")).collect();
    refusal(&patient(&format!("<name{namespaces}/>")));
    let few = Limits { max_elements: 10, ..Limits::default() };
    assert!(xml::to_document(&patient(&"<name/>".repeat(9)), types(), few).is_ok());
    assert!(xml::to_document(&patient(&"<name/>".repeat(10)), types(), few).is_err());
}

#[test]
fn texts_that_are_not_well_formed_are_refused() {
    for text in [
        "",
        " ",
        "x",
        "{}",
        "<Patient",
        "<Patient>",
        "<Patient></Person>",
        "<Patient/><Patient/>",
        "<Patient/>x",
        "<Patient/>&amp;",
        "<Patient a='1' a='2'/>",
        "<Patient a='<'/>",
        "<Patient a=1/>",
        "<Patient>]]></Patient>",
        "<Patient>&</Patient>",
        "<1/>",
        "<p:Patient/>",
        "<Patient p:a=''/>",
        "<Patient><!-- -- --></Patient>",
        " <?xml version='1.0'?><Patient/>",
        "<?xml version='1.1'?><Patient/>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><Patient/>",
        "<?xml version='1.0' encoding='UTF-16'?><Patient/>",
        "<Patient>\u{1}</Patient>",
        "<div xmlns='http://www.w3.org/1999/xhtml'/>",
    ] {
        refusal(text);
    }
    let error = xml::to_document("<Patient>\n  <ä></b>", types(), Limits::default()).unwrap_err();
    assert!(error.to_string().ends_with("at line 2, column 6"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_judged_and_what_can_be_written_is_read_back_the_same(
        content in "(<name>|</name>|<div xmlns='http://www.w3.org/1999/xhtml'>|</div>|<text>|</text>|<given value='a'/>|<foo|</foo>| value='1'| id='x'|>|/>|<id/>|<contained>|</contained>|<Basic>|</Basic>|&amp;|&#10;|<!--|-->|<url value='x'/>|ä){0,9}"
    ) {
        if let Ok(read) = xml::to_document(&patient(&content), types(), Limits::default())
            && xml::from_document(read.document.root(), types(), Layout::Compact).is_ok()
        {
            prop_assert_eq!(through_xml(read.document.root(), Layout::Pretty), Ok(crate::value(&read.document)));
        }
    }
}
