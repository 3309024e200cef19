//! Places: no further away than asked for.

use fhir_search::near;
use fhir_search::query::NearTest;

use super::fragment::{Bound, Fragment, rounded};
use super::source::{Row, Source};
use crate::store::sql::dialect;

/// Degrees by which a band is wider than computed, for what rounding may take away: a tenth of a millimetre.
const MARGIN: f64 = 1e-9;

/// One of the places is near enough to a position of the parameter.
#[derive(Clone, Debug)]
pub(in crate::store) struct Positions {
    pub(super) parameter: i32,
    pub(super) tests: Vec<NearTest>,
}

impl Positions {
    /// The rows of the band of latitudes that the circle lies in, each measured.
    pub(super) fn sources(&self) -> Vec<Source> {
        let text =
            "s.parameter = ? AND s.latitude BETWEEN ? AND ? AND distance(s.latitude, s.longitude, ?, ?) <= ?";
        let source = |test: NearTest| {
            let (reach, _) = near::reach(test.latitude, test.metres);
            let reach = reach + MARGIN;
            let band =
                [self.parameter.into(), (test.latitude - reach).into(), (test.latitude + reach).into()];
            Source {
                from: Fragment::text("ix_position AS s"),
                condition: Fragment::new(text, band.into_iter().chain(circle(test))),
                in_order: false,
            }
        };
        rounded(self.tests.clone()).into_iter().map(source).collect()
    }

    pub(super) fn probe(&self, row: &Row) -> Fragment {
        let text = format!("has_position({}, ?, ?, ?, ?)", dialect::keys(&row.current));
        let probe =
            |test| Fragment::new(text.clone(), [self.parameter.into()].into_iter().chain(circle(test)));
        Fragment::any(rounded(self.tests.clone()).into_iter().map(probe).collect())
    }
}

fn circle(test: NearTest) -> [Bound; 3] {
    [test.latitude.into(), test.longitude.into(), test.metres.into()]
}
