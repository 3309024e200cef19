//! String parameters (R4 search, section 3.1.1.5.4): starts with, without regard to case and accents; `:exact`.

use std::borrow::Cow;

use fhir_model::Node;

use super::ValueError;
use crate::escape;
use crate::extract::element::{DataType, Element};
use crate::hash::KeyHasher;
use crate::parameters::ParameterKind;
use crate::query::{self, StringTest};
use crate::text::fold;

/// The parts of a HumanName and of an Address that are searched.
const NAME_PARTS: [&str; 5] = ["text", "family", "given", "prefix", "suffix"];
const ADDRESS_PARTS: [&str; 7] = ["text", "line", "city", "district", "state", "postalCode", "country"];

/// Calls `each` with every text of an element.
pub(crate) fn read<'a>(element: Element<'a>, each: &mut impl FnMut(&'a str)) {
    let node = element.node;
    match element.data_type {
        DataType::Text | DataType::Code | DataType::Uri => texts(Some(node), each),
        DataType::HumanName => NAME_PARTS.iter().for_each(|part| texts(node.get(part), each)),
        DataType::Address => ADDRESS_PARTS.iter().for_each(|part| texts(node.get(part), each)),
        DataType::ContactPoint => texts(node.get("value"), each),
        DataType::Annotation => texts(node.get("text"), each),
        _ => {}
    }
}

fn texts<'a>(node: Option<Node<'a>>, each: &mut impl FnMut(&'a str)) {
    node.into_iter().flat_map(Node::each).filter_map(Node::as_str).for_each(each);
}

/// How a query value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// Without modifier.
    StartsWith,
    /// `:contains`
    Contains,
    /// `:exact`
    Exact,
    /// `ew` of `_filter`
    EndsWith,
    /// `eq` of `_filter`: the whole text, without regard to case and accents
    Whole,
}

/// What a query value tests.
pub(crate) fn parse(
    value: &str,
    comparison: Comparison,
    hasher: &KeyHasher,
) -> Result<StringTest, ValueError> {
    let (folded, plain) = texts_of(value)?;
    Ok(match comparison {
        Comparison::StartsWith => StringTest::StartsWith(folded),
        Comparison::Contains => StringTest::Contains(folded),
        Comparison::EndsWith => StringTest::EndsWith(folded),
        Comparison::Whole => StringTest::Equal(folded),
        Comparison::Exact => StringTest::Exact { folded, exact: hasher.text(&plain) },
    })
}

/// The tests of `ne` of `_filter`, of which one passes for every text but that of the query.
pub(crate) fn parse_other(value: &str) -> Result<[StringTest; 2], ValueError> {
    let (folded, _) = texts_of(value)?;
    // No text has a character between: control characters are white space to folding.
    let behind = format!("{folded}\u{1}").into();
    Ok([
        StringTest::Between { from: "".into(), to: folded },
        StringTest::Between { from: behind, to: char::MAX.to_string().into() },
    ])
}

/// The test of `gt`, `lt`, `ge` and `le` of `_filter`: the first characters are compared, by their numbers.
pub(crate) fn parse_initial(value: &str, comparison: query::Comparison) -> Result<StringTest, ValueError> {
    const EXPECTED: &str = "a single character, as only the first characters of texts are compared";
    let refused = || ValueError::new(ParameterKind::String, value, EXPECTED);
    let (folded, _) = texts_of(value)?;
    let mut characters = folded.chars();
    let next = match (characters.next(), characters.next()) {
        (Some(only), None) => (only..=char::MAX).nth(1).ok_or_else(refused)?,
        _ => return Err(refused()),
    };
    let (next, end) = (next.to_string().into_boxed_str(), char::MAX.to_string().into_boxed_str());
    Ok(match comparison {
        query::Comparison::Greater => StringTest::Between { from: next, to: end },
        query::Comparison::GreaterOrEqual => StringTest::Between { from: folded, to: end },
        query::Comparison::Less => StringTest::Between { from: "".into(), to: folded },
        query::Comparison::LessOrEqual => StringTest::Between { from: "".into(), to: next },
        _ => return Err(refused()),
    })
}

/// The folded text with which a value must start.
pub(crate) fn parse_prefix(value: &str) -> Result<Box<str>, ValueError> {
    texts_of(value).map(|(folded, _)| folded)
}

/// A query value folded, and as it is meant.
fn texts_of(value: &str) -> Result<(Box<str>, Cow<'_, str>), ValueError> {
    const EXPECTED: &str = "a text that is not empty, with \\, \\| \\$ \\\\ for these characters";
    let refused = || ValueError::new(ParameterKind::String, value, EXPECTED);
    let plain = escape::unescape(value).ok_or_else(refused)?;
    let folded = fold(&plain).into_boxed_str();
    if folded.is_empty() { Err(refused()) } else { Ok((folded, plain)) }
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    fn texts_of(data_type: DataType, json: &str) -> Vec<String> {
        let document = Document::parse(json).unwrap();
        let mut found = Vec::new();
        read(Element { node: document.root(), data_type }, &mut |text| found.push(text.to_owned()));
        found
    }

    #[test]
    fn every_part_of_names_and_addresses_is_found() {
        assert_eq!(
            texts_of(DataType::HumanName, r#"{"use":"usual","family":"Chalmers","given":["Peter","James"]}"#),
            ["Chalmers", "Peter", "James"]
        );
        assert_eq!(
            texts_of(DataType::Address, r#"{"use":"home","line":["1 High St"],"postalCode":"W2 1NY"}"#),
            ["1 High St", "W2 1NY"]
        );
        assert_eq!(texts_of(DataType::Annotation, r#"{"text":"note"}"#), ["note"]);
        assert!(texts_of(DataType::Text, "5").is_empty());
    }

    #[test]
    fn queries_are_folded_or_exact() {
        let hasher = KeyHasher::new([1, 2]);
        assert_eq!(parse(" ÉVE", Comparison::StartsWith, &hasher), Ok(StringTest::StartsWith("eve".into())));
        assert_eq!(
            parse(r"A\,b", Comparison::Exact, &hasher),
            Ok(StringTest::Exact { folded: "a,b".into(), exact: hasher.text("A,b") })
        );
        assert!(parse("", Comparison::StartsWith, &hasher).is_err());
        assert!(parse("  ", Comparison::Exact, &hasher).is_err());
        assert!(parse(r"a\b", Comparison::Contains, &hasher).is_err());
    }

    #[test]
    fn first_characters_have_an_order() {
        let between = |from: &str, to: &str| Ok(StringTest::Between { from: from.into(), to: to.into() });
        let end = char::MAX.to_string();
        assert_eq!(parse_initial("M", query::Comparison::Greater), between("n", &end));
        assert_eq!(parse_initial("m", query::Comparison::GreaterOrEqual), between("m", &end));
        assert_eq!(parse_initial("m", query::Comparison::Less), between("", "m"));
        assert_eq!(parse_initial("m", query::Comparison::LessOrEqual), between("", "n"));
        assert!(parse_initial("mi", query::Comparison::Less).is_err());
        assert!(parse_initial("m", query::Comparison::Equal).is_err());
    }
}
