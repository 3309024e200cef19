//! The units that the oracle can convert: a short table, written by hand.

use rust_decimal::Decimal;

/// The system of UCUM.
pub(crate) const SYSTEM: &str = "http://unitsofmeasure.org";

/// Code, what it measures, and how many of the first unit of that quantity it is: mantissa and power of ten.
const UNITS: [(&str, &str, i64, i32); 22] = [
    ("g", "mass", 1, 0),
    ("kg", "mass", 1, 3),
    ("mg", "mass", 1, -3),
    ("ug", "mass", 1, -6),
    ("m", "length", 1, 0),
    ("cm", "length", 1, -2),
    ("mm", "length", 1, -3),
    ("km", "length", 1, 3),
    ("[in_i]", "length", 254, -4),
    ("s", "time", 1, 0),
    ("min", "time", 60, 0),
    ("h", "time", 3600, 0),
    ("d", "time", 86400, 0),
    ("wk", "time", 604_800, 0),
    // The Julian year.
    ("a", "time", 31_557_600, 0),
    ("1", "number", 1, 0),
    ("%", "number", 1, -2),
    ("mg/dL", "mass per volume", 1, -3),
    ("g/L", "mass per volume", 1, -1),
    ("g/dL", "mass per volume", 1, 0),
    ("Pa", "pressure", 1, 0),
    ("kPa", "pressure", 1, 3),
];

/// What a unit measures, and its size.
pub(crate) fn unit(code: &str) -> Option<(&'static str, Decimal)> {
    let (_, measures, mantissa, power) = UNITS.iter().find(|(known, ..)| *known == code)?;
    let size = Decimal::from_scientific(&format!("{mantissa}e{power}")).ok()?;
    Some((*measures, size))
}
