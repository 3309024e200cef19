//! Reference parameters (R4 search, section 3.1.1.5.6): `id`, `type/id`, an absolute url, a canonical.

use fhir_model::primitive::identifiers::is_id;
use fhir_model::reference::Reference;

use super::ValueError;
use super::token::{self, Token};
use crate::escape;
use crate::extract::element::{DataType, Element};
use crate::hash::KeyHasher;
use crate::keys::Target;
use crate::parameters::ParameterKind;

/// Calls `each` with everything that an element points to. `own_bases` are the base urls of this server, without a
/// slash at the end: absolute references below them are references to resources here.
pub(crate) fn read(element: Element<'_>, own_bases: &[String], each: &mut impl FnMut(Target)) {
    let node = element.node;
    match element.data_type {
        DataType::Reference => {
            if let Some(target) = node.get_str("reference").and_then(|text| target(text, own_bases)) {
                each(target);
            }
        }
        DataType::Uri | DataType::Canonical => {
            let Some(text) = node.as_str() else { return };
            if let Some(target) = target(text, own_bases) {
                each(target);
            }
            if let Some((without_version, _)) = text.split_once('|') {
                each(Target::Url(without_version.into()));
            }
        }
        DataType::Resource => {
            if let (Some(kind), Some(id)) = (node.resource_type(), node.get_str("id")) {
                each(Target::Resource { kind: kind.into(), id: id.into() });
            }
        }
        _ => {}
    }
}

