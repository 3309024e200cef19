//! `_sort` (R4 search, 3.1.1.6.1): least value first or greatest value first, resources without a value last.

use std::cmp::Ordering;

use fhir_definitions::search_parameter::SearchParamType as Kind;

use crate::control::{SortBy, SortKey};
use crate::date;
use crate::number::{End, Span};
use crate::oracle::Oracle;
use crate::parameter::Parameter;
use crate::population::Stored;
use crate::reference::Target;
use crate::select::Datum;
use crate::text::{comparable, folded};
use crate::{number, quantity, string, token, uri};

/// What a resource is sorted by.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum SortValue {
    Text(String),
    /// A string without case and accents, and as it is written, in whatever ways.
    String(String, Vec<String>),
    Period(i64, i64),
    Span(f64, f64),
}

/// Tokens and references are sorted by so many bytes of their text (`docs/search.md`).
const TOKEN_BYTES: usize = 32;

/// Whether one resource may stand before another.
pub(crate) fn may_precede(oracle: &Oracle, sort: &[SortKey], first: &Stored, second: &Stored) -> bool {
    for key in sort {
        let (a, b) = (key.value(oracle, first), key.value(oracle, second));
        let order = match (&a, &b) {
            (Some(a), Some(b)) if key.descending => b.order(a),
            (Some(a), Some(b)) => a.order(b),
            (None, None) => Some(Ordering::Equal),
            (None, Some(_)) => Some(Ordering::Greater),
            (Some(_), None) => Some(Ordering::Less),
        };
        match order.unwrap_or(Ordering::Equal) {
            Ordering::Less => return true,
            Ordering::Greater => return false,
            // Texts that differ in case or accents only are apart, in an order that is the server's choice.
            Ordering::Equal if differs_in_writing(a.as_ref(), b.as_ref()) => return true,
            Ordering::Equal => {}
        }
    }
    true
}

fn differs_in_writing(a: Option<&SortValue>, b: Option<&SortValue>) -> bool {
    match (a, b) {
        (Some(SortValue::String(_, a)), Some(SortValue::String(_, b))) => a != b || a.len() > 1,
        _ => false,
    }
}

impl SortKey {
    fn value(&self, oracle: &Oracle, resource: &Stored) -> Option<SortValue> {
        let values = match &self.by {
            SortBy::Id => vec![SortValue::Text(resource.id().to_owned())],
            SortBy::LastUpdated => {
                let (begins, _) = resource.last_updated().and_then(date::covered)?;
                vec![SortValue::Period(begins, begins)]
            }
            SortBy::Parameter(code) => {
                let parameter = oracle.parameter(resource.kind(), code).ok()?;
                let data = parameter.select(oracle.types(), resource);
                data.iter().flat_map(|datum| values(oracle, parameter, datum)).collect()
            }
        };
        values.into_iter().reduce(|a, b| match (a.order(&b), self.descending) {
            (Some(Ordering::Less), false) | (Some(Ordering::Greater), true) => a,
            (Some(Ordering::Equal), _) => a.with_writings_of(b),
            _ => b,
        })
    }
}

impl SortValue {
    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::String(a, _), Self::String(b, _)) => Some(a.cmp(b)),
            _ => self.partial_cmp(other),
        }
    }

    fn with_writings_of(self, other: Self) -> Self {
        match (self, other) {
            (Self::String(text, mut writings), Self::String(_, others)) => {
                writings.extend(others);
                writings.sort();
                writings.dedup();
                Self::String(text, writings)
            }
            (value, _) => value,
        }
    }
}

fn values(oracle: &Oracle, parameter: &Parameter, datum: &Datum<'_>) -> Vec<SortValue> {
    let token_text = |text: &str| {
        let text = folded(text, TOKEN_BYTES);
        (!text.is_empty()).then_some(SortValue::Text(text))
    };
    match parameter.kind {
        Kind::Date => date::read(datum).map(|(low, high)| SortValue::Period(low, high)).into_iter().collect(),
        Kind::Number => number::read(datum).map(span).into_iter().collect(),
        Kind::Quantity => quantity::read(datum).map(|measured| span(measured.span)).into_iter().collect(),
        Kind::String => {
            let texts = string::read(datum).into_iter().map(|text| (comparable(text), vec![text.to_owned()]));
            texts
                .filter(|(text, _)| !text.is_empty())
                .map(|(text, written)| SortValue::String(text, written))
                .collect()
        }
        Kind::Uri => uri::read(datum).into_iter().map(|uri| SortValue::Text(uri.to_owned())).collect(),
        Kind::Token => {
            // Without a code what is said of it counts.
            let codes: Vec<&str> = token::read(datum).into_iter().filter_map(|token| token.code).collect();
            let texts = if codes.is_empty() { token::described(datum) } else { codes };
            texts.into_iter().filter_map(token_text).collect()
        }
        Kind::Reference => {
            let texts = oracle.targets_of(parameter, datum).into_iter().map(|target| match target {
                Target::Local((kind, id)) => format!("{kind}/{id}"),
                Target::Url(url) => url,
            });
            let texts: Vec<SortValue> = texts.filter_map(|text| token_text(&text)).collect();
            let is_literal = datum.type_name != "Reference"
                || datum.node.is_some_and(|node| node.get("reference").is_some());
            if is_literal { texts } else { described(datum) }
        }
        Kind::Composite | Kind::Special => Vec::new(),
    }
}

/// A reference without a literal is sorted by its identifier, or else by its text.
fn described(datum: &Datum<'_>) -> Vec<SortValue> {
    let identifier = datum.node.and_then(|node| node.get("identifier")?.get_str("value"));
    let text = identifier.or_else(|| token::described(datum).into_iter().next());
    let text = folded(text.unwrap_or_default(), TOKEN_BYTES);
    if text.is_empty() { Vec::new() } else { vec![SortValue::Text(text)] }
}

/// A span by its least and greatest value.
fn span(span: Span) -> SortValue {
    let float = |value: rust_decimal::Decimal| value.to_string().parse::<f64>().unwrap_or(f64::NAN);
    let low = match span.low {
        End::Infinite => f64::NEG_INFINITY,
        End::Closed(value) => float(value),
        End::Open(value) => float(value).next_up(),
    };
    let high = match span.high {
        End::Infinite => f64::INFINITY,
        End::Closed(value) => float(value),
        End::Open(value) => float(value).next_down(),
    };
    SortValue::Span(low, high)
}
