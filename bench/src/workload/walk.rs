//! The search walk of the hsbench suite: each iteration asks every parameter once, with a value and a modifier or prefix drawn at
//! random.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::exchange::Request;
use crate::samples::Samples;
use crate::session::{Count, Session};

/// How a parameter of the walk is asked.
struct Asked {
    /// `Patient?name`.
    name: &'static str,
    kind: Kind,
}

enum Kind {
    /// Words, alone or with `:contains`.
    String(&'static [&'static str]),
    /// A day with a prefix, and what follows it.
    Date(&'static str),
    Token(&'static [&'static str]),
    /// A number with a prefix.
    Quantity,
    /// Before and after the prefix.
    Composite(&'static [(&'static str, &'static str)]),
    /// The type referred to.
    Reference(&'static str),
}

const NAMES: &[&str] = &[
    "Smith",
    "A",
    "Mar",
    "Ka",
    "Jo",
    "NON-EXISTS",
    "Bru",
    "Osin",
    "Willi",
    "Schul",
    "Da",
    "ro",
    "Lu",
    "Hal",
    "Gus",
    "Ann",
    "Ste",
    "Con",
    "Fer",
    "Mo",
];
const TOWNS: &[&str] = &[
    "Boston",
    "Worcester",
    "Spring",
    "Lowell",
    "Cambridge",
    "New",
    "Brock",
    "Quincy",
    "Lynn",
    "Fall",
    "NON-EXISTS",
    "Newton",
    "Law",
    "Somer",
    "Fram",
    "Hav",
    "Wal",
    "Malden",
    "Bro",
    "Plym",
];
const CLINICS: &[&str] = &[
    "HOSPITAL",
    "MEDICAL",
    "CENTER",
    "PCP",
    "Beth",
    "Boston",
    "NORTH",
    "South",
    "CLINIC",
    "Health",
    "Mass",
    "Saint",
    "URGENT",
    "NON-EXISTS",
    "Lahey",
    "Care",
    "Dr",
    "Family",
    "Baystate",
    "Good",
];
const DAYS: &[&str] = &[
    "1913-05-01",
    "1950-01-01",
    "1965-07-12",
    "1980-02-29",
    "1990-11-30",
    "1999-12-31",
    "2005-06-15",
    "2010-01-01",
    "2012-08-08",
    "2014-03-03",
    "2016-10-10",
    "2018-04-05",
    "2019-09-09",
    "2020-01-01",
    "2020-06-30",
    "2021-01-15",
    "2021-06-01",
    "2025-01-01",
    "2070-01-01",
];
const CATEGORIES: &[&str] = &[
    "laboratory",
    "vital-signs",
    "survey",
    "http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
    "laboratory,vital-signs",
    "NON-EXISTS",
];
const CODES: &[&str] = &[
    "8302-2",
    "29463-7",
    "8480-6",
    "8462-4",
    "8867-4",
    "39156-5",
    "72514-3",
    "718-7",
    "http://loinc.org|8302-2",
    "http://loinc.org|718-7",
    "8302-2,29463-7",
    "8867-4,72514-3,718-7",
];
const STATUSES: &[&str] = &["finished", "in-progress", "planned", "finished,planned", "NON-EXISTS"];
const CLASSES: &[&str] = &[
    "AMB",
    "EMER",
    "IMP",
    "HH",
    "OBSENC",
    "WELLNESS",
    "http://terminology.hl7.org/CodeSystem/v3-ActCode|AMB",
];
const DATE_PREFIXES: &[&str] = &["", "eq", "lt", "gt", "ge", "le", "sa", "eb"];
const QUANTITY_PREFIXES: &[&str] = &["", "eq", "lt", "gt", "ge", "le"];
const QUANTITIES: &[&str] = &["170", "80", "30", "100", "140", "200", "99999"];
const COMPOSITE_PREFIXES: &[&str] = &["", "gt", "lt", "ge", "le"];

const fn ask(name: &'static str, kind: Kind) -> Asked {
    Asked { name, kind }
}

const WALK: &[Asked] = &[
    ask("Patient?name", Kind::String(NAMES)),
    ask("Patient?address", Kind::String(TOWNS)),
    ask("Organization?name", Kind::String(CLINICS)),
    ask("Patient?birthdate", Kind::Date("")),
    ask("Observation?date", Kind::Date("T10:00:00")),
    ask("Encounter?date", Kind::Date("")),
    ask("Observation?category", Kind::Token(CATEGORIES)),
    ask("Observation?code", Kind::Token(CODES)),
    ask("Encounter?status", Kind::Token(STATUSES)),
    ask("Encounter?class", Kind::Token(CLASSES)),
    ask("Observation?value-quantity", Kind::Quantity),
    ask("Observation?component-value-quantity", Kind::Quantity),
    ask("Observation?combo-value-quantity", Kind::Quantity),
    ask(
        "Observation?code-value-quantity",
        Kind::Composite(&[("8867-4$", "100"), ("http://loinc.org|8302-2$", "170"), ("29463-7$", "80")]),
    ),
    ask(
        "Observation?component-code-value-quantity",
        Kind::Composite(&[("8480-6$", "140"), ("8462-4$", "80")]),
    ),
    ask("Observation?combo-code-value-quantity", Kind::Composite(&[("8480-6$", "120"), ("8867-4$", "100")])),
    ask("Observation?subject", Kind::Reference("Patient")),
    ask("Observation?encounter", Kind::Reference("Encounter")),
    ask("Observation?performer", Kind::Reference("Practitioner")),
    ask("Encounter?subject", Kind::Reference("Patient")),
    ask("Encounter?participant", Kind::Reference("Practitioner")),
    ask("MedicationRequest?subject", Kind::Reference("Patient")),
    ask("MedicationRequest?encounter", Kind::Reference("Encounter")),
    ask("MedicationRequest?requester", Kind::Reference("Practitioner")),
];

/// The classes that are measured.
pub(super) const CLASSES_OF_WALK: [&str; 7] =
    ["string", "string :contains", "date", "token", "quantity", "composite", "reference"];

/// Asks every parameter once, or those of one class only.
pub(super) async fn iterate(
    session: &mut Session,
    samples: &Samples,
    only: Option<&str>,
    random: &mut fastrand::Rng,
) {
    for asked in WALK {
        let Some((class, path)) = asked.draw(samples, random) else { continue };
        if only.is_some_and(|only| only != class) {
            continue;
        }
        session.exchange(class, &Request::get(path), &[200], Count::Nothing).await;
    }
}

impl Asked {
    /// The class that is measured and the path; `None` where the server has no resource of a type referred to.
    fn draw(&self, samples: &Samples, random: &mut fastrand::Rng) -> Option<(&'static str, String)> {
        let one =
            |values: &'static [&'static str], random: &mut fastrand::Rng| random.choice(values).copied();
        let (class, modifier, value) = match &self.kind {
            Kind::String(words) => {
                let word = one(words, random)?;
                if random.bool() {
                    ("string", "", word.to_owned())
                } else {
                    ("string :contains", ":contains", word.to_owned())
                }
            }
            Kind::Date(time) => {
                ("date", "", [one(DATE_PREFIXES, random)?, one(DAYS, random)?, time].concat())
            }
            Kind::Token(codes) => ("token", "", one(codes, random)?.to_owned()),
            Kind::Quantity => {
                ("quantity", "", [one(QUANTITY_PREFIXES, random)?, one(QUANTITIES, random)?].concat())
            }
            Kind::Composite(pairs) => {
                let (code, number) = random.choice(*pairs)?;
                ("composite", "", [code, one(COMPOSITE_PREFIXES, random)?, number].concat())
            }
            Kind::Reference(kind) => ("reference", "", format!("{kind}/{}", samples.any(kind, random)?)),
        };
        let value = utf8_percent_encode(&value, NON_ALPHANUMERIC);
        Some((class, format!("/{}{modifier}={value}&_count=20", self.name)))
    }
}
