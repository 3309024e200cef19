//! Uri parameters (R4 search, section 3.1.1.5.9): compared as they are written, with case.

use super::ValueError;
use crate::escape;
use crate::extract::element::{DataType, Element};
use crate::parameters::ParameterKind;

/// Calls `each` with the uris that find an element: as it is, and a canonical with a version also without it.
pub(crate) fn read<'a>(element: Element<'a>, each: &mut impl FnMut(&'a str)) {
    let Some(uri) = element.node.as_str() else { return };
    match element.data_type {
        DataType::Uri | DataType::Text => each(uri),
        DataType::Canonical => {
            each(uri);
            if let Some((without_version, _)) = uri.split_once('|') {
                each(without_version);
            }
        }
        _ => {}
    }
}

/// The uri of a query value.
pub(crate) fn parse(value: &str) -> Result<Box<str>, ValueError> {
    const EXPECTED: &str = "a uri without white space, with \\, \\| \\$ \\\\ for these characters";
    let uri = escape::unescape(value).filter(|uri| !uri.is_empty() && !uri.contains(char::is_whitespace));
    uri.map(Into::into).ok_or_else(|| ValueError::new(ParameterKind::Uri, value, EXPECTED))
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    #[test]
    fn canonicals_are_found_with_and_without_their_version() {
        let document = Document::parse(r#""http://acme.org/fhir/ValueSet/123|2""#).unwrap();
        let mut found = Vec::new();
        read(Element { node: document.root(), data_type: DataType::Canonical }, &mut |uri| found.push(uri));
        for query in ["http://acme.org/fhir/ValueSet/123", "http://acme.org/fhir/ValueSet/123|2"] {
            assert!(found.contains(&&*parse(query).unwrap()), "{query}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for value in ["", "a b", r"a\b"] {
            assert!(parse(value).is_err(), "{value}");
        }
        assert_eq!(&*parse("urn:oid:1.2.3").unwrap(), "urn:oid:1.2.3");
    }
}
