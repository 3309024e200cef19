//! Answers are among the options of their question.
//!
//! # What it checks
//!
//! * `response-option`: where the item lists `answerOption`s, the answer is one of them; for `open-choice`, it may also
//!   be a text.
//! * `response-option-exclusive`: an option marked as exclusive (extension `questionnaire-optionExclusive`) is the only
//!   answer.
//!
//! # Why
//!
//! Options are the words that whoever evaluates the responses knows.
//!
//! # Example
//!
//! `valueTime` 09:00:00 where 10:00:00 and 11:00:00 are offered: reported at
//! `QuestionnaireResponse.item[0].answer[1].value`.
//!
//! # Specification
//!
//! R4 Questionnaire.item.answerOption.

use fhir_model::{Issue, IssueType, Node};

use crate::report::{Path, Report};
use crate::rules::questionnaire::value::{Value, options};

const EXCLUSIVE: &str = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive";

pub(super) fn check(definition: Node<'_>, value: &Value<'_>, path: &Path<'_>, report: &mut Report) {
    let is_open = definition.get_str("type") == Some("open-choice") && value.kind == "String";
    let mut offered = options(definition).peekable();
    if is_open || offered.peek().is_none() || offered.any(|option| option.is_same(value)) {
        return;
    }
    let text = "the answer is not among the options of the question";
    report.add(Issue::error(IssueType::CodeInvalid, text).rule("response-option").at(path.to_string()));
}

/// Looks at an answer that is one of `count`.
pub(super) fn check_exclusive(
    definition: Node<'_>,
    value: &Value<'_>,
    count: usize,
    path: &Path<'_>,
    report: &mut Report,
) {
    if count < 2 {
        return;
    }
    let mut offered = definition.get("answerOption").into_iter().flat_map(Node::items);
    let is_exclusive = |option: Node<'_>| {
        let marked =
            Value::of_extension(option, EXCLUSIVE).and_then(|mark| mark.node.as_bool()) == Some(true);
        marked && Value::of(option, "value").is_some_and(|option| option.is_same(value))
    };
    if offered.any(is_exclusive) {
        let text = "the option excludes all others: expected no other answer beside it";
        let issue = Issue::error(IssueType::BusinessRule, text).rule("response-option-exclusive");
        report.add(issue.at(path.to_string()));
    }
}
