//! Quantities: a decimal with a unit.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use fhir_model::Node;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::item::decimal;
use crate::units::{CalendarUnit, Canonical};

/// A value with its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity<'a> {
    /// The amount, with the digits it was written in.
    pub value: Decimal,
    /// What it counts.
    pub unit: Unit<'a>,
}

/// What a quantity counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Unit<'a> {
    /// A calendar duration, written as a word: `4 days`.
    Calendar(CalendarUnit),
    /// A UCUM unit, written in quotes: `4 'd'`; `'1'` for plain numbers.
    Ucum(Cow<'a, str>),
}

impl Unit<'_> {
    fn ucum(&self) -> &str {
        match self {
            Self::Calendar(unit) => unit.ucum(),
            Self::Ucum(code) => code,
        }
    }

    /// The calendar unit that a date can be moved by.
    pub(crate) fn calendar(&self) -> Option<CalendarUnit> {
        match self {
            Self::Calendar(unit) => Some(*unit),
            Self::Ucum(code) => CalendarUnit::parse(code).or_else(|| CalendarUnit::from_definite_ucum(code)),
        }
    }
}

impl<'a> Quantity<'a> {
    /// The unit as it is written, without quotes.
    pub(crate) fn unit_text(&self) -> Cow<'a, str> {
        match &self.unit {
            Unit::Calendar(unit) => Cow::Borrowed(unit.word()),
            Unit::Ucum(code) => code.clone(),
        }
    }

    /// A plain number as a quantity.
    pub(crate) fn unitless(value: Decimal) -> Self {
        Self { value, unit: Unit::Ucum(Cow::Borrowed("1")) }
    }

    /// The value and unit of a FHIR Quantity; `None` when it has no value.
    pub fn from_node(node: Node<'a>) -> Option<Self> {
        let value = node.get("value").and_then(Node::as_number).and_then(decimal)?;
        let is_ucum = node.get_str("system") == Some("http://unitsofmeasure.org");
        let code = node.get_str("code").filter(|_| is_ucum);
        let unit = code.or_else(|| node.get_str("unit")).unwrap_or("1");
        Some(Self { value, unit: Unit::Ucum(Cow::Borrowed(unit)) })
    }

    /// Reads `4`, `4 days` or `4 'mg'`.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && !"+-.".contains(c)).unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(end)?;
        let value = decimal(number.strip_prefix('+').unwrap_or(number))?;
        let unit = unit.trim();
        if unit.is_empty() {
            return Some(Self::unitless(value));
        }
        if let Some(code) = unit.strip_prefix('\'').and_then(|unit| unit.strip_suffix('\'')) {
            return (!code.is_empty()).then_some(Self { value, unit: Unit::Ucum(Cow::Borrowed(code)) });
        }
        CalendarUnit::parse(unit).map(|unit| Self { value, unit: Unit::Calendar(unit) })
    }

    /// A copy that borrows nothing.
    pub(crate) fn into_owned<'b>(self) -> Quantity<'b> {
        let unit = match self.unit {
            Unit::Calendar(unit) => Unit::Calendar(unit),
            Unit::Ucum(code) => Unit::Ucum(Cow::Owned(code.into_owned())),
        };
        Quantity { value: self.value, unit }
    }

    /// The value of `other` in the unit of `self`. `None` when the units measure different things, or one
    /// of them is not known. Years and months of the calendar are not those of UCUM, unless `loosely`.
    fn other_in_own_unit(&self, other: &Quantity<'_>, loosely: bool) -> Option<Decimal> {
        if self.unit == other.unit {
            return Some(other.value);
        }
        match (&self.unit, &other.unit) {
            (Unit::Calendar(a), Unit::Calendar(b)) => return in_calendar_unit(other.value, *b, *a),
            (Unit::Calendar(calendar), Unit::Ucum(_)) | (Unit::Ucum(_), Unit::Calendar(calendar))
                if calendar.is_indefinite() && !loosely =>
            {
                return None;
            }
            _ => {}
        }
        if self.unit.ucum() == other.unit.ucum() {
            return Some(other.value);
        }
        let (own, others) = (Canonical::parse(self.unit.ucum())?, Canonical::parse(other.unit.ucum())?);
        if !own.is_comparable(others) {
            return None;
        }
        other.value.checked_mul(others.factor)?.checked_div(own.factor)
    }

    /// How two amounts relate; `None` when their units cannot be compared.
    pub fn compare(&self, other: &Quantity<'_>) -> Option<Ordering> {
        self.other_in_own_unit(other, false).map(|value| self.value.cmp(&value))
    }

    /// Whether both measure the same property in known units.
    pub(crate) fn is_comparable(&self, other: &Quantity<'_>) -> bool {
        self.other_in_own_unit(other, true).is_some()
    }

    /// Whether two amounts are about the same: equal at the precision of the less precise one.
    pub(crate) fn is_equivalent(&self, other: &Quantity<'_>) -> bool {
        self.other_in_own_unit(other, true).is_some_and(|value| decimals_equivalent(self.value, value))
    }

    /// Sum or difference, in the unit of `self`.
    pub(crate) fn plus(&self, other: &Quantity<'_>, negate: bool) -> Option<Self> {
        let value = self.other_in_own_unit(other, false)?;
        let value = if negate { -value } else { value };
        Some(Self { value: self.value.checked_add(value)?, unit: self.unit.clone() })
    }

    /// Product, in base units unless one of both is a plain number.
    pub(crate) fn times(&self, other: &Quantity<'_>) -> Option<Quantity<'a>> {
        if other.unit.ucum() == "1" {
            return Some(Self { value: self.value.checked_mul(other.value)?, unit: self.unit.clone() });
        }
        let (own, others) = (Canonical::parse(self.unit.ucum())?, Canonical::parse(other.unit.ucum())?);
        let product = own.times(others)?;
        let value = self.value.checked_mul(other.value)?.checked_mul(product.factor)?;
        Some(Self { value, unit: Unit::Ucum(Cow::Owned(product.base_unit())) })
    }

    /// Quotient, in base units unless the divisor is a plain number. `None` when that is zero.
    pub(crate) fn over(&self, other: &Quantity<'_>) -> Option<Quantity<'a>> {
        let value = self.value.checked_div(other.value)?;
        if other.unit.ucum() == "1" {
            return Some(Self { value, unit: self.unit.clone() });
        }
        let (own, others) = (Canonical::parse(self.unit.ucum())?, Canonical::parse(other.unit.ucum())?);
        let quotient = own.over(others)?;
        let value = value.checked_mul(quotient.factor)?;
        Some(Self { value, unit: Unit::Ucum(Cow::Owned(quotient.base_unit())) })
    }
}

/// `4 days`, `4 'mg'`
impl fmt::Display for Quantity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unit {
            Unit::Calendar(unit) => {
                let plural = if self.value == Decimal::ONE { "" } else { "s" };
                write!(f, "{} {}{plural}", self.value, unit.word())
            }
            Unit::Ucum(code) => write!(f, "{} '{code}'", self.value),
        }
    }
}

/// A calendar duration in another calendar unit; a year has 12 months, but no number of days.
fn in_calendar_unit(value: Decimal, from: CalendarUnit, to: CalendarUnit) -> Option<Decimal> {
    let twelve = Decimal::from(12);
    match (from, to) {
        (CalendarUnit::Year, CalendarUnit::Month) => value.checked_mul(twelve),
        (CalendarUnit::Month, CalendarUnit::Year) => value.checked_div(twelve),
        _ if from.is_indefinite() || to.is_indefinite() => None,
        _ => value.checked_mul(Decimal::from(from.millis()))?.checked_div(Decimal::from(to.millis())),
    }
}

/// Equality at the number of decimal places of the less precise value, trailing zeros aside.
pub(crate) fn decimals_equivalent(left: Decimal, right: Decimal) -> bool {
    let places = left.normalize().scale().min(right.normalize().scale());
    let round = |value: Decimal| value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    round(left) == round(right)
}
