//! Answers keep to the limits of their question.
//!
//! # What it checks
//!
//! * `response-length`: `maxLength` and the extension `minLength`, in characters.
//! * `response-range`: the extensions `minValue` and `maxValue`, and for quantities `sdc-questionnaire-minQuantity` and
//!   `-maxQuantity`; quantities are compared by their UCUM units. A date that contains the limit is within it.
//! * `response-unit`: a quantity with limits has a UCUM unit, as the limit has, so that they can be compared.
//! * `response-decimal-places`: the extension `maxDecimalPlaces`.
//!
//! # Why
//!
//! The limits are what the author of the questionnaire knows of sensible answers: a weight of 700 kg is a slip.
//!
//! # Example
//!
//! `valueDate` 2023 with the maximum 2022: reported at `QuestionnaireResponse.item[0].answer[0].value`.
//!
//! # Specification
//!
//! R4 Questionnaire.item.maxLength; the extensions named; Structured Data Capture, quantity limits.

use std::cmp::Ordering;

use fhir_model::{Issue, IssueType, Node};

use crate::report::{Path, Report};
use crate::rules::questionnaire::value::Value;

const MIN_LENGTH: &str = "http://hl7.org/fhir/StructureDefinition/minLength";
const DECIMAL_PLACES: &str = "http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces";
const LEAST: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/minValue",
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-minQuantity",
];
const GREATEST: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/maxValue",
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity",
];
const UCUM: &str = "http://unitsofmeasure.org";

pub(super) fn check(definition: Node<'_>, value: &Value<'_>, path: &Path<'_>, report: &mut Report) {
    let mut error = |rule: &str, text: String| {
        report.add(Issue::error(IssueType::Value, text).rule(rule).at(path.to_string()));
    };
    if let Some(problem) = length_problem(definition, value) {
        error("response-length", problem);
    }
    if let Some(problem) = decimal_places_problem(definition, value) {
        error("response-decimal-places", problem);
    }
    for (urls, wrong, word) in [(LEAST, Ordering::Less, "less"), (GREATEST, Ordering::Greater, "greater")] {
        let Some(limit) = urls.iter().find_map(|url| Value::of_extension(definition, url)) else { continue };
        if value.kind == "Quantity" && limit.kind == "Quantity" && !(has_unit(value) && has_unit(&limit)) {
            let text =
                "the quantity cannot be compared with its limit: expected UCUM units in both".to_owned();
            error("response-unit", text);
        } else if value.order(&limit) == Some(wrong) {
            error("response-range", format!("the answer is {word} than the limit {:?}", limit.node));
        }
    }
}

fn has_unit(quantity: &Value<'_>) -> bool {
    quantity.node.get_str("system") == Some(UCUM) && quantity.node.get("code").is_some()
}

fn length_problem(definition: Node<'_>, value: &Value<'_>) -> Option<String> {
    let text = value.node.as_str().filter(|_| matches!(value.kind, "String" | "Uri"))?;
    let length = text.chars().count();
    let number = |node: Node<'_>| -> Option<usize> { node.as_number()?.parse().ok() };
    if let Some(most) = definition.get("maxLength").and_then(number).filter(|most| length > *most) {
        return Some(format!("the answer has {length} characters: expected at most {most}"));
    }
    let least = Value::of_extension(definition, MIN_LENGTH).and_then(|least| number(least.node))?;
    (length < least).then(|| format!("the answer has {length} characters: expected at least {least}"))
}

fn decimal_places_problem(definition: Node<'_>, value: &Value<'_>) -> Option<String> {
    let most: usize = Value::of_extension(definition, DECIMAL_PLACES)?.node.as_number()?.parse().ok()?;
    let number = match value.kind {
        "Quantity" => value.node.get("value")?.as_number()?,
        _ => value.node.as_number()?,
    };
    let places = number.split_once('.').map_or(0, |(_, places)| places.len());
    (places > most).then(|| format!("{number} has {places} decimal places: expected at most {most}"))
}
