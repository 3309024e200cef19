//! Token parameters (R4 search, section 3.1.1.5.5): `code`, `system|code`, `|code`, `system|`.

use std::borrow::Cow;

use fhir_model::Node;

use super::ValueError;
use crate::escape;
use crate::extract::element::{DataType, Element};
use crate::hash::KeyHasher;
use crate::parameters::ParameterKind;

/// A code, identifier or other short text, with what is known of its system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) system: System<'a>,
    pub(crate) code: Option<&'a str>,
}

/// The system of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System<'a> {
    /// The data type has none: only the form `code` finds it.
    Inapplicable,
    /// The data type has one, but this value does not: the form `|code` finds it.
    Absent,
    /// A namespace.
    Uri(&'a str),
}

/// Calls `each` with every token of an element. `implied` is the system of `code` elements, which their binding tells.
pub(crate) fn read<'a>(element: Element<'a>, implied: Option<&'a str>, each: &mut impl FnMut(Token<'a>)) {
    let node = element.node;
    match element.data_type {
        DataType::Boolean | DataType::Text | DataType::Uri | DataType::Canonical | DataType::Number => {
            text(System::Inapplicable, node.primitive_text(), each);
        }
        DataType::Code => text(implied.map_or(System::Absent, System::Uri), node.as_str(), each),
        DataType::ContactPoint => text(System::Inapplicable, node.get_str("value"), each),
        DataType::Coding => each(Token { system: system(node), code: node.get_str("code") }),
        DataType::Identifier => each(identifier(node)),
        DataType::CodeableConcept => {
            for coding in codings(node) {
                each(Token { system: system(coding), code: coding.get_str("code") });
            }
        }
        _ => {}
    }
}

/// An Identifier as a token.
pub(crate) fn identifier(node: Node<'_>) -> Token<'_> {
    Token { system: system(node), code: node.get_str("value") }
}

/// Calls `each` with every text that says what an element means (`:text`): CodeableConcept.text, Coding.display and
/// Identifier.type.text.
pub(crate) fn texts<'a>(element: Element<'a>, each: &mut impl FnMut(&'a str)) {
    let node = element.node;
    match element.data_type {
        DataType::Coding => node.get_str("display").into_iter().for_each(each),
        DataType::CodeableConcept => {
            node.get_str("text")
                .into_iter()
                .chain(codings(node).filter_map(|coding| coding.get_str("display")))
                .for_each(each);
        }
        DataType::Identifier => {
            node.get("type").and_then(|kind| kind.get_str("text")).into_iter().for_each(each);
        }
        _ => {}
    }
}

/// Calls `each` with the system and code of every type of an identifier, and its value (`:of-type`).
pub(crate) fn of_type<'a>(element: Element<'a>, each: &mut impl FnMut(&'a str, &'a str, &'a str)) {
    if element.data_type != DataType::Identifier {
        return;
    }
    let (Some(kind), Some(value)) = (element.node.get("type"), element.node.get_str("value")) else { return };
    for coding in codings(kind) {
        if let (Some(system), Some(code)) = (coding.get_str("system"), coding.get_str("code")) {
            each(system, code, value);
        }
    }
}

fn codings(concept: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    concept.get("coding").into_iter().flat_map(Node::each)
}

fn text<'a>(system: System<'a>, code: Option<&'a str>, each: &mut impl FnMut(Token<'a>)) {
    if code.is_some() {
        each(Token { system, code });
    }
}

fn system(node: Node<'_>) -> System<'_> {
    node.get_str("system").map_or(System::Absent, System::Uri)
}

impl Token<'_> {
    /// Calls `each` with the hash of every form that finds this token by its code.
    pub(crate) fn code_variants(&self, case_sensitive: bool, hasher: &KeyHasher, each: &mut impl FnMut(i64)) {
        let Some(code) = self.code else { return };
        let code = comparable(code, case_sensitive);
        each(hasher.code(&code));
        match self.system {
            System::Inapplicable => {}
            System::Absent => each(hasher.code_without_system(&code)),
            System::Uri(system) => each(hasher.system_and_code(system, &code)),
        }
    }

    /// Calls `each` with the hash of every form that finds this token.
    pub(crate) fn variants(&self, case_sensitive: bool, hasher: &KeyHasher, each: &mut impl FnMut(i64)) {
        self.code_variants(case_sensitive, hasher, each);
        if let System::Uri(system) = self.system {
            each(hasher.system(system));
        }
    }
}

