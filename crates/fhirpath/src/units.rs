//! Units of quantities: calendar words, and as much of UCUM as amounts in FHIR are compared in.
//!
//! A unit is brought to a factor and the powers of its base units. Units that are not ratios (degrees
//! Celsius, pH, arbitrary units) have no such form, and so equal only themselves.

use rust_decimal::Decimal;

/// A calendar duration, whose length may depend on the date it is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CalendarUnit {
    /// `year`
    Year,
    /// `month`
    Month,
    /// `week`
    Week,
    /// `day`
    Day,
    /// `hour`
    Hour,
    /// `minute`
    Minute,
    /// `second`
    Second,
    /// `millisecond`
    Millisecond,
}

impl CalendarUnit {
    /// The unit of a word, in singular or plural.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "year" | "years" => Self::Year,
            "month" | "months" => Self::Month,
            "week" | "weeks" => Self::Week,
            "day" | "days" => Self::Day,
            "hour" | "hours" => Self::Hour,
            "minute" | "minutes" => Self::Minute,
            "second" | "seconds" => Self::Second,
            "millisecond" | "milliseconds" => Self::Millisecond,
            _ => return None,
        })
    }

    /// The word in singular.
    pub fn word(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Millisecond => "millisecond",
        }
    }

    /// The UCUM unit of about the same length.
    pub fn ucum(self) -> &'static str {
        match self {
            Self::Year => "a",
            Self::Month => "mo",
            Self::Week => "wk",
            Self::Day => "d",
            Self::Hour => "h",
            Self::Minute => "min",
            Self::Second => "s",
            Self::Millisecond => "ms",
        }
    }

    /// The calendar unit that a UCUM unit of definite length equals; years and months of UCUM are averages,
    /// which no calendar has.
    pub(crate) fn from_definite_ucum(code: &str) -> Option<Self> {
        [Self::Week, Self::Day, Self::Hour, Self::Minute, Self::Second, Self::Millisecond]
            .into_iter()
            .find(|unit| unit.ucum() == code)
    }

    /// Whether it is a year or month, which differ in length.
    pub(crate) fn is_indefinite(self) -> bool {
        matches!(self, Self::Year | Self::Month)
    }

    /// The length in milliseconds; of years and months, 365 and 30 days.
    pub(crate) fn millis(self) -> i64 {
        match self {
            Self::Year => 365 * 86_400_000,
            Self::Month => 30 * 86_400_000,
            Self::Week => 7 * 86_400_000,
            Self::Day => 86_400_000,
            Self::Hour => 3_600_000,
            Self::Minute => 60_000,
            Self::Second => 1000,
            Self::Millisecond => 1,
        }
    }
}

/// The base units. `mol` is one of them here: amounts of substance are not compared with plain numbers.
const BASES: [&str; 8] = ["m", "s", "g", "rad", "K", "C", "cd", "mol"];

/// A unit as a factor times powers of [`BASES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Canonical {
    pub(crate) factor: Decimal,
    powers: [i8; BASES.len()],
}

/// Longer texts are no unit anybody writes, and would nest deeply.
const LONGEST: usize = 64;

impl Canonical {
    const ONE: Self = Self { factor: Decimal::ONE, powers: [0; BASES.len()] };

    /// The canonical form of a UCUM unit; `None` where this table does not have it.
    pub(crate) fn parse(unit: &str) -> Option<Self> {
        if unit.len() > LONGEST {
            return None;
        }
        let mut parser = Parser { rest: unit };
        let canonical = parser.term()?;
        parser.rest.is_empty().then_some(canonical)
    }

    /// Whether both measure the same property.
    pub(crate) fn is_comparable(self, other: Self) -> bool {
        self.powers == other.powers
    }

    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let mut powers = self.powers;
        for (power, by) in powers.iter_mut().zip(other.powers) {
            *power = power.checked_add(by)?;
        }
        Some(Self { factor: self.factor.checked_mul(other.factor)?, powers })
    }

    pub(crate) fn over(self, other: Self) -> Option<Self> {
        self.times(other.power(-1)?)
    }

    fn power(self, exponent: i8) -> Option<Self> {
        let mut powers = self.powers;
        for power in &mut powers {
            *power = power.checked_mul(exponent)?;
        }
        let mut factor = Decimal::ONE;
        for _ in 0..exponent.unsigned_abs() {
            factor = factor.checked_mul(self.factor)?;
        }
        let factor = if exponent < 0 { Decimal::ONE.checked_div(factor)? } else { factor };
        Some(Self { factor, powers })
    }

    /// The powers as a UCUM unit of factor one: `g.m-1`; `1` where there are none.
    pub(crate) fn base_unit(self) -> String {
        let parts: Vec<String> = BASES
            .iter()
            .zip(self.powers)
            .filter(|(_, power)| *power != 0)
            .map(|(base, power)| if power == 1 { (*base).to_owned() } else { format!("{base}{power}") })
            .collect();
        if parts.is_empty() { "1".to_owned() } else { parts.join(".") }
    }
}

