//! `near` of Location (R4 Location, section 8.7.6): a place and how far around it, `latitude|longitude[|distance[|units]]`.

use super::{ValueError, number};
use crate::escape;
use crate::extract::element::{DataType, Element};
use crate::parameters::ParameterKind;
use crate::query::NearTest;

/// How near is near where a query does not say: R4 leaves it to the server.
const DEFAULT_METRES: f64 = 10_000.0;

/// The units of a distance by their UCUM codes, in metres; the statute mile too under the code that everybody writes.
const UNITS: [(&str, f64); 6] =
    [("km", 1000.0), ("m", 1.0), ("cm", 0.01), ("[mi_i]", 1609.344), ("mi", 1609.344), ("[ft_i]", 0.3048)];

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

/// What a query value tests.
pub(crate) fn parse(value: &str) -> Result<NearTest, ValueError> {
    const EXPECTED: &str = "latitude|longitude, latitude|longitude|distance or latitude|longitude|distance|unit in degrees from \
        -90 to 90 and -180 to 180, with the unit km (if none is given), m, cm, [mi_i], mi or [ft_i]";
    let refused = || ValueError::new(ParameterKind::Special, value, EXPECTED);
    let parts = escape::split(value, '|');
    let (latitude, longitude, distance, unit) = match parts.as_slice() {
        [latitude, longitude] => (latitude, longitude, "", ""),
        [latitude, longitude, distance] => (latitude, longitude, *distance, ""),
        [latitude, longitude, distance, unit] => (latitude, longitude, *distance, *unit),
        _ => return Err(refused()),
    };
    let metres = match (distance, unit) {
        ("", "") => DEFAULT_METRES,
        (distance, unit) => {
            let unit = if unit.is_empty() { "km" } else { unit };
            let (_, metres) = UNITS.iter().find(|(code, _)| *code == unit).ok_or_else(refused)?;
            limited(distance, 0.0, f64::MAX).ok_or_else(refused)? * metres
        }
    };
    Ok(NearTest {
        latitude: limited(latitude, -90.0, 90.0).ok_or_else(refused)?,
        longitude: limited(longitude, -180.0, 180.0).ok_or_else(refused)?,
        metres,
    })
}

/// A decimal number within limits.
fn limited(text: &str, least: f64, greatest: f64) -> Option<f64> {
    let is_decimal = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    let value: f64 = text.parse().ok().filter(|_| is_decimal)?;
    (least..=greatest).contains(&value).then_some(value)
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

    #[test]
    fn distances_have_units() {
        let test = parse("-83.694810|42.256500|11.20|km").unwrap();
        assert_eq!((test.latitude, test.longitude, test.metres), (-83.69481, 42.2565, 11_200.0));
        assert_eq!(parse("51.5|-0.1").unwrap().metres, DEFAULT_METRES);
        assert_eq!(parse("51.5|-0.1|2").unwrap().metres, 2000.0);
        assert_eq!(parse("51.5|-0.1|500|m").unwrap().metres, 500.0);
        assert_eq!(parse("51.5|-0.1|1|[mi_i]"), parse("51.5|-0.1|1|mi"));
    }

    #[test]
    fn other_texts_are_refused() {
        for value in [
            "",
            "51.5",
            "91|0",
            "0|181",
            "a|b",
            "0|0|-1",
            "0|0|1|ly",
            "0|0||km",
            "0|0|1|km|x",
            "NaN|0",
            "1e1|0",
        ] {
            assert!(parse(value).is_err(), "{value}");
        }
    }
}