/// The identifier of the target that a Reference gives (`:identifier`).
pub(crate) fn identifier(element: Element<'_>) -> Option<Token<'_>> {
    let is_reference = element.data_type == DataType::Reference;
    element.node.get("identifier").filter(|_| is_reference).map(token::identifier)
}

/// The text that a Reference gives for its target (`:text`).
pub(crate) fn text(element: Element<'_>) -> Option<&str> {
    let is_reference = element.data_type == DataType::Reference;
    element.node.get_str("display").filter(|_| is_reference)
}

/// The type that a Reference says it points to, by its literal or by `type`; what `resolve() is X` asks.
pub(crate) fn type_of(element: Element<'_>) -> Option<&str> {
    match element.data_type {
        DataType::Reference => {
            let literal = element.node.get_str("reference").map(Reference::parse);
            let by_literal = literal.and_then(|literal| literal.target()).map(|(kind, _)| kind);
            by_literal.or_else(|| element.node.get_str("type"))
        }
        DataType::Resource => element.node.resource_type(),
        _ => None,
    }
}

/// A target as a component of a composite.
pub(crate) fn hash(target: &Target, hasher: &KeyHasher) -> i64 {
    match target {
        Target::Resource { kind, id } => hasher.resource(kind, id),
        Target::Url(url) => hasher.uri(url),
    }
}

/// What a literal points to; nothing for contained resources and for searches that a transaction has not resolved.
fn target(text: &str, own_bases: &[String]) -> Option<Target> {
    let resource = |kind: &str, id: &str| Target::Resource { kind: kind.into(), id: id.into() };
    match Reference::parse(text) {
        Reference::Relative { resource_type, id, .. } => Some(resource(resource_type, id)),
        Reference::Absolute { base, resource_type, id, .. } if own_bases.iter().any(|own| own == base) => {
            Some(resource(resource_type, id))
        }
        Reference::Fragment(_) | Reference::Conditional { .. } => None,
        Reference::Absolute { .. } | Reference::Urn(_) | Reference::Other(_) if text.is_empty() => None,
        Reference::Absolute { .. } | Reference::Urn(_) | Reference::Other(_) => {
            Some(Target::Url(text.into()))
        }
    }
}

/// What a query value points to. A bare id points to a resource of each of `types`.
pub(crate) fn parse(
    value: &str,
    types: &[Box<str>],
    own_bases: &[String],
) -> Result<Vec<Target>, ValueError> {
    const EXPECTED: &str = "an id, type/id of a type that the parameter can point to, or an absolute url";
    let refused = || ValueError::new(ParameterKind::Reference, value, EXPECTED);
    let plain = escape::unescape(value).ok_or_else(refused)?;
    if is_id(&plain) {
        let targets = types.iter().map(|kind| Target::Resource { kind: kind.clone(), id: (&*plain).into() });
        return Ok(targets.collect());
    }
    match target(&plain, own_bases).ok_or_else(refused)? {
        Target::Resource { kind, id } if types.contains(&kind) => Ok(vec![Target::Resource { kind, id }]),
        Target::Url(url) if is_absolute(&url) => Ok(vec![Target::Url(url)]),
        _ => Err(refused()),
    }
}

/// Whether a text has a scheme and no white space.
fn is_absolute(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme);
    let has_scheme = scheme.is_some_and(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    });
    has_scheme && !url.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    fn bases() -> Vec<String> {
        vec!["https://own.nhs.uk/fhir".to_owned()]
    }

    fn patient(id: &str) -> Target {
        Target::Resource { kind: "Patient".into(), id: id.into() }
    }

    fn targets(data_type: DataType, json: &str) -> Vec<Target> {
        let document = Document::parse(json).unwrap();
        let mut found = Vec::new();
        read(Element { node: document.root(), data_type }, &bases(), &mut |target| found.push(target));
        found
    }

    #[test]
    fn literals_of_this_server_are_resources_and_others_are_urls() {
        let read = |literal: &str| targets(DataType::Reference, &format!(r#"{{"reference":"{literal}"}}"#));
        assert_eq!(read("Patient/1"), [patient("1")]);
        assert_eq!(read("Patient/1/_history/2"), [patient("1")]);
        assert_eq!(read("https://own.nhs.uk/fhir/Patient/1"), [patient("1")]);
        let other = "https://other.nhs.uk/fhir/Patient/1";
        assert_eq!(read(other), [Target::Url(other.into())]);
        assert_eq!(read("urn:uuid:0"), [Target::Url("urn:uuid:0".into())]);
        assert!(read("#contained").is_empty());
        assert!(read("Patient?identifier=1").is_empty());
        assert!(targets(DataType::Reference, r#"{"identifier":{"value":"1"}}"#).is_empty());
    }

    #[test]
    fn canonicals_and_contained_resources_are_targets() {
        assert_eq!(
            targets(DataType::Canonical, r#""http://a.uk/Q|1""#),
            [Target::Url("http://a.uk/Q|1".into()), Target::Url("http://a.uk/Q".into())]
        );
        assert_eq!(targets(DataType::Resource, r#"{"resourceType":"Patient","id":"1"}"#), [patient("1")]);
    }

    #[test]
    fn queries_take_the_forms_of_the_specification() {
        let types = ["Group".into(), "Patient".into()];
        let parse = |value| parse(value, &types, &bases());
        assert_eq!(parse("23").unwrap().len(), 2);
        assert_eq!(parse("Patient/23"), Ok(vec![patient("23")]));
        assert_eq!(parse("https://own.nhs.uk/fhir/Patient/23"), Ok(vec![patient("23")]));
        let url = "http://acme.org/fhir/Patient/23";
        assert_eq!(parse(url), Ok(vec![Target::Url(url.into())]));
        for value in ["", "Practitioner/23", "a b", "Patient?x=1", "#a", "http://a b", r"a\b", "?"] {
            assert!(parse(value).is_err(), "{value}");
        }
    }

    #[test]
    fn identifiers_and_texts_are_those_of_references_only() {
        let json = r#"{"identifier":{"system":"s","value":"1"},"display":"Eve"}"#;
        let document = Document::parse(json).unwrap();
        let element = |data_type| Element { node: document.root(), data_type };
        let identifier_of = |data_type| identifier(element(data_type)).and_then(|token| token.code);
        assert_eq!(identifier_of(DataType::Reference), Some("1"));
        assert_eq!(text(element(DataType::Reference)), Some("Eve"));
        assert_eq!(identifier_of(DataType::Resource), None);
        assert_eq!(text(element(DataType::Coding)), None);
    }

    #[test]
    fn the_type_is_known_without_the_target() {
        let document = Document::parse(r#"{"type":"Patient","identifier":{"value":"1"}}"#).unwrap();
        assert_eq!(
            type_of(Element { node: document.root(), data_type: DataType::Reference }),
            Some("Patient")
        );
    }
}