/// Reads the grammar of UCUM: terms of components with `.` and `/`, exponents, annotations, parentheses.
struct Parser<'t> {
    rest: &'t str,
}

impl Parser<'_> {
    fn take(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn term(&mut self) -> Option<Canonical> {
        let mut value =
            if self.take('/') { Canonical::ONE.over(self.component()?)? } else { self.component()? };
        loop {
            if self.take('.') {
                value = value.times(self.component()?)?;
            } else if self.take('/') {
                value = value.over(self.component()?)?;
            } else {
                return Some(value);
            }
        }
    }

    fn component(&mut self) -> Option<Canonical> {
        if self.take('(') {
            let inner = self.term()?;
            return self.take(')').then_some(inner);
        }
        if self.rest.starts_with('{') {
            self.annotation()?;
            return Some(Canonical::ONE);
        }
        let value = self.simple()?;
        if self.rest.starts_with('{') {
            self.annotation()?;
        }
        Some(value)
    }

    fn annotation(&mut self) -> Option<()> {
        let (_, rest) = self.rest.split_once('}')?;
        self.rest = rest;
        Some(())
    }

    fn simple(&mut self) -> Option<Canonical> {
        if let Some(rest) = self.rest.strip_prefix("10*").or_else(|| self.rest.strip_prefix("10^")) {
            self.rest = rest;
            let ten = Canonical { factor: Decimal::TEN, ..Canonical::ONE };
            return ten.power(self.exponent()?);
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            let digits = self.digits();
            return Some(Canonical { factor: digits.parse().ok()?, ..Canonical::ONE });
        }
        let symbol = self.symbol()?;
        atom(symbol)?.power(self.exponent()?)
    }

    /// The letters of an atom with its prefix; brackets may hold anything.
    fn symbol(&mut self) -> Option<&str> {
        let mut bracketed = false;
        let end = self.rest.find(|c: char| {
            match c {
                '[' => bracketed = true,
                ']' => {
                    bracketed = false;
                    return false;
                }
                _ => {}
            }
            !bracketed && (matches!(c, '.' | '/' | '(' | ')' | '{' | '}' | '+' | '-') || c.is_ascii_digit())
        });
        let (symbol, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        self.rest = rest;
        (!symbol.is_empty()).then_some(symbol)
    }

    fn digits(&mut self) -> &str {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        digits
    }

    /// The exponent that stands here; 1 where there is none.
    fn exponent(&mut self) -> Option<i8> {
        let negative = self.take('-');
        if !negative {
            self.take('+');
        }
        let digits = self.digits();
        if digits.is_empty() {
            return (!negative).then_some(1);
        }
        let value: i8 = digits.parse().ok()?;
        Some(if negative { -value } else { value })
    }
}

/// A unit atom, with or without a metric prefix.
fn atom(symbol: &str) -> Option<Canonical> {
    if let Some((_, definition, _)) = ATOMS.iter().find(|(code, ..)| *code == symbol) {
        return define(symbol, definition);
    }
    PREFIXES.iter().find_map(|(prefix, exponent)| {
        let code = symbol.strip_prefix(prefix)?;
        let (_, definition, _) = ATOMS.iter().find(|(atom, _, metric)| *metric && *atom == code)?;
        let ten = Canonical { factor: Decimal::TEN, ..Canonical::ONE };
        ten.power(*exponent)?.times(define(code, definition)?)
    })
}

fn define(code: &str, definition: &(&str, &str)) -> Option<Canonical> {
    let (factor, unit) = definition;
    let factor = factor.parse().ok()?;
    if let Some(base) = BASES.iter().position(|base| *base == code) {
        let mut powers = [0; BASES.len()];
        *powers.get_mut(base)? = 1;
        return Some(Canonical { factor, powers });
    }
    Canonical { factor, ..Canonical::ONE }.times(Canonical::parse(unit)?)
}

/// The metric prefixes; `da` stands before `d`.
const PREFIXES: [(&str, i8); 16] = [
    ("da", 1),
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("h", 2),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
    ("P", 15),
    ("z", -21),
];

/// Code, definition as a factor of another unit, and whether prefixes apply. Definitions stand only on
/// entries nearer to the base units, so that reading them ends.
const ATOMS: [(&str, (&str, &str), bool); 66] = [
    ("m", ("1", "m"), true),
    ("s", ("1", "s"), true),
    ("g", ("1", "g"), true),
    ("rad", ("1", "rad"), true),
    ("K", ("1", "K"), true),
    ("C", ("1", "C"), true),
    ("cd", ("1", "cd"), true),
    ("mol", ("1", "mol"), true),
    ("%", ("0.01", "1"), false),
    ("[ppth]", ("0.001", "1"), false),
    ("[ppm]", ("0.000001", "1"), false),
    ("[ppb]", ("0.000000001", "1"), false),
    ("min", ("60", "s"), false),
    ("h", ("3600", "s"), false),
    ("d", ("86400", "s"), false),
    ("wk", ("604800", "s"), false),
    ("mo", ("2629800", "s"), false),
    ("mo_j", ("2629800", "s"), false),
    ("a", ("31557600", "s"), false),
    ("a_j", ("31557600", "s"), false),
    ("L", ("0.001", "m3"), true),
    ("l", ("0.001", "m3"), true),
    ("ar", ("100", "m2"), true),
    ("t", ("1000000", "g"), true),
    ("u", ("0.00000000000000000000000166053906660", "g"), true),
    ("Hz", ("1", "s-1"), true),
    ("N", ("1000", "g.m/s2"), true),
    ("Pa", ("1000", "g/m/s2"), true),
    ("J", ("1000", "g.m2/s2"), true),
    ("W", ("1000", "g.m2/s3"), true),
    ("A", ("1", "C/s"), true),
    ("V", ("1000", "g.m2/s2/C"), true),
    ("F", ("0.001", "C2.s2/g/m2"), true),
    ("Ohm", ("1000", "g.m2/s/C2"), true),
    ("S", ("0.001", "s.C2/g/m2"), true),
    ("Wb", ("1000", "g.m2/s/C"), true),
    ("T", ("1000", "g/s/C"), true),
    ("H", ("1000", "g.m2/C2"), true),
    ("lm", ("1", "cd"), true),
    ("lx", ("1", "cd/m2"), true),
    ("Bq", ("1", "s-1"), true),
    ("Gy", ("1", "m2/s2"), true),
    ("Sv", ("1", "m2/s2"), true),
    ("kat", ("1", "mol/s"), true),
    ("U", ("0.0000000166666666666666666667", "mol/s"), true),
    ("eq", ("1", "mol"), true),
    ("osm", ("1", "mol"), true),
    ("bar", ("100000000", "g/m/s2"), true),
    ("atm", ("101325000", "g/m/s2"), false),
    ("m[H2O]", ("9806650", "g/m/s2"), true),
    ("m[Hg]", ("133322000", "g/m/s2"), true),
    ("cal", ("4184", "g.m2/s2"), true),
    ("deg", ("0.0174532925199432957692369077", "rad"), false),
    ("[in_i]", ("0.0254", "m"), false),
    ("[ft_i]", ("0.3048", "m"), false),
    ("[yd_i]", ("0.9144", "m"), false),
    ("[mi_i]", ("1609.344", "m"), false),
    ("[nmi_i]", ("1852", "m"), false),
    ("[lb_av]", ("453.59237", "g"), false),
    ("[oz_av]", ("28.349523125", "g"), false),
    ("[gr]", ("0.06479891", "g"), false),
    ("[stone_av]", ("6350.29318", "g"), false),
    ("[foz_us]", ("0.0000295735295625", "m3"), false),
    ("[pt_us]", ("0.000473176473", "m3"), false),
    ("[gal_us]", ("0.003785411784", "m3"), false),
    ("[tsp_us]", ("0.00000492892159375", "m3"), false),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(left: &str, right: &str) -> Option<Decimal> {
        let (left, right) = (Canonical::parse(left)?, Canonical::parse(right)?);
        if left.is_comparable(right) { left.factor.checked_div(right.factor) } else { None }
    }

    #[test]
    fn units_of_one_property_have_a_ratio() {
        assert_eq!(ratio("g", "mg"), Some(Decimal::from(1000)));
        assert_eq!(ratio("wk", "d"), Some(Decimal::from(7)));
        assert_eq!(ratio("mmol/L", "umol/mL"), Some(Decimal::ONE));
        assert_eq!(ratio("mg/dL", "g/L"), "0.01".parse().ok());
        assert_eq!(ratio("kg/m2", "g.m-2"), Some(Decimal::from(1000)));
        assert_eq!(ratio("10*3/uL", "10*9/L"), Some(Decimal::ONE));
        assert_eq!(ratio("{breaths}/min", "/min"), Some(Decimal::ONE));
        assert_eq!(ratio("mm[Hg]", "Pa"), "133.322".parse().ok());
        assert_eq!(ratio("cm", "s"), None);
        assert_eq!(ratio("Cel", "K"), None);
        assert_eq!(ratio("[iU]/L", "[iU]/L"), None);
    }

    #[test]
    fn every_definition_can_be_read() {
        for (code, ..) in ATOMS {
            assert!(Canonical::parse(code).is_some(), "{code}");
        }
    }
}
