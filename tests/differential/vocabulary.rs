//! Small sets of values, so that random resources and random queries meet. Odd ones on purpose.

pub(crate) const WORDS: [&str; 12] = [
    "Eve",
    "eve",
    "ÈVE",
    "Ève Müller",
    "muller",
    "de  la Cruz",
    "De La Cruz",
    "O'Neill, Bob",
    "a|b$c\\d",
    "Straße 1",
    "x",
    "Æsop and Eve with a text that is so long that it goes on beyond one hundred and twenty-eight bytes, of which the last are not compared",
];

/// System and codes; the empty system is left out.
pub(crate) const CODES: [(&str, &[&str]); 6] = [
    ("http://loinc.org", &["8480-6", "8462-4", "85354-9"]),
    ("http://example.org/codes", &["a", "A", "b", "B-1"]),
    ("", &["a", "b", "8480-6"]),
    (
        "http://terminology.hl7.org/CodeSystem/condition-clinical",
        &["active", "recurrence", "relapse", "inactive", "remission"],
    ),
    ("http://terminology.hl7.org/CodeSystem/v3-ActCode", &["AMB", "IMP", "ACUTE", "NONAC", "EMER"]),
    ("http://terminology.hl7.org/CodeSystem/observation-category", &["vital-signs", "laboratory"]),
];

pub(crate) const IDENTIFIER_SYSTEMS: [&str; 3] = ["urn:ids", "http://example.org/ids", ""];

pub(crate) const IDENTIFIERS: [&str; 5] = ["1", "12", "Ab", "ab", "a|1"];

pub(crate) const URIS: [&str; 9] = [
    "http://example.org/fhir",
    "http://example.org/fhir/ValueSet",
    "http://example.org/fhir/ValueSet/a",
    "http://example.org/fhir/ValueSet/a/b",
    "http://example.org/fhir/ValueSet/ab",
    "http://example.org/fhir/",
    "http://example.org/FHIR",
    "urn:oid:1.2.3",
    "urn:oid:1.2.3.4",
];

pub(crate) const VERSIONS: [&str; 6] = ["", "", "|1", "|1.2", "|10", "|2.0"];

pub(crate) const DATES: [&str; 10] = [
    "2020",
    "2020-02",
    "2020-02-29",
    "2020-03",
    "2020-03-01",
    "2019-12-31",
    "2021",
    "1969",
    "2020-02-28",
    "2030-01-01",
];

pub(crate) const MOMENTS: [&str; 10] = [
    "2020-02-29T10:00:00Z",
    "2020-02-29T10:00:00.000Z",
    "2020-02-29T10:00:00.5Z",
    "2020-02-29T11:30:00+01:30",
    "2020-02-29T23:59:59-05:00",
    "2020-03-01T00:00:00Z",
    "2020-02-28T23:30:00Z",
    "2019-12-31T23:59:59+14:00",
    "2020-02-29T10:00:01+00:00",
    "1969-12-31T23:59:59Z",
];

pub(crate) const NUMBERS: [&str; 14] =
    ["0", "1", "1.0", "5", "5.0", "5.4", "5.40", "10", "99.5", "100", "100.5", "-3", "0.005", "1000"];

/// Unit as written, system, code.
pub(crate) const UNITS: [(&str, &str, &str); 14] = [
    ("mg", "http://unitsofmeasure.org", "mg"),
    ("g", "http://unitsofmeasure.org", "g"),
    ("kilogram", "http://unitsofmeasure.org", "kg"),
    ("cm", "http://unitsofmeasure.org", "cm"),
    ("m", "http://unitsofmeasure.org", "m"),
    ("inch", "http://unitsofmeasure.org", "[in_i]"),
    ("min", "http://unitsofmeasure.org", "min"),
    ("h", "http://unitsofmeasure.org", "h"),
    ("a", "http://unitsofmeasure.org", "a"),
    ("mg", "", "mg"),
    ("mg", "", ""),
    ("", "http://unitsofmeasure.org", "%"),
    ("mg", "http://example.org/units", "mg"),
    ("", "", ""),
];

pub(crate) const PREFIXES: [&str; 9] = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"];

/// Latitude and longitude.
pub(crate) const PLACES: [(&str, &str); 7] = [
    ("51.5166", "-0.1769"),
    ("51.4779", "-0.0015"),
    ("0", "179.9"),
    ("0.1", "-179.9"),
    ("89.9", "10"),
    ("-33.86", "151.2"),
    ("52", "0"),
];
