//! Answers have the number and type that their question asks for.
//!
//! # What it checks
//!
//! * `response-answer-type`: the type of an answer is that of the item; items of the types group, display and question
//!   have no answers.
//! * `response-answer-count`: a question that does not repeat has one answer; the extensions `questionnaire-minOccurs`
//!   and `questionnaire-maxOccurs` are kept to.
//!
//! # Why
//!
//! Reports and extractions read `valueDecimal` because the question is one for a decimal. A text there is not found.
//!
//! # Example
//!
//! `valueCoding` for a question of the type `string`: reported at `QuestionnaireResponse.item[0].answer[0].value`.
//!
//! # Specification
//!
//! R4 Questionnaire.item.type, Questionnaire.item.repeats.

use fhir_model::{Issue, IssueType, Node};

use super::{bounds, options};
use crate::report::{Path, Report, Step};
use crate::rules::questionnaire::value::{Value, kinds_of_item};

const MIN_OCCURS: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs";
const MAX_OCCURS: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs";

/// Looks at the answers of an item at `path`.
pub(super) fn check(definition: Node<'_>, item: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let Some(answers) = item.get("answer").filter(|answers| !answers.is_empty()) else { return };
    let item_type = definition.get_str("type").unwrap_or_default();
    if matches!(item_type, "group" | "display" | "question") {
        let text = format!("an item of the type {item_type} has answers: expected none");
        report
            .add(Issue::error(IssueType::Structure, text).rule("response-answer-type").at(path.to_string()));
        return;
    }
    check_count(definition, answers.len(), path, report);
    let kinds = kinds_of_item(definition);
    let all = path.then(Step::Element("answer"));
    for (position, answer) in answers.items().enumerate() {
        let Some(value) = Value::of(answer, "value") else { continue };
        let path = all.then(Step::Item(position));
        let value_path = path.then(Step::Element("value"));
        if kinds.is_empty() || kinds.contains(&value.kind) {
            options::check(definition, &value, &value_path, report);
            options::check_exclusive(definition, &value, answers.len(), &path, report);
            bounds::check(definition, &value, &value_path, report);
        } else {
            let text = format!(
                "the answer is a {}: expected {}, since the item is of the type {item_type}",
                value.kind,
                kinds.join(" or ")
            );
            let issue = Issue::error(IssueType::Value, text).rule("response-answer-type");
            report.add(issue.at(value_path.to_string()));
        }
    }
}

fn check_count(definition: Node<'_>, count: usize, path: &Path<'_>, report: &mut Report) {
    let repeats = definition.get("repeats").and_then(Node::as_bool) == Some(true);
    let limit = |url| -> Option<usize> {
        Value::of_extension(definition, url).and_then(|limit| limit.node.as_number()?.parse().ok())
    };
    let (min, max) = (limit(MIN_OCCURS), if repeats { limit(MAX_OCCURS) } else { Some(1) });
    let expected = match (min, max) {
        (_, Some(max)) if count > max => format!("at most {max}"),
        (Some(min), _) if count < min => format!("at least {min}"),
        _ => return,
    };
    let text = format!("the question has {count} answers: expected {expected}");
    report.add(Issue::error(IssueType::Structure, text).rule("response-answer-count").at(path.to_string()));
}
