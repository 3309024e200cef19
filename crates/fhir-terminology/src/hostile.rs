//! Nothing that is asked, and no definition, makes this crate panic.

use std::sync::{Arc, LazyLock};

use fhir_definitions::Registry;
use fhir_model::Document;
use proptest::prelude::*;

use crate::code_system::{CodeSystem, Filter};
use crate::terminology::Terminology;
use crate::value_set::{Asked, Evaluation, ValueSet};

static TERMINOLOGY: LazyLock<Terminology> =
    LazyLock::new(|| Terminology::new(Arc::new(Registry::embedded().unwrap())));

/// Names and values as they occur in terminology resources, so that random documents reach the code behind them.
const NAMES: [&str; 16] = [
    "compose",
    "include",
    "exclude",
    "system",
    "version",
    "concept",
    "code",
    "display",
    "filter",
    "property",
    "op",
    "value",
    "valueSet",
    "expansion",
    "contains",
    "total",
];
const TEXTS: [&str; 16] = [
    "urn:iso:std:iso:3166",
    "http://snomed.info/sct",
    "http://loinc.org",
    "http://unitsofmeasure.org",
    "GB",
    "concept",
    "is-a",
    "=",
    "regex",
    "in",
    "(404684003 OR <<",
    "http://hl7.org/fhir/ValueSet/administrative-gender",
    "code",
    "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "[A-Z",
    "\u{1F600}|(",
];

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => prop::sample::select(&TEXTS[..]).prop_map(|text| format!("\"{}\"", text.replace('"', ""))),
        1 => Just("true".to_owned()),
        1 => any::<i8>().prop_map(|number| number.to_string()),
        1 => Just("null".to_owned()),
    ];
    leaf.prop_recursive(6, 64, 4, |inner| {
        let members = prop::collection::btree_map(prop::sample::select(&NAMES[..]), inner.clone(), 0..5);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            members.prop_map(|members| {
                let members: Vec<String> =
                    members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn code() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(&TEXTS[..]).prop_map(str::to_owned),
        any::<String>(),
        "[0-9A-Za-z/;=.*{}-]{0,24}"
    ]
}

proptest! {
    #[test]
    fn any_value_set_can_be_asked(
        include in value(), exclude in value(), expansion in value(), code in code(), system in any::<bool>(),
    ) {
        let text = format!(r#"{{"compose":{{"include":{include},"exclude":{exclude}}},"expansion":{expansion}}}"#);
        let document = Document::parse(text).unwrap();
        let set = ValueSet::compile("urn:hostile", Some(document.root()), TERMINOLOGY.systems());
        let asked = Asked { system: system.then_some("http://snomed.info/sct"), code: &code };
        Evaluation::new(&TERMINOLOGY).membership(&set, asked);
        crate::value_set::list(&TERMINOLOGY, &set, 100);
    }

    #[test]
    fn any_code_system_can_be_asked_and_filtered(
        concepts in value(), properties in value(), code in code(),
        property in prop::sample::select(&NAMES[..]), op in prop::sample::select(&TEXTS[..]),
    ) {
        let text = format!(r#"{{"content":"complete","concept":{concepts},"property":{properties}}}"#);
        let document = Document::parse(text).unwrap();
        let system = CodeSystem::parse("urn:hostile", document.root());
        system.status(&code);
        let filter = Filter { property: property.into(), op: op.into(), value: code.as_str().into() };
        let _ = system.select(&[filter]);
    }

    #[test]
    fn any_code_can_be_asked(code in code()) {
        for system in [
            "urn:ietf:bcp:47", "urn:ietf:bcp:13", "http://unitsofmeasure.org", "urn:ietf:rfc:3986",
            "http://snomed.info/sct", "http://loinc.org", "urn:iso:std:iso:3166", "urn:none",
        ] {
            TERMINOLOGY.code_system(system, &code);
            TERMINOLOGY.check_display(system, &code, &code);
        }
        TERMINOLOGY.membership(&code, Some(&code), &code);
        TERMINOLOGY.gaps(&code);
        TERMINOLOGY.membership("http://hl7.org/fhir/ValueSet/all-distance-units", None, &code);
    }
}
