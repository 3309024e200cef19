//! Uri parameters (R4 search, section 3.1.1.5.9): compared as they are written, with case.

use super::ValueError;
use crate::escape;
use crate::extract::element::{DataType, Element};
use crate::parameters::ParameterKind;
use crate::query::UriTest;

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

/// The test of `:below`: the url and all that continue it, or of a canonical with a version the versions that go on from it.
pub(crate) fn parse_below(value: &str) -> Result<UriTest, ValueError> {
    let url = parse_url(value)?;
    Ok(if url.contains('|') { UriTest::Version(url) } else { UriTest::Below(url) })
}

/// The tests of `:above`: the url and all of which it is a continuation, each with and without a slash at its end.
pub(crate) fn parse_above(value: &str) -> Result<Vec<UriTest>, ValueError> {
    let url = parse_url(value)?;
    let path = url.find("://").map_or(0, |scheme| scheme + "://".len());
    let slashes = url.match_indices('/').map(|(at, _)| at).filter(|at| *at >= path);
    let above = slashes.flat_map(|at| [url.get(..at), url.get(..=at)]).flatten();
    let mut tests: Vec<UriTest> = above.map(|part| UriTest::Equal(part.into())).collect();
    if !url.ends_with('/') {
        tests.push(UriTest::Equal(url.clone()));
    }
    Ok(tests)
}

/// Names (urns) have no parts that lie below one another.
fn parse_url(value: &str) -> Result<Box<str>, ValueError> {
    const EXPECTED: &str = "a url such as http://acme.org/fhir/, as urns have nothing above or below them";
    let url = parse(value)?;
    if url.contains("://") && !url.ends_with('|') {
        Ok(url)
    } else {
        Err(ValueError::new(ParameterKind::Uri, value, EXPECTED))
    }
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

    /// The examples of the specification.
    #[test]
    fn urls_lie_above_and_below_each_other() {
        let above = parse_above("http://acme.org/fhir/ValueSet/123/_history/5").unwrap();
        for url in [
            "http://acme.org/fhir/ValueSet/123/_history/5",
            "http://acme.org/fhir/ValueSet/123",
            "http://acme.org/fhir",
            "http://acme.org/",
        ] {
            assert!(above.contains(&UriTest::Equal(url.into())), "{url}");
        }
        assert!(above.iter().all(|test| !test.matches("http:/") && !test.matches("http://acme.org/f")));
        let below = parse_below("http://acme.org/fhir/").unwrap();
        assert!(below.matches("http://acme.org/fhir/ValueSet/1") && !below.matches("http://acme.org/fhir"));
        assert!(parse_below("urn:oid:1.2").is_err() && parse_above("urn:oid:1.2").is_err());
    }
}
