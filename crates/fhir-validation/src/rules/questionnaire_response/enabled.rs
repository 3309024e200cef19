//! Whether the other answers enable an item (R4 Questionnaire.item.enableWhen).

use std::cmp::Ordering;

use fhir_model::Node;
use fhirpath::{Context, Element, Expression};

use super::Form;
use crate::rules::questionnaire::value::Value;

/// Extensions with a FHIRPath expression on the response that enables the item.
const EXPRESSIONS: [&str; 2] = [
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
    "http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen",
];

/// Steps of one expression: a questionnaire can have one at every item.
const MOST_STEPS: u32 = 50_000;

/// Whether an item is enabled. Items without conditions are; so are those with an expression that cannot be evaluated.
pub(super) fn is_enabled(form: &Form<'_, '_>, definition: Node<'_>) -> bool {
    if let Some(expression) = EXPRESSIONS.iter().find_map(|url| Value::of_extension(definition, url)) {
        let text = expression.node.as_str().or_else(|| expression.node.get_str("expression"));
        return text.and_then(|text| holds(form, text)).unwrap_or(true);
    }
    let Some(conditions) = definition.get("enableWhen").filter(|conditions| !conditions.is_empty()) else {
        return true;
    };
    let mut conditions = conditions.items();
    match definition.get_str("enableBehavior") {
        Some("any") => conditions.any(|condition| is_met(form, condition)),
        _ => conditions.all(|condition| is_met(form, condition)),
    }
}

/// Whether an expression is true of the response; empty is false. `None` where it cannot be told.
fn holds(form: &Form<'_, '_>, text: &str) -> Option<bool> {
    let types = form.context.registry.types();
    let expression = Expression::compile(text, types, types.id("QuestionnaireResponse")).ok()?;
    let context = Context { max_steps: MOST_STEPS, ..Context::new(types, form.response) };
    let response = Element::resource(types, form.response)?;
    Some(expression.test(&context, response).ok()?.unwrap_or(false))
}

fn is_met(form: &Form<'_, '_>, condition: Node<'_>) -> bool {
    let question = condition.get_str("question").unwrap_or_default();
    let answers = form.answers.get(question).map_or(&[][..], Vec::as_slice);
    let Some(expected) = Value::of(condition, "answer") else { return true };
    let any = |accepted: &[Ordering]| {
        answers.iter().any(|answer| answer.order(&expected).is_some_and(|found| accepted.contains(&found)))
    };
    match condition.get_str("operator") {
        Some("exists") => expected.node.as_bool() == Some(!answers.is_empty()),
        Some("=") => answers.iter().any(|answer| answer.is_same(&expected)),
        Some("!=") => !answers.iter().any(|answer| answer.is_same(&expected)),
        Some(">") => any(&[Ordering::Greater]),
        Some("<") => any(&[Ordering::Less]),
        Some(">=") => any(&[Ordering::Greater, Ordering::Equal]),
        Some("<=") => any(&[Ordering::Less, Ordering::Equal]),
        _ => true,
    }
}
