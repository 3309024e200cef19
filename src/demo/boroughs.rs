//! The eight boroughs of North West London: how many people live there, of which background, and where.

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

/// A place within a borough and the outward part of its postcodes.
pub(super) struct Area {
    pub(super) place: &'static str,
    pub(super) district: &'static str,
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

const fn area(place: &'static str, district: &'static str) -> Area {
    Area { place, district }
}

pub(super) static BOROUGHS: [Borough; 8] = [
    Borough {
        key: "brent",
        name: "Brent",
        residents: 340,
        trust: Trust::Canalside,
        areas: [
            area("Wembley", "HA9"),
            area("Willesden", "NW10"),
            area("Kilburn", "NW6"),
            area("Kingsbury", "NW9"),
        ],
        ethnicity: [15, 4, 16, 1, 1, 1, 2, 20, 5, 1, 8, 6, 9, 2, 1, 8, 2],
    },
    Borough {
        key: "ealing",
        name: "Ealing",
        residents: 367,
        trust: Trust::Thamesbrook,
        areas: [area("Southall", "UB1"), area("Acton", "W3"), area("Ealing", "W5"), area("Greenford", "UB6")],
        ethnicity: [24, 3, 16, 1, 1, 1, 2, 16, 5, 1, 8, 3, 6, 1, 1, 11, 2],
    },
    Borough {
        key: "hammersmith-and-fulham",
        name: "Hammersmith and Fulham",
        residents: 183,
        trust: Trust::Thamesbrook,
        areas: [
            area("Hammersmith", "W6"),
            area("Shepherd's Bush", "W12"),
            area("Fulham", "SW6"),
            area("West Kensington", "W14"),
        ],
        ethnicity: [42, 3, 18, 2, 1, 2, 2, 3, 1, 1, 4, 4, 7, 1, 2, 7, 2],
    },
    Borough {
        key: "harrow",
        name: "Harrow",
        residents: 261,
        trust: Trust::Canalside,
        areas: [
            area("Harrow", "HA1"),
            area("Wealdstone", "HA3"),
            area("Pinner", "HA5"),
            area("Stanmore", "HA7"),
        ],
        ethnicity: [21, 2, 13, 1, 1, 1, 1, 29, 4, 1, 11, 2, 4, 1, 1, 6, 2],
    },
    Borough {
        key: "hillingdon",
        name: "Hillingdon",
        residents: 306,
        trust: Trust::Canalside,
        areas: [
            area("Uxbridge", "UB8"),
            area("Hayes", "UB3"),
            area("Ruislip", "HA4"),
            area("Northwood", "HA6"),
        ],
        ethnicity: [37, 2, 10, 1, 1, 1, 1, 18, 5, 2, 8, 2, 5, 1, 1, 4, 2],
    },
    Borough {
        key: "hounslow",
        name: "Hounslow",
        residents: 288,
        trust: Trust::Thamesbrook,
        areas: [
            area("Hounslow", "TW3"),
            area("Brentford", "TW8"),
            area("Feltham", "TW13"),
            area("Chiswick", "W4"),
        ],
        ethnicity: [29, 2, 14, 1, 1, 1, 1, 21, 5, 1, 9, 1, 5, 1, 1, 7, 2],
    },
    Borough {
        key: "kensington-and-chelsea",
        name: "Kensington and Chelsea",
        residents: 143,
        trust: Trust::Canalside,
        areas: [
            area("North Kensington", "W10"),
            area("Earl's Court", "SW5"),
            area("Notting Hill", "W11"),
            area("Chelsea", "SW3"),
        ],
        ethnicity: [33, 2, 29, 1, 1, 2, 3, 3, 1, 1, 4, 2, 5, 1, 3, 9, 3],
    },
    Borough {
        key: "westminster",
        name: "Westminster",
        residents: 204,
        trust: Trust::Canalside,
        areas: [
            area("Paddington", "W2"),
            area("Pimlico", "SW1V"),
            area("Maida Vale", "W9"),
            area("Marylebone", "NW8"),
        ],
        ethnicity: [28, 2, 25, 1, 1, 2, 2, 4, 1, 3, 5, 2, 5, 1, 3, 13, 3],
    },
];
