//! Value sets name codes that exist, and each once.
//!
//! # What it checks
//!
//! * `value-set-code-known`: a code listed in `include` or `exclude` is one of its code system, where that is at hand
//!   and complete (a warning: the value set may mean another version).
//! * `value-set-code-once`: a code is listed once in an `include` or `exclude` (a warning).
//!
//! # Why
//!
//! A mistyped code in a value set makes the right one invalid wherever the value set is bound.
//!
//! # Example
//!
//! `{"system": "http://hl7.org/fhir/administrative-gender", "concept": [{"code": "femal"}]}`: reported at
//! `ValueSet.compose.include[0].concept[0].code`.
//!
//! # Specification
//!
//! R4 ValueSet.compose (4.9.6).

use std::collections::HashSet;

use fhir_model::{Issue, IssueType, Node};

use super::RuleContext;
use crate::report::{Path, Report, Step, shortened};

pub(super) fn check(context: &RuleContext<'_>, resource: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let Some(compose) = resource.get("compose") else { return };
    let path = path.then(Step::Element("compose"));
    for name in ["include", "exclude"] {
        let path = path.then(Step::Element(name));
        for (position, part) in compose.get(name).into_iter().flat_map(Node::items).enumerate() {
            check_part(context, part, &path.then(Step::Item(position)), report);
        }
    }
}

fn check_part(context: &RuleContext<'_>, part: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let Some(concepts) = part.get("concept") else { return };
    let known = part.get_str("system").and_then(|system| codes(context, system));
    let path = path.then(Step::Element("concept"));
    let mut seen = HashSet::new();
    for (position, concept) in concepts.items().enumerate() {
        let Some(code) = concept.get_str("code") else { continue };
        let mut warn = |rule: &str, text: String| {
            let place = format!("{}.code", path.then(Step::Item(position)));
            report.add(Issue::warning(IssueType::CodeInvalid, text).rule(rule).at(place));
        };
        if known.as_ref().is_some_and(|known| !known.contains(code)) {
            warn("value-set-code-known", format!("\"{}\" is not a code of the code system", shortened(code)));
        }
        if !seen.insert(code) {
            warn("value-set-code-once", format!("\"{}\" is listed already", shortened(code)));
        }
    }
}

/// The codes of a code system, if all of them are at hand.
fn codes<'a>(context: &RuleContext<'a>, system: &str) -> Option<HashSet<&'a str>> {
    let system = context.registry.code_system(system)?.root();
    let mut codes = HashSet::new();
    collect(system, &mut codes);
    (system.get_str("content") == Some("complete")).then_some(codes)
}

fn collect<'a>(holder: Node<'a>, codes: &mut HashSet<&'a str>) {
    for concept in holder.get("concept").into_iter().flat_map(Node::items) {
        codes.extend(concept.get_str("code"));
        collect(concept, codes);
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn codes_are_known_and_listed_once() {
        let value_set = |codes: &str| {
            format!(
                r#"{{"resourceType":"ValueSet","compose":{{"include":[
                {{"system":"http://hl7.org/fhir/administrative-gender","concept":[{codes}]}}]}}}}"#
            )
        };
        check(&[
            Check { json: &value_set(r#"{"code":"male"},{"code":"female"}"#), found: &[] },
            Check {
                json: &value_set(r#"{"code":"male"},{"code":"femal"},{"code":"male"}"#),
                found: &[
                    "value-set-code-known warning ValueSet.compose.include[0].concept[1].code",
                    "value-set-code-once warning ValueSet.compose.include[0].concept[2].code",
                ],
            },
        ]);
    }
}
