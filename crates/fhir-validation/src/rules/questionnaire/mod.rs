//! The conditions of a questionnaire ask questions that it has.
//!
//! # What it checks
//!
//! * `enable-when-question`: `enableWhen.question` is the linkId of another item of the questionnaire.
//! * `enable-when-answer`: the answer that a condition compares with has a type that the question's answers have.
//! * `enable-when-order`: the operators `<`, `>`, `<=` and `>=` stand at questions whose answers have an order.
//!
//! (That linkIds are unique, and which elements go with which item type, is said by the constraints que-1 to que-13.)
//!
//! # Why
//!
//! A condition on a question that does not exist, or with an answer that nobody can give, hides its item for ever, or
//! never.
//!
//! # Example
//!
//! `{"question": "q9", "operator": "=", "answerBoolean": true}` without an item `q9`: reported at
//! `Questionnaire.item[1].enableWhen[0].question`.
//!
//! # Specification
//!
//! R4 Questionnaire.item.enableWhen; QuestionnaireItemOperator.

pub(super) mod value;

use std::collections::HashMap;

use fhir_model::{Issue, IssueType, Node};

use crate::report::{Path, Report, Step, shortened};
use value::{Value, kinds_of_item};

pub(super) fn check(questionnaire: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let mut items = HashMap::new();
    collect(questionnaire, &mut items);
    check_items(questionnaire, &items, path, report);
}

fn collect<'a>(holder: Node<'a>, items: &mut HashMap<&'a str, Node<'a>>) {
    for item in holder.get("item").into_iter().flat_map(Node::items) {
        if let Some(link_id) = item.get_str("linkId") {
            items.entry(link_id).or_insert(item);
        }
        collect(item, items);
    }
}

fn check_items(holder: Node<'_>, items: &HashMap<&str, Node<'_>>, path: &Path<'_>, report: &mut Report) {
    let path = path.then(Step::Element("item"));
    for (position, item) in holder.get("item").into_iter().flat_map(Node::items).enumerate() {
        let path = path.then(Step::Item(position));
        let conditions = path.then(Step::Element("enableWhen"));
        for (position, condition) in item.get("enableWhen").into_iter().flat_map(Node::items).enumerate() {
            check_condition(item, condition, items, &conditions.then(Step::Item(position)), report);
        }
        check_items(item, items, &path, report);
    }
}

fn check_condition(
    item: Node<'_>,
    condition: Node<'_>,
    items: &HashMap<&str, Node<'_>>,
    path: &Path<'_>,
    report: &mut Report,
) {
    let Some(link_id) = condition.get_str("question") else { return };
    let mut error = |rule: &str, element: &str, text: String| {
        let place = path.then(Step::Element(element)).to_string();
        report.add(Issue::error(IssueType::BusinessRule, text).rule(rule).at(place));
    };
    let shown = shortened(link_id);
    let question = items.get(link_id).filter(|_| item.get_str("linkId") != Some(link_id));
    let Some(question) = question else {
        let text =
            format!("\"{shown}\" is no other item of the questionnaire: expected the linkId of a question");
        error("enable-when-question", "question", text);
        return;
    };
    let operator = condition.get_str("operator").unwrap_or_default();
    let Some(answer) = Value::of(condition, "answer").filter(|_| operator != "exists") else { return };
    let kinds = kinds_of_item(*question);
    if !kinds.is_empty() && !kinds.contains(&answer.kind) {
        let text = format!(
            "the condition compares with a {}, and answers of \"{shown}\" are of the type {}",
            answer.kind,
            kinds.join(" or ")
        );
        error("enable-when-answer", "answer", text);
    }
    let has_order = !matches!(answer.kind, "Boolean" | "Coding" | "Reference");
    if matches!(operator, "<" | ">" | "<=" | ">=") && !has_order {
        let text = format!("{operator} compares a {}, which has no order: expected = or !=", answer.kind);
        error("enable-when-order", "operator", text);
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn conditions_ask_questions_that_exist() {
        let questionnaire = |condition: &str| {
            format!(
                r#"{{"resourceType":"Questionnaire","item":[{{"linkId":"q1","type":"boolean"}},
                {{"linkId":"g","type":"group","item":[{{"linkId":"q2","type":"string","enableWhen":[{{{condition}}}]}}]}}]}}"#
            )
        };
        let place = "Questionnaire.item[1].item[0].enableWhen[0]";
        check(&[
            Check {
                json: &questionnaire(r#""question":"q1","operator":"=","answerBoolean":true"#),
                found: &[],
            },
            Check {
                json: &questionnaire(r#""question":"q1","operator":"exists","answerBoolean":true"#),
                found: &[],
            },
            Check {
                json: &questionnaire(r#""question":"q9","operator":"=","answerBoolean":true"#),
                found: &[&format!("enable-when-question error {place}.question")],
            },
            Check {
                json: &questionnaire(r#""question":"q2","operator":"=","answerString":"a""#),
                found: &[&format!("enable-when-question error {place}.question")],
            },
            Check {
                json: &questionnaire(r#""question":"q1","operator":"=","answerString":"a""#),
                found: &[&format!("enable-when-answer error {place}.answer")],
            },
            Check {
                json: &questionnaire(r#""question":"q1","operator":">","answerBoolean":true"#),
                found: &[&format!("enable-when-order error {place}.operator")],
            },
        ]);
    }
}
