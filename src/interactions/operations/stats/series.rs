//! The values that Observations have for one code.

use fhir_model::Node;
use serde_json::{Value, json};

use super::statistic::{Statistic, Unit};
use crate::interactions::Error;
use fhir_model::{Issue, IssueType};

const UCUM: &str = "http://unitsofmeasure.org";
const STATISTICS: &str = "http://terminology.hl7.org/CodeSystem/observation-statistics";
const ABSENT: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

/// A code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Code {
    pub(super) system: String,
    pub(super) code: String,
}

impl Code {
    /// The code of a coding that has one.
    pub(super) fn of(coding: Node<'_>) -> Option<Self> {
        let code = coding.get_str("code")?.to_owned();
        Some(Self { system: coding.get_str("system").unwrap_or_default().to_owned(), code })
    }

    /// The codes of a concept.
    pub(super) fn all(concept: Option<Node<'_>>) -> Vec<Self> {
        let codings = concept.and_then(|concept| concept.get("coding")).into_iter().flat_map(Node::items);
        codings.filter_map(Self::of).collect()
    }
}

/// The values of one code.
#[derive(Default)]
pub(super) struct Series {
    values: Vec<f64>,
    /// Measurements without a value that can be used.
    unused: usize,
    /// UCUM code and text of the unit that all values have.
    unit: Option<(String, String)>,
}

impl Series {
    /// Adds the value of an Observation or component: a Quantity with a UCUM unit and without comparator counts.
    ///
    /// # Errors
    /// Another unit than the values before.
    pub(super) fn add(&mut self, code: &Code, measurement: Node<'_>) -> Result<(), Error> {
        let quantity =
            measurement.get("valueQuantity").filter(|quantity| quantity.get("comparator").is_none());
        let quantity = quantity.filter(|quantity| quantity.get_str("system") == Some(UCUM));
        let value = quantity.and_then(|quantity| quantity.get("value")).and_then(Node::as_number);
        let value = value.and_then(|value| value.parse::<f64>().ok()).filter(|value| value.is_finite());
        let unit = quantity.and_then(|quantity| quantity.get_str("code"));
        let (Some(value), Some(unit)) = (value, unit) else {
            self.unused += 1;
            return Ok(());
        };
        match &self.unit {
            Some((known, _)) if known != unit => {
                let text = format!(
                    "the Observations of {}|{} have values in different units, {known} and {unit}",
                    code.system, code.code
                );
                return Err(Error::Unprocessable(vec![Issue::error(IssueType::Processing, text)]));
            }
            Some(_) => {}
            None => {
                let text = quantity.and_then(|quantity| quantity.get_str("unit")).unwrap_or(unit);
                self.unit = Some((unit.to_owned(), text.to_owned()));
            }
        }
        self.values.push(value);
        Ok(())
    }

    /// The components of the Observation that tells the statistics.
    pub(super) fn components(&mut self, statistics: &[(&'static str, Statistic)]) -> Vec<Value> {
        self.values.sort_by(f64::total_cmp);
        let total = self.values.len() + self.unused;
        let component = |(code, statistic): &(&str, Statistic)| {
            let mut component = json!({ "code": { "coding": [{ "system": STATISTICS, "code": code }] } });
            let (member, value) = match statistic.of_values(&self.values, total) {
                Some(value) => ("valueQuantity", self.quantity(value, statistic.unit())),
                None => {
                    ("dataAbsentReason", json!({ "coding": [{ "system": ABSENT, "code": "not-a-number" }] }))
                }
            };
            if let Some(object) = component.as_object_mut() {
                object.insert(member.to_owned(), value);
            }
            component
        };
        statistics.iter().map(component).collect()
    }

    fn quantity(&self, value: f64, unit: Unit) -> Value {
        let (code, text) = match (&self.unit, unit) {
            (Some((code, text)), Unit::Same) => (code.clone(), text.clone()),
            (Some((code, text)), Unit::Square) => (format!("({code})2"), format!("({text})²")),
            (_, _) => ("1".to_owned(), "1".to_owned()),
        };
        json!({ "value": rounded(value), "unit": text, "system": UCUM, "code": code })
    }
}

/// With 12 significant digits: what lies beyond are traces of binary fractions.
fn rounded(value: f64) -> Value {
    let rounded: f64 = format!("{value:.11e}").parse().unwrap_or(value);
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 { json!(rounded as i64) } else { json!(rounded) }
}
