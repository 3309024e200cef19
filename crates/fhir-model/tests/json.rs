//! Properties of the JSON parser and writer, with `serde_json` as the second opinion.

use fhir_model::{Document, Kind, Node, write};
use proptest::prelude::*;
use serde_json::Value;

/// JSON texts with odd spacing, number forms and escapes. Member names are told apart by a position, since a name given
/// twice is the one thing in which the two parsers differ on purpose.
fn json_text() -> impl Strategy<Value = String> {
    let number = r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?";
    let string = r#""([ -!#-\[\]-~]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}|\\ud83d\\ude00|ä|🦀){0,12}""#;
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        number,
        string
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let space = "[ \t\r\n]{0,2}";
        prop_oneof![
            (space, prop::collection::vec(inner.clone(), 0..6), space).prop_map(|(before, items, after)| {
                format!("[{before}{}{after}]", items.join(&format!("{after},{before}")))
            }),
            (space, prop::collection::vec((r"[a-z_]{0,4}(\\n|ü)?", inner), 0..24)).prop_map(
                |(space, members)| {
                    let members = members.iter().enumerate();
                    let members =
                        members.map(|(at, (name, value))| format!("\"{name}{at}\"{space}:{space}{value}"));
                    format!("{{{space}{}{space}}}", members.collect::<Vec<_>>().join(","))
                }
            ),
        ]
    })
}

/// A JSON text in which some characters are replaced by ones that matter to JSON.
fn damaged_json_text() -> impl Strategy<Value = String> {
    let damage = prop::collection::vec(
        (any::<prop::sample::Index>(), r#"[\[\]{}",:0-9eE.+\-\\untf \x00-\x1fé]?"#),
        1..3,
    );
    (json_text(), damage).prop_map(|(text, damage)| {
        let mut characters: Vec<String> = text.chars().map(String::from).collect();
        for (at, replacement) in damage {
            if let Some(character) = characters.get_mut(at.index(text.chars().count())) {
                *character = replacement;
            }
        }
        characters.concat()
    })
}

fn same(node: Node<'_>, value: &Value) -> bool {
    match value {
        Value::Null => node.is_null(),
        Value::Bool(value) => node.as_bool() == Some(*value),
        // Both keep the digits as written: `1.0` and `1.00` are different numbers here.
        Value::Number(_) => {
            node.as_number().and_then(|text| serde_json::from_str::<Value>(text).ok()).as_ref() == Some(value)
        }
        Value::String(text) => node.as_str() == Some(text),
        Value::Array(items) => {
            node.is_array()
                && node.len() == items.len()
                && node.items().zip(items).all(|(node, value)| same(node, value))
        }
        Value::Object(members) => {
            node.is_object()
                && node.len() == members.len()
                && node
                    .members()
                    .zip(members)
                    .all(|((name, node), (key, value))| name == key && same(node, value))
        }
    }
}

fn same_tree(a: Node<'_>, b: Node<'_>) -> bool {
    a.kind() == b.kind()
        && a.len() == b.len()
        && match a.kind() {
            Kind::Array => a.items().zip(b.items()).all(|(a, b)| same_tree(a, b)),
            Kind::Object => a.members().zip(b.members()).all(|((n, a), (m, b))| n == m && same_tree(a, b)),
            // Numbers are compared as text: their digits are part of the value in FHIR.
            _ => a.primitive_text() == b.primitive_text(),
        }
}

/// Whether both parsers say the same; duplicate names and depth are refused by one of them only.
fn agree(text: &str) -> bool {
    match (Document::parse(text), serde_json::from_str::<Value>(text)) {
        (Ok(document), Ok(value)) => same(document.root(), &value),
        (Err(error), Ok(_)) => {
            error.message.contains("appears twice") || error.message.contains("nested deeper")
        }
        (Ok(_), Err(_)) => false,
        (Err(_), Err(_)) => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn well_formed_texts_are_read_as_serde_json_reads_them(text in json_text()) {
        prop_assert!(agree(&text));
    }

    #[test]
    fn damaged_texts_are_judged_as_serde_json_judges_them(text in damaged_json_text()) {
        prop_assert!(agree(&text));
    }

    #[test]
    fn any_text_is_judged_as_serde_json_judges_it(text in r#"[\[\]{}",:0-9eE.+\-\\/utrfalsen \x00-\x1f]{0,24}"#) {
        prop_assert!(agree(&text));
    }

    #[test]
    fn what_is_written_is_read_back_the_same(text in json_text()) {
        let Ok(document) = Document::parse(text) else { return Ok(()) };
        let written = write::to_vec(document.root());
        let again = Document::parse_bytes(written.clone())?;
        prop_assert!(same_tree(document.root(), again.root()));
        prop_assert_eq!(write::to_vec(again.root()), written);
    }

    #[test]
    fn any_bytes_are_judged_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = Document::parse_bytes(bytes);
    }
}

#[test]
fn nesting_is_bounded_and_names_are_unique() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Document::parse(nested(100)).is_ok());
    assert!(Document::parse(nested(101)).is_err());
    assert!(Document::parse(nested(1_000_000)).is_err());
    assert!(Document::parse(r#"{"a":1,"\u0061":2}"#).is_err());
    let mut members: Vec<String> = (0..40).map(|at| format!("\"n{at}\":{at}")).collect();
    assert!(Document::parse(format!("{{{}}}", members.join(","))).is_ok());
    members.push("\"n3\":0".to_owned());
    assert!(Document::parse(format!("{{{}}}", members.join(","))).is_err());
}

#[test]
fn a_byte_order_mark_is_skipped_and_errors_have_positions() {
    let document = Document::parse("\u{feff}{\"a\":1.00}").unwrap();
    assert_eq!(document.root().get("a").and_then(Node::as_number), Some("1.00"));
    let error = Document::parse("{\n  \"ä\": ]\n}").unwrap_err();
    assert_eq!((error.line, error.column), (2, 8));
    assert!(Document::parse_bytes(vec![b'"', 0xff, b'"']).is_err());
}
