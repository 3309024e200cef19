//! The items of a response are those of the questionnaire.
//!
//! # What it checks
//!
//! * `response-item-known`: every item's `linkId` is that of an item at the same place of the questionnaire.
//! * `response-item-once`: an item that does not repeat occurs once.
//! * `response-required`: in a response that is completed or amended, required questions are answered and required
//!   groups present, as far as they are enabled.
//! * `response-enabled`: items that are not enabled have no answers.
//!
//! # Why
//!
//! Answers are found by linkId and place. What stands elsewhere, twice, or was never asked is lost to whoever reads the
//! response with the questionnaire.
//!
//! # Example
//!
//! A required question `q2` without an item in its group: reported at the group, `QuestionnaireResponse.item[0]`.
//!
//! # Specification
//!
//! R4 QuestionnaireResponse, notes on linkId and nesting; Questionnaire.item.required, repeats, enableWhen.

use std::collections::{HashMap, HashSet};

use fhir_model::{Issue, IssueType, Node};

use super::{Form, answers, enabled};
use crate::report::{Path, Report, Step, shortened};

/// Looks at the items in `holder` (a response, item or answer) that `definition` (a questionnaire or item) defines.
pub(super) fn check<'a>(
    form: &Form<'_, 'a>,
    definition: Node<'a>,
    holder: Node<'a>,
    path: &Path<'_>,
    report: &mut Report,
) {
    let definitions = || definition.get("item").into_iter().flat_map(Node::items);
    let known: HashSet<&str> = definitions().filter_map(|definition| definition.get_str("linkId")).collect();
    let mut own: HashMap<&str, Vec<(usize, Node<'a>)>> = HashMap::new();
    let all = path.then(Step::Element("item"));
    for (position, item) in holder.get("item").into_iter().flat_map(Node::items).enumerate() {
        let Some(link_id) = item.get_str("linkId") else { continue };
        if known.contains(link_id) {
            own.entry(link_id).or_default().push((position, item));
        } else {
            let text = format!("the questionnaire has no item \"{}\" at this place", shortened(link_id));
            let place = all.then(Step::Item(position)).to_string();
            report.add(Issue::error(IssueType::Structure, text).rule("response-item-known").at(place));
        }
    }
    for definition in definitions() {
        let Some(link_id) = definition.get_str("linkId") else { continue };
        let own = own.get(link_id).map_or(&[][..], Vec::as_slice);
        check_definition(form, definition, own, path, report);
    }
}

/// Looks at the items of one definition; `path` is that of their holder.
fn check_definition<'a>(
    form: &Form<'_, 'a>,
    definition: Node<'a>,
    own: &[(usize, Node<'a>)],
    path: &Path<'_>,
    report: &mut Report,
) {
    let all = path.then(Step::Element("item"));
    let shown = shortened(definition.get_str("linkId").unwrap_or_default());
    let mut error = |code: IssueType, rule: &str, text: String, place: &Path<'_>| {
        report.add(Issue::error(code, text).rule(rule).at(place.to_string()));
    };
    if !enabled::is_enabled(form, definition) {
        for (position, _) in own.iter().filter(|(_, item)| has_answers(*item)) {
            let text = format!("\"{shown}\" is answered, and is not enabled by the other answers");
            error(IssueType::BusinessRule, "response-enabled", text, &all.then(Step::Item(*position)));
        }
        return;
    }
    let repeats = is_true(definition, "repeats");
    if let (false, Some((position, _))) = (repeats, own.get(1)) {
        let text = format!("an earlier item answers \"{shown}\" too: expected one, since it does not repeat");
        error(IssueType::Structure, "response-item-once", text, &all.then(Step::Item(*position)));
    }
    let is_group = definition.get_str("type") == Some("group");
    let is_given = |item: Node<'_>| is_group || item.get("answer").is_some_and(|answer| !answer.is_empty());
    if form.is_complete && is_true(definition, "required") && !own.iter().any(|(_, item)| is_given(*item)) {
        let text = format!("\"{shown}\" is required, and not answered");
        match own.first() {
            Some((position, _)) => {
                error(IssueType::Required, "response-required", text, &all.then(Step::Item(*position)));
            }
            None => error(IssueType::Required, "response-required", text, path),
        }
    }
    for (position, item) in own {
        let path = all.then(Step::Item(*position));
        answers::check(definition, *item, &path, report);
        if is_group {
            check(form, definition, *item, &path, report);
        }
        let answers_path = path.then(Step::Element("answer"));
        for (position, answer) in item.get("answer").into_iter().flat_map(Node::items).enumerate() {
            check(form, definition, answer, &answers_path.then(Step::Item(position)), report);
        }
    }
}

fn has_answers(item: Node<'_>) -> bool {
    let has_own = item.get("answer").is_some_and(|answers| !answers.is_empty());
    has_own || item.get("item").into_iter().flat_map(Node::items).any(has_answers)
}

fn is_true(node: Node<'_>, name: &str) -> bool {
    node.get(name).and_then(Node::as_bool) == Some(true)
}