/// A code as it is compared. R4 asks for matching without case where the system does not say otherwise.
fn comparable(code: &str, case_sensitive: bool) -> Cow<'_, str> {
    let has_upper_case =
        || code.chars().any(|character| !character.is_ascii() || character.is_ascii_uppercase());
    if case_sensitive || !has_upper_case() { Cow::Borrowed(code) } else { Cow::Owned(code.to_lowercase()) }
}

/// The hash of the form that a query value has.
pub(crate) fn parse(value: &str, case_sensitive: bool, hasher: &KeyHasher) -> Result<i64, ValueError> {
    const EXPECTED: &str =
        "code, system|code, |code or system|, with \\, \\| \\$ \\\\ for these characters in a code";
    let refused = || ValueError::new(ParameterKind::Token, value, EXPECTED);
    let plain = |text| escape::unescape(text).ok_or_else(refused);
    match escape::split(value, '|').as_slice() {
        [""] | ["", ""] => Err(refused()),
        [code] => Ok(hasher.code(&comparable(&plain(code)?, case_sensitive))),
        ["", code] => Ok(hasher.code_without_system(&comparable(&plain(code)?, case_sensitive))),
        [system, ""] => Ok(hasher.system(&plain(system)?)),
        [system, code] => {
            Ok(hasher.system_and_code(&plain(system)?, &comparable(&plain(code)?, case_sensitive)))
        }
        _ => Err(refused()),
    }
}

/// [`parse`] for a component of a composite, where the form `system|` is not indexed.
pub(crate) fn parse_component(
    value: &str,
    case_sensitive: bool,
    hasher: &KeyHasher,
) -> Result<i64, ValueError> {
    const EXPECTED: &str =
        "code, system|code or |code: within a composite a system cannot be searched without a code";
    match escape::split(value, '|').as_slice() {
        [_, ""] => Err(ValueError::new(ParameterKind::Token, value, EXPECTED)),
        _ => parse(value, case_sensitive, hasher),
    }
}

/// The hashes by which a code that a terminology lists is found. One without a system, such as a `code` element whose binding
/// has several, is compared by the code alone.
pub(crate) fn coded(system: &str, code: &str, case_sensitive: bool, hasher: &KeyHasher) -> [i64; 2] {
    let code = comparable(code, case_sensitive);
    [hasher.system_and_code(system, &code), hasher.code_without_system(&code)]
}

/// The hash by which an identifier of a type is found: without regard to the case of the code, as for all codes.
pub(crate) fn of_type_hash(system: &str, code: &str, value: &str, hasher: &KeyHasher) -> i64 {
    hasher.of_type(system, &comparable(code, false), value)
}

