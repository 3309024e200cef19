//! UCUM units in canonical form, so that 5 mg and 0.005 g are found by the same query (R4 search, section 3.1.1.5.7).

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use octofhir_ucum::{Dimension, SpecialKind, UnitAnalysis, UnitExpr, analyse, find_prefix};

/// The system of UCUM codes.
pub(crate) const SYSTEM: &str = "http://unitsofmeasure.org";

/// How many units are remembered: more than anyone uses, few enough that made-up ones do not fill the memory.
const MOST_REMEMBERED: usize = 4096;

/// Units of the amount of substance, with the power of it in each. To UCUM a mole is a number of particles, and so 1 mol and
/// 6 * 10^23 the same; nobody who asks for a number means an amount.
const AMOUNTS: [(&str, i32); 5] = [("mol", 1), ("eq", 1), ("osm", 1), ("kat", 1), ("U", 1)];

/// Particles of a mole, as UCUM has it.
const PARTICLES: f64 = 6.022_136_7e23;

/// Longer units are not looked at.
const LONGEST: usize = 128;

/// How values of a unit become values of the base units of UCUM.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Canonical {
    /// The powers of the base units, `g.m-3`; `1` for plain numbers. Units of the same text compare. It is hashed into
    /// databases, so it never changes.
    pub(crate) unit: String,
    /// What one of the unit is in base units; greater than zero.
    factor: f64,
    /// What zero of the unit is in base units; only temperatures have one.
    offset: f64,
}

/// Units that were asked for, since to analyse one takes microseconds.
type Known = HashMap<Box<str>, Option<Arc<Canonical>>>;

/// The canonical form of a UCUM unit. `None` for what is no unit, and for units that are not proportional to base units:
/// logarithms such as pH and decibel, angles of slopes.
pub(crate) fn canonical(code: &str) -> Option<Arc<Canonical>> {
    static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);
    if code.len() > LONGEST {
        return None;
    }
    if let Some(known) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(code) {
        return known.clone();
    }
    let canonical = analyse(code).ok().and_then(|unit| Canonical::new(&unit)).map(Arc::new);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() < MOST_REMEMBERED {
        known.insert(code.into(), canonical.clone());
    }
    canonical
}

impl Canonical {
    fn new(unit: &UnitAnalysis) -> Option<Self> {
        let is_proportional = matches!(
            unit.special,
            None | Some(SpecialKind::Celsius | SpecialKind::Fahrenheit | SpecialKind::Reaumur)
        );
        let substance = substance(&unit.parsed_ast);
        let size = unit.factor.to_f64() * unit.scale.to_f64();
        let (factor, offset) = (size / PARTICLES.powi(substance), unit.offset.to_f64());
        let is_usable = is_proportional && factor.is_normal() && factor > 0.0 && offset.is_finite();
        is_usable.then(|| Self { unit: base_unit(unit, substance), factor, offset })
    }

    /// A value of the unit in base units, with 12 significant digits: floating point leaves traces beyond, by which
    /// 5.4 mg would be greater than 0.0054 g.
    pub(crate) fn to_base(&self, value: f64) -> f64 {
        let exact = value * self.factor + self.offset;
        format!("{exact:.11e}").parse().unwrap_or(exact)
    }
}

/// The power of the amount of substance in a unit: 1 of `mmol/L`.
fn substance(unit: &UnitExpr) -> i32 {
    match unit {
        UnitExpr::Symbol(symbol) => {
            let amount = AMOUNTS.iter().find(|(code, _)| {
                symbol
                    .strip_suffix(code)
                    .is_some_and(|prefix| prefix.is_empty() || find_prefix(prefix).is_some())
            });
            amount.map_or(0, |(_, power)| *power)
        }
        UnitExpr::Numeric(_) | UnitExpr::Annotation(_) => 0,
        UnitExpr::Power(unit, power) => substance(unit).saturating_mul(*power),
        UnitExpr::Annotated(unit, _) => substance(unit),
        UnitExpr::Product(units) => units.iter().map(substance).sum(),
        UnitExpr::Quotient(above, below) => substance(above) - substance(below),
        UnitExpr::Reciprocal(unit) => -substance(unit),
    }
}

