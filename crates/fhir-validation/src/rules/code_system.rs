//! Code systems hang together.
//!
//! # What it checks
//!
//! * `code-system-property`: the properties that concepts use are declared in `CodeSystem.property` (a warning).
//! * `code-system-parent`: `parent` and `child` properties of a complete code system name codes that it has.
//! * `code-system-count`: `count` is the number of concepts of a complete code system (a warning).
//! * `code-system-supplements`: a supplement says which code system it supplements.
//!
//! (That codes are unique is said by the constraint csd-1.)
//!
//! # Why
//!
//! Value sets filter by properties and hierarchy. A parent that does not exist takes its children out of every such
//! value set.
//!
//! # Example
//!
//! `{"code": "parent", "valueCode": "X"}` without a concept X: reported at `CodeSystem.concept[0].property[0]`.
//!
//! # Specification
//!
//! R4 CodeSystem (4.8): property, count, content, supplements.

use std::collections::HashSet;

use fhir_model::{Issue, IssueType, Node};

use crate::report::{Path, Report, Step, shortened};

/// A code system and what it declares.
struct System<'a> {
    codes: HashSet<&'a str>,
    properties: HashSet<&'a str>,
    is_complete: bool,
}

pub(super) fn check(resource: Node<'_>, path: &Path<'_>, report: &mut Report) {
    let content = resource.get_str("content");
    let properties = resource.get("property").into_iter().flat_map(Node::items);
    let mut system = System {
        codes: HashSet::new(),
        properties: properties.filter_map(|property| property.get_str("code")).collect(),
        is_complete: content == Some("complete"),
    };
    let count = collect(resource, &mut system.codes);
    check_concepts(resource, &system, path, report);
    let declared: Option<usize> =
        resource.get("count").and_then(Node::as_number).and_then(|it| it.parse().ok());
    if let Some(declared) = declared.filter(|declared| system.is_complete && *declared != count) {
        let text = format!("the code system has {count} concepts, and its count is {declared}");
        let place = path.then(Step::Element("count")).to_string();
        report.add(Issue::warning(IssueType::BusinessRule, text).rule("code-system-count").at(place));
    }
    if content == Some("supplement") && resource.get("supplements").is_none() {
        let text = "a supplement has to name the code system that it supplements";
        let issue = Issue::error(IssueType::Required, text).rule("code-system-supplements");
        report.add(issue.at(path.to_string()));
    }
}

/// Adds all codes, and returns how many concepts there are.
fn collect<'a>(holder: Node<'a>, codes: &mut HashSet<&'a str>) -> usize {
    let concepts = holder.get("concept").into_iter().flat_map(Node::items);
    concepts
        .map(|concept| {
            codes.extend(concept.get_str("code"));
            1 + collect(concept, codes)
        })
        .sum()
}

fn check_concepts(holder: Node<'_>, system: &System<'_>, path: &Path<'_>, report: &mut Report) {
    let path = path.then(Step::Element("concept"));
    for (position, concept) in holder.get("concept").into_iter().flat_map(Node::items).enumerate() {
        let path = path.then(Step::Item(position));
        let properties = path.then(Step::Element("property"));
        for (position, property) in concept.get("property").into_iter().flat_map(Node::items).enumerate() {
            if let Some(issue) = problem(property, system) {
                report.add(issue.at(properties.then(Step::Item(position)).to_string()));
            }
        }
        check_concepts(concept, system, &path, report);
    }
}

fn problem(property: Node<'_>, system: &System<'_>) -> Option<Issue> {
    let name = property.get_str("code")?;
    if matches!(name, "parent" | "child") && system.is_complete {
        let code = property.get_str("valueCode").filter(|code| !system.codes.contains(code))?;
        let text = format!("the {name} \"{}\" is not a code of the system", shortened(code));
        return Some(Issue::error(IssueType::CodeInvalid, text).rule("code-system-parent"));
    }
    if system.properties.contains(name) {
        return None;
    }
    let text = format!("the property \"{}\" is not declared by the code system", shortened(name));
    Some(Issue::warning(IssueType::BusinessRule, text).rule("code-system-property"))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{Check, check};

    #[test]
    fn properties_counts_and_parents_fit() {
        let system = |count: u8, property: &str| {
            format!(
                r#"{{"resourceType":"CodeSystem","content":"complete","count":{count},"property":[{{"code":"parent"}}],
                "concept":[{{"code":"a","property":[{property}],"concept":[{{"code":"b"}}]}}]}}"#
            )
        };
        check(&[
            Check { json: &system(2, r#"{"code":"parent","valueCode":"b"}"#), found: &[] },
            Check {
                json: &system(2, r#"{"code":"parent","valueCode":"c"}"#),
                found: &["code-system-parent error CodeSystem.concept[0].property[0]"],
            },
            Check {
                json: &system(3, r#"{"code":"colour","valueCode":"c"}"#),
                found: &[
                    "code-system-count warning CodeSystem.count",
                    "code-system-property warning CodeSystem.concept[0].property[0]",
                ],
            },
            Check {
                json: r#"{"resourceType":"CodeSystem","content":"supplement"}"#,
                found: &["code-system-supplements error CodeSystem"],
            },
        ]);
    }
}
