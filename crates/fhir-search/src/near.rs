//! Distances on the Earth (`near` of Location, R4 Location 8.7.6).

/// The mean radius of the Earth in metres.
const RADIUS: f64 = 6_371_008.8;

/// Metres between two places, each in degrees of latitude and longitude, along the surface of a sphere.
pub fn distance(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (latitude_from, latitude_to) = (from.0.to_radians(), to.0.to_radians());
    let latitudes = ((latitude_to - latitude_from) / 2.0).sin().powi(2);
    let longitudes = ((to.1 - from.1).to_radians() / 2.0).sin().powi(2);
    let haversine = latitudes + latitude_from.cos() * latitude_to.cos() * longitudes;
    2.0 * RADIUS * haversine.clamp(0.0, 1.0).sqrt().asin()
}

/// Degrees of latitude and of longitude beyond which nothing is within `metres` of a place at that latitude; `None` for the
/// longitude where any is possible.
pub fn reach(latitude: f64, metres: f64) -> (f64, Option<f64>) {
    let angle = metres / RADIUS;
    let degrees = angle.to_degrees();
    let sine = angle.sin() / latitude.to_radians().cos();
    let crosses_pole = latitude.abs() + degrees >= 90.0;
    (degrees, (!crosses_pole && sine.abs() < 1.0).then(|| sine.asin().to_degrees()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PADDINGTON: (f64, f64) = (51.5166, -0.1769);
    const GREENWICH: (f64, f64) = (51.4779, -0.0015);

    #[test]
    fn distances_that_are_known() {
        assert_eq!(distance(PADDINGTON, PADDINGTON), 0.0);
        assert!((distance(PADDINGTON, GREENWICH) - 12_880.0).abs() < 50.0);
        assert!((distance((0.0, 179.5), (0.0, -179.5)) - 111_195.0).abs() < 5.0);
        assert!((distance((90.0, 0.0), (-90.0, 0.0)) - 20_015_115.0).abs() < 5.0);
    }

    proptest! {
        #[test]
        fn nothing_within_the_distance_is_out_of_reach(
            latitude in -90.0..90.0_f64, longitude in -180.0..180.0_f64,
            north in -90.0..90.0_f64, east in -180.0..180.0_f64,
        ) {
            let metres = distance((latitude, longitude), (north, east));
            let (latitudes, longitudes) = reach(latitude, metres * 1.000_001 + 0.001);
            prop_assert!((latitude - north).abs() <= latitudes);
            if let Some(longitudes) = longitudes {
                let apart = (longitude - east).abs();
                prop_assert!(apart.min(360.0 - apart) <= longitudes);
            }
        }
    }
}