/// The powers of base units, of the amount of substance, and of arbitrary units, which convert to nothing but themselves.
fn base_unit(unit: &UnitAnalysis, substance: i32) -> String {
    let powers = Dimension::BASE_UNITS.iter().copied().zip(unit.dimension.0.map(i32::from));
    let powers = powers.chain([("mol", substance)]).chain(unit.arbitrary.iter().copied());
    let mut text = String::new();
    for (base, power) in powers.filter(|(_, power)| *power != 0) {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(base);
        if power != 1 {
            // Writing to a string does not fail.
            let _ = write!(text, "{power}");
        }
    }
    if text.is_empty() { "1".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_base(value: f64, code: &str) -> Option<(f64, String)> {
        canonical(code).map(|canonical| (canonical.to_base(value), canonical.unit.clone()))
    }

    #[test]
    fn amounts_that_are_the_same_become_the_same() {
        for ((left, left_unit), (right, right_unit)) in [
            ((5.4, "mg"), (0.0054, "g")),
            ((120.0, "mm[Hg]"), (15.998_64, "kPa")),
            ((1.0, "mmol/L"), (1000.0, "umol/L")),
            ((180.0, "cm"), (1.8, "m")),
            ((37.0, "Cel"), (98.6, "[degF]")),
            ((37.0, "Cel"), (310.15, "K")),
            ((7.5, "10*3/uL"), (7.5, "10*9/L")),
            ((72.0, "{beats}/min"), (72.0, "/min")),
            ((60.0, "/min"), (1.0, "Hz")),
            ((5.0, "[iU]/mL"), (5000.0, "[IU]/L")),
            ((50.0, "%"), (0.5, "1")),
            ((1.0, "[lb_av]"), (453.592_37, "g")),
            ((2.0, "wk"), (14.0, "d")),
        ] {
            let (left, right) = (in_base(left, left_unit).unwrap(), in_base(right, right_unit).unwrap());
            assert_eq!(left, right, "{left_unit} {right_unit}");
        }
    }

    #[test]
    fn texts_name_the_powers_of_base_units() {
        for (code, unit) in
            [("mg/dL", "m-3.g"), ("N", "m.s-2.g"), ("{score}", "1"), ("[iU]/L", "m-3.[iU]"), ("Cel", "K")]
        {
            assert_eq!(canonical(code).unwrap().unit, unit, "{code}");
        }
    }

    #[test]
    fn amounts_of_substance_are_no_numbers() {
        for (code, unit) in [
            ("mol", "mol"),
            ("mmol/L", "m-3.mol"),
            ("umol/min", "s-1.mol"),
            ("U/L", "m-3.s-1.mol"),
            ("meq/L", "m-3.mol"),
            ("mosm/kg", "g-1.mol"),
            ("mol2", "mol2"),
            ("mmol/mol", "1"),
            ("mmol/mol{creat}", "1"),
            ("1/mol", "mol-1"),
            ("10*3/uL", "m-3"),
        ] {
            assert_eq!(canonical(code).unwrap().unit, unit, "{code}");
        }
        assert_eq!(in_base(1.0, "nkat"), in_base(1e-9, "mol/s"));
        assert_eq!(in_base(60.0, "U"), in_base(60.0, "umol/min"));
        assert_eq!(in_base(53.0, "mmol/mol").unwrap().0, 0.053);
    }

    #[test]
    fn what_does_not_convert_has_no_canonical_form() {
        for code in ["", "mmHg", "bpm", "[pH]", "dB", "tablets", "mg/", &"m.".repeat(100)] {
            assert_eq!(canonical(code), None, "{code}");
        }
        assert_ne!(canonical("[iU]").unwrap().unit, canonical("[arb'U]").unwrap().unit);
    }

    #[test]
    fn open_ends_stay_open() {
        let mg = canonical("mg").unwrap();
        assert_eq!(mg.to_base(f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert_eq!(mg.to_base(f64::INFINITY), f64::INFINITY);
    }
}
