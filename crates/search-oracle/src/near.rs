//! `near` of Location (R4 Location, 8.7.6).

use crate::escape;
use crate::refusal::Refusal;
use crate::select::Datum;

/// The mean radius of the Earth in metres.
const RADIUS: f64 = 6_371_008.8;

/// The distance where a query gives none (`docs/search.md`).
const DEFAULT_METRES: f64 = 10_000.0;

/// A place and the greatest distance from it, as a query gives them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    latitude: f64,
    longitude: f64,
    metres: f64,
}

/// Latitude and longitude of a Location's `position`.
pub(crate) fn read(datum: &Datum<'_>) -> Option<(f64, f64)> {
    let degrees = |name| datum.node?.get(name)?.as_number()?.parse::<f64>().ok();
    Some((degrees("latitude")?, degrees("longitude")?))
}

impl Wanted {
    /// `latitude|longitude[|distance[|units]]`; without a unit kilometres.
    pub(crate) fn parse(value: &str) -> Result<Self, Refusal> {
        let refused = || Refusal::Invalid(format!("'{value}' is not latitude|longitude|distance|units"));
        let parts = escape::split(value, '|');
        let number = |at: usize| {
            let text = parts.get(at).filter(|text| !text.is_empty());
            text.map(|text| text.parse::<f64>().map_err(|_| refused())).transpose()
        };
        let latitude = number(0)?.ok_or_else(refused)?;
        let longitude = number(1)?.ok_or_else(refused)?;
        let distance = number(2)?;
        let unit = match parts.get(3).map_or("", |unit| unit) {
            "" | "km" => 1000.0,
            "m" => 1.0,
            "cm" => 0.01,
            "[mi_i]" | "mi" => 1609.344,
            "[ft_i]" => 0.3048,
            _ => return Err(refused()),
        };
        let metres = distance.map_or(DEFAULT_METRES, |distance| distance * unit);
        let sensible = latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && metres >= 0.0;
        if sensible && parts.len() <= 4 { Ok(Self { latitude, longitude, metres }) } else { Err(refused()) }
    }

    /// Whether a position is near enough: by the spherical law of cosines.
    pub(crate) fn fits(&self, (latitude, longitude): (f64, f64)) -> bool {
        let (from, to) = (self.latitude.to_radians(), latitude.to_radians());
        let apart = (longitude - self.longitude).to_radians();
        let cosine = from.sin() * to.sin() + from.cos() * to.cos() * apart.cos();
        RADIUS * cosine.clamp(-1.0, 1.0).acos() <= self.metres
    }
}
