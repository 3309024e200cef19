//! The parameter `near` of Location (R4 Location, section 8.7.6).

use super::number;
use crate::extract::element::{DataType, Element};

/// Degrees of latitude and longitude of an element; `None` when one is missing or out of range.
pub(crate) fn position(element: Element<'_>) -> Option<(f64, f64)> {
    if element.data_type != DataType::Position {
        return None;
    }
    let degrees = |name, most: f64| {
        let value = element.node.get(name).and_then(number::value);
        value.filter(|value| value.abs() <= most)
    };
    Some((degrees("latitude", 90.0)?, degrees("longitude", 180.0)?))
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    #[test]
    fn positions_are_on_the_earth() {
        let read = |json: &str| {
            let document = Document::parse(json).unwrap();
            position(Element { node: document.root(), data_type: DataType::Position })
        };
        assert_eq!(read(r#"{"latitude":51.5,"longitude":-0.17,"altitude":30}"#), Some((51.5, -0.17)));
        assert_eq!(read(r#"{"latitude":-90,"longitude":180}"#), Some((-90.0, 180.0)));
        for json in [
            r#"{"latitude":51.5}"#,
            r#"{"latitude":91,"longitude":0}"#,
            r#"{"latitude":0,"longitude":-180.1}"#,
            r#"{"latitude":"51","longitude":0}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
