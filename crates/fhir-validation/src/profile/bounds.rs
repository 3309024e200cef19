//! Values lie within the bounds of the profile.
//!
//! # What it checks
//!
//! Numbers, quantities, dates and times are not below `minValue[x]` (`min-value`) and not above `maxValue[x]` (`max-value`).
//! Quantities are compared where their units are the same code; dates as the span of time that they stand for. Bounds that are
//! relative to the present (a Duration or Quantity for a date) are not checked: validation knows no clock.
//!
//! # Why
//!
//! A temperature of 370 degrees is a typing error that a profile can catch.
//!
//! # Example
//!
//! With `maxValueInteger` 15 for a coma score, `16` is an error at `Observation.value`.
//!
//! # Specification
//!
//! ElementDefinition.minValue[x] and maxValue[x].

use std::cmp::Ordering;

use fhir_definitions::element_definition::TypedValue;
use fhir_model::primitive::{DateTime, Time, decimal};
use fhir_model::{Issue, IssueType, Node};

use super::apply::At;
use super::fixed;
use super::rules::Rules;
use super::walk::Walk;

/// Checks a value against its bounds.
pub(super) fn check(walk: &mut Walk<'_>, rules: &Rules, at: &At<'_, '_>) {
    let Some(found) = at.element.node else { return };
    if let Some(min) = &rules.min_value
        && compare(found, min) == Some(Ordering::Less)
    {
        let text =
            format!("{} is too small: expected at least {}", fixed::text(found), fixed::text(min.value()));
        walk.report(Issue::error(IssueType::Value, text).at(at.path.to_string()).rule("min-value"));
    }
    if let Some(max) = &rules.max_value
        && compare(found, max) == Some(Ordering::Greater)
    {
        let text =
            format!("{} is too large: expected at most {}", fixed::text(found), fixed::text(max.value()));
        walk.report(Issue::error(IssueType::Value, text).at(at.path.to_string()).rule("max-value"));
    }
}

/// How a value stands to a bound; `None` if they cannot be compared.
fn compare(found: Node<'_>, bound: &TypedValue) -> Option<Ordering> {
    let limit = bound.value();
    match bound.type_suffix() {
        "Integer" | "Decimal" | "PositiveInt" | "UnsignedInt" => numbers(found, limit),
        "Quantity" => {
            let same = |member: &str| found.get_str(member) == limit.get_str(member);
            let comparable = found.is_object() && same("code") && same("system");
            numbers(found.get("value").filter(|_| comparable)?, limit.get("value")?)
        }
        "Date" | "DateTime" | "Instant" => {
            let moment = |node: Node<'_>| DateTime::parse_date_time(node.as_str()?).ok();
            Some(spans(moment(found)?.range_micros(0), moment(limit)?.range_micros(0)))
        }
        "Time" => {
            let time = |node: Node<'_>| Time::parse(node.as_str()?).ok();
            Some(spans(time(found)?.range_micros(), time(limit)?.range_micros()))
        }
        _ => None,
    }
}

fn numbers(found: Node<'_>, limit: Node<'_>) -> Option<Ordering> {
    let number = |node: Node<'_>| decimal::parse(node.as_number()?).ok();
    Some(number(found)?.cmp(&number(limit)?))
}

/// Two spans of time; those that overlap count as equal.
fn spans((low, high): (i64, i64), (other_low, other_high): (i64, i64)) -> Ordering {
    if high <= other_low {
        Ordering::Less
    } else if low >= other_high {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}
