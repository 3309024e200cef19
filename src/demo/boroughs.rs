//! The eight boroughs of North West London: how many people live there, of which background, and where.

use serde_json::{Value, json};

/// A borough and what the population needs to know about it.
pub(super) struct Borough {
    /// The part of ids that names the borough.
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    /// Residents in thousands (Census 2021, rounded).
    pub(super) residents: u32,
    /// Which mental health trust serves it.
    pub(super) trust: Trust,
    /// Four areas, each a place and its postcode district; the first two have a neighbourhood team.
    pub(super) areas: [Area; 4],
    /// Share of each row of [`super::ethnicity::ETHNICITIES`], loosely after Census 2021.
    pub(super) ethnicity: [u32; 17],
}

/// A place within a borough, its post town and the outward part of its postcodes.
pub(super) struct Area {
    pub(super) place: &'static str,
    pub(super) town: &'static str,
    pub(super) district: &'static str,
}

impl Borough {
    /// One of the four areas; counts on from the first after the last.
    pub(super) fn area(&self, index: usize) -> &Area {
        #[expect(clippy::indexing_slicing, reason = "a remainder is below the length it was taken by")]
        &self.areas[index % self.areas.len()]
    }

    /// An `Address` in an area; `purpose` is its `use`, `inward` the second part of the postcode.
    pub(super) fn address(&self, area: &Area, purpose: &str, line: &str, inward: &str) -> Value {
        let lines = if area.place == area.town { vec![line] } else { vec![line, area.place] };
        json!({
            "use": purpose,
            "type": "physical",
            "line": lines,
            "city": area.town,
            "district": self.name,
            "postalCode": format!("{} {inward}", area.district)
        })
    }
}

/// The two (invented) mental health trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    Canalside,
    Thamesbrook,
}

impl Trust {
    pub(super) const ALL: [Self; 2] = [Self::Canalside, Self::Thamesbrook];

    /// The part of ids that names the trust.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Canalside => "canalside",
            Self::Thamesbrook => "thamesbrook",
        }
    }

    /// The borough whose first area has the trust's hospital.
    pub(super) fn home(self) -> &'static Borough {
        let [_, ealing, .., westminster] = &BOROUGHS;
        match self {
            Self::Canalside => westminster,
            Self::Thamesbrook => ealing,
        }
    }

    /// The first word of the trust's name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Canalside => "Canalside",
            Self::Thamesbrook => "Thamesbrook",
        }
    }

    /// An organisation code of the right form that no organisation has.
    pub(super) const fn ods_code(self) -> &'static str {
        match self {
            Self::Canalside => "XZ1",
            Self::Thamesbrook => "XZ2",
        }
    }
}

/// An area whose post town is London.
const fn london(place: &'static str, district: &'static str) -> Area {
    Area { place, town: "London", district }
}

/// An area of outer London with a post town of its own.
const fn outer(place: &'static str, town: &'static str, district: &'static str) -> Area {
    Area { place, town, district }
}

pub(super) static BOROUGHS: [Borough; 8] = [
    Borough {
        key: "brent",
        name: "Brent",
        residents: 340,
        trust: Trust::Canalside,
        areas: [
            outer("Wembley", "Wembley", "HA9"),
            london("Willesden", "NW10"),
            london("Kilburn", "NW6"),
            london("Kingsbury", "NW9"),
        ],
        ethnicity: [15, 4, 16, 1, 1, 1, 2, 20, 5, 1, 8, 6, 9, 2, 1, 8, 2],
    },
    Borough {
        key: "ealing",
        name: "Ealing",
        residents: 367,
        trust: Trust::Thamesbrook,
        areas: [
            outer("Southall", "Southall", "UB1"),
            london("Acton", "W3"),
            london("Ealing", "W5"),
            outer("Greenford", "Greenford", "UB6"),
        ],
        ethnicity: [24, 3, 16, 1, 1, 1, 2, 16, 5, 1, 8, 3, 6, 1, 1, 11, 2],
    },
    Borough {
        key: "hammersmith-and-fulham",
        name: "Hammersmith and Fulham",
        residents: 183,
        trust: Trust::Thamesbrook,
        areas: [
            london("Hammersmith", "W6"),
            london("Shepherd's Bush", "W12"),
            london("Fulham", "SW6"),
            london("West Kensington", "W14"),
        ],
        ethnicity: [42, 3, 18, 2, 1, 2, 2, 3, 1, 1, 4, 4, 7, 1, 2, 7, 2],
    },
    Borough {
        key: "harrow",
        name: "Harrow",
        residents: 261,
        trust: Trust::Canalside,
        areas: [
            outer("Harrow", "Harrow", "HA1"),
            outer("Wealdstone", "Harrow", "HA3"),
            outer("Pinner", "Pinner", "HA5"),
            outer("Stanmore", "Stanmore", "HA7"),
        ],
        ethnicity: [21, 2, 13, 1, 1, 1, 1, 29, 4, 1, 11, 2, 4, 1, 1, 6, 2],
    },
    Borough {
        key: "hillingdon",
        name: "Hillingdon",
        residents: 306,
        trust: Trust::Canalside,
        areas: [
            outer("Uxbridge", "Uxbridge", "UB8"),
            outer("Hayes", "Hayes", "UB3"),
            outer("Ruislip", "Ruislip", "HA4"),
            outer("Northwood", "Northwood", "HA6"),
        ],
        ethnicity: [37, 2, 10, 1, 1, 1, 1, 18, 5, 2, 8, 2, 5, 1, 1, 4, 2],
    },
    Borough {
        key: "hounslow",
        name: "Hounslow",
        residents: 288,
        trust: Trust::Thamesbrook,
        areas: [
            outer("Hounslow", "Hounslow", "TW3"),
            outer("Brentford", "Brentford", "TW8"),
            outer("Feltham", "Feltham", "TW13"),
            london("Chiswick", "W4"),
        ],
        ethnicity: [29, 2, 14, 1, 1, 1, 1, 21, 5, 1, 9, 1, 5, 1, 1, 7, 2],
    },
    Borough {
        key: "kensington-and-chelsea",
        name: "Kensington and Chelsea",
        residents: 143,
        trust: Trust::Canalside,
        areas: [
            london("North Kensington", "W10"),
            london("Earl's Court", "SW5"),
            london("Notting Hill", "W11"),
            london("Chelsea", "SW3"),
        ],
        ethnicity: [33, 2, 29, 1, 1, 2, 3, 3, 1, 1, 4, 2, 5, 1, 3, 9, 3],
    },
    Borough {
        key: "westminster",
        name: "Westminster",
        residents: 204,
        trust: Trust::Canalside,
        areas: [
            london("Paddington", "W2"),
            london("Pimlico", "SW1V"),
            london("Maida Vale", "W9"),
            london("Marylebone", "NW8"),
        ],
        ethnicity: [28, 2, 25, 1, 1, 2, 2, 4, 1, 3, 5, 2, 5, 1, 3, 13, 3],
    },
];
