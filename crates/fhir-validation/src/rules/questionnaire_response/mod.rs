//! A response is checked against its questionnaire.
//!
//! # What it checks
//!
//! * `questionnaire-known`: the questionnaire is found: contained, in the same bundle, or among the definitions at
//!   hand. A warning, since nothing else about the response can be checked without it.
//! * `questionnaire-period`: the response was authored while the questionnaire was in effect (a warning).
//!
//! # Why
//!
//! Without the questionnaire, nobody knows what was asked. Outside of its period, the questions may have been others.
//!
//! # Example
//!
//! `authored` 2021-12-12 for a questionnaire in effect until 2021-12-11: reported at `QuestionnaireResponse.authored`.
//!
//! # Specification
//!
//! R4 QuestionnaireResponse.questionnaire; Questionnaire.effectivePeriod.

mod answers;
mod bounds;
mod enabled;
mod items;
mod options;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::HashMap;

use fhir_model::{Issue, IssueType, Node};

use super::RuleContext;
use super::questionnaire::value::Value;
use crate::report::{Path, Report, Step, shortened};

/// A response with what is known of it.
struct Form<'c, 'a> {
    context: &'c RuleContext<'a>,
    response: Node<'a>,
    /// The answers by the linkId of their item.
    answers: HashMap<&'a str, Vec<Value<'a>>>,
    /// Whether the response claims to be complete.
    is_complete: bool,
}

pub(super) fn check<'a>(context: &RuleContext<'a>, response: Node<'a>, path: &Path<'_>, report: &mut Report) {
    let Some(canonical) = response.get_str("questionnaire") else { return };
    let Some(questionnaire) = find(context, response, canonical) else {
        let text = format!(
            "the questionnaire \"{}\" is not known, so the answers were not checked against it",
            shortened(canonical)
        );
        let place = path.then(Step::Element("questionnaire")).to_string();
        report.add(Issue::warning(IssueType::NotFound, text).rule("questionnaire-known").at(place));
        return;
    };
    check_period(response, questionnaire, path, report);
    let mut answers = HashMap::new();
    collect(response, &mut answers);
    let is_complete = matches!(response.get_str("status"), Some("completed" | "amended"));
    items::check(&Form { context, response, answers, is_complete }, questionnaire, response, path, report);
}

fn find<'a>(context: &RuleContext<'a>, response: Node<'a>, canonical: &str) -> Option<Node<'a>> {
    let found = match canonical.strip_prefix('#') {
        Some(id) => {
            let contained = context.container.unwrap_or(response).get("contained")?;
            contained.items().find(|resource| resource.get_str("id") == Some(id))
        }
        None => (context.resolve)(canonical),
    };
    found.filter(|resource| resource.resource_type() == Some("Questionnaire"))
}

fn check_period(response: Node<'_>, questionnaire: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let Some(authored) = response.get("authored").map(|node| Value { kind: "DateTime", node }) else {
        return;
    };
    let Some(period) = questionnaire.get("effectivePeriod") else { return };
    for (name, outside, word) in [("start", Ordering::Less, "before"), ("end", Ordering::Greater, "after")] {
        let Some(node) = period.get(name) else { continue };
        if authored.order(&Value { kind: "DateTime", node }) == Some(outside) {
            let limit = node.as_str().unwrap_or_default();
            let text =
                format!("the response was authored {word} the {name} of the questionnaire's period, {limit}");
            let place = path.then(Step::Element("authored")).to_string();
            report.add(Issue::warning(IssueType::BusinessRule, text).rule("questionnaire-period").at(place));
        }
    }
}

fn collect<'a>(holder: Node<'a>, answers: &mut HashMap<&'a str, Vec<Value<'a>>>) {
    for item in holder.get("item").into_iter().flat_map(Node::items) {
        let link_id = item.get_str("linkId").unwrap_or_default();
        for answer in item.get("answer").into_iter().flat_map(Node::items) {
            answers.entry(link_id).or_default().extend(Value::of(answer, "value"));
            collect(answer, answers);
        }
        collect(item, answers);
    }
}