/// The hash of the three parts of `:of-type`: `system|code|value`.
pub(crate) fn parse_of_type(value: &str, hasher: &KeyHasher) -> Result<i64, ValueError> {
    const EXPECTED: &str =
        "system|code|value, all three given: the coding of the identifier's type and its value";
    let refused = || ValueError::new(ParameterKind::Token, value, EXPECTED);
    let plain = |text: &str| escape::unescape(text).filter(|text| !text.is_empty()).map(Cow::into_owned);
    match escape::split(value, '|').as_slice() {
        [system, code, value] => {
            let parts = (plain(system), plain(code), plain(value));
            let (Some(system), Some(code), Some(value)) = parts else { return Err(refused()) };
            Ok(of_type_hash(&system, &code, &value, hasher))
        }
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    /// Whether a query value finds an element.
    fn finds(query: &str, data_type: DataType, json: &str) -> bool {
        finds_with(query, data_type, json, false, None)
    }

    fn finds_with(
        query: &str,
        data_type: DataType,
        json: &str,
        case_sensitive: bool,
        implied: Option<&'static str>,
    ) -> bool {
        let hasher = KeyHasher::new([1, 2]);
        let document = Document::parse(json).unwrap();
        let mut hashes = Vec::new();
        read(Element { node: document.root(), data_type }, implied, &mut |token| {
            token.variants(case_sensitive, &hasher, &mut |hash| hashes.push(hash));
        });
        hashes.contains(&parse(query, case_sensitive, &hasher).unwrap())
    }

    #[test]
    fn codings_are_found_in_all_four_forms() {
        let with = r#"{"system":"http://loinc.org","code":"8867-4"}"#;
        let without = r#"{"code":"8867-4"}"#;
        for (query, found_with, found_without) in [
            ("8867-4", true, true),
            ("http://loinc.org|8867-4", true, false),
            ("|8867-4", false, true),
            ("http://loinc.org|", true, false),
            ("http://other.org|8867-4", false, false),
            ("8867-5", false, false),
        ] {
            assert_eq!(finds(query, DataType::Coding, with), found_with, "{query}");
            assert_eq!(finds(query, DataType::Coding, without), found_without, "{query}");
        }
    }

    #[test]
    fn every_data_type_is_found() {
        for (query, data_type, json) in [
            ("true", DataType::Boolean, "true"),
            ("MALE", DataType::Code, r#""male""#),
            ("12", DataType::Number, "12"),
            ("a@b.uk", DataType::ContactPoint, r#"{"system":"email","value":"A@b.uk"}"#),
            ("urn:x", DataType::Uri, r#""urn:x""#),
            ("s|b", DataType::CodeableConcept, r#"{"coding":[{"code":"a"},{"system":"s","code":"b"}]}"#),
            (
                "https://fhir.nhs.uk/Id/nhs-number|9000000009",
                DataType::Identifier,
                r#"{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9000000009"}"#,
            ),
            (r"a\|b\,c", DataType::Text, r#""a|b,c""#),
        ] {
            assert!(finds(query, data_type, json), "{query}");
        }
    }

    #[test]
    fn texts_are_those_that_say_what_is_meant() {
        let read = |data_type, json| {
            let document = Document::parse(json).unwrap();
            let mut found = Vec::new();
            texts(Element { node: document.root(), data_type }, &mut |text| found.push(text.to_owned()));
            found
        };
        assert_eq!(
            read(
                DataType::CodeableConcept,
                r#"{"text":"pulse","coding":[{"display":"Heart rate"},{"code":"x"}]}"#
            ),
            ["pulse", "Heart rate"]
        );
        assert_eq!(read(DataType::Coding, r#"{"code":"x","display":"Heart rate"}"#), ["Heart rate"]);
        let identifier = r#"{"value":"1","type":{"text":"NHS number","coding":[{"display":"not this"}]}}"#;
        assert_eq!(read(DataType::Identifier, identifier), ["NHS number"]);
        assert!(read(DataType::ContactPoint, r#"{"value":"1","text":"x"}"#).is_empty());
    }

    #[test]
    fn identifiers_have_the_codings_of_their_type() {
        let document = Document::parse(
            r#"{"value":"1","type":{"coding":[{"system":"s","code":"MR"},{"code":"SS"},{"system":"t","code":"NH"}]}}"#,
        );
        let document = document.unwrap();
        let read = |data_type| {
            let mut found = Vec::new();
            of_type(Element { node: document.root(), data_type }, &mut |system, code, value| {
                found.push(format!("{system}|{code}|{value}"));
            });
            found
        };
        assert_eq!(read(DataType::Identifier), ["s|MR|1", "t|NH|1"]);
        assert!(read(DataType::Coding).is_empty());
    }

    #[test]
    fn case_counts_for_identifiers_only() {
        let json = r#"{"value":"Ab"}"#;
        assert!(!finds_with("ab", DataType::Identifier, json, true, None));
        assert!(finds_with("Ab", DataType::Identifier, json, true, None));
        assert!(finds_with("ÄB", DataType::Code, r#""äb""#, false, None));
    }

    #[test]
    fn a_code_has_the_system_of_its_binding() {
        let gender = Some("http://hl7.org/fhir/administrative-gender");
        let query = "http://hl7.org/fhir/administrative-gender|male";
        assert!(finds_with(query, DataType::Code, r#""male""#, false, gender));
        assert!(!finds_with("|male", DataType::Code, r#""male""#, false, gender));
    }

    #[test]
    fn other_texts_are_refused() {
        let hasher = KeyHasher::new([1, 2]);
        for value in ["", "|", "a|b|c", r"a\b"] {
            assert!(parse(value, false, &hasher).is_err(), "{value}");
        }
        assert!(parse_component("a|", false, &hasher).is_err());
        for value in ["", "a|b", "a|b|", "|b|c", "a|b|c|d", r"a|b|c\d"] {
            assert!(parse_of_type(value, &hasher).is_err(), "{value}");
        }
        assert_eq!(parse_of_type(r"s|MR|4\|5", &hasher), Ok(of_type_hash("s", "mr", "4|5", &hasher)));
    }
}
