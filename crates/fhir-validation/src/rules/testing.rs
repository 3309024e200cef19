//! Runs the rules over a resource, for their tests.

use std::sync::{LazyLock, OnceLock};

use fhir_definitions::Registry;
use fhir_model::{Document, Issue};

use super::{Mode, NhsRules, RuleContext};
use crate::report::{Path, Report};
use crate::shape::Shapes;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());
static SHAPES: OnceLock<Shapes> = OnceLock::new();

/// A resource, and what the rules find in it.
pub(super) struct Check<'c> {
    pub(super) json: &'c str,
    /// `rule severity expression`, in alphabetical order.
    pub(super) found: &'c [&'c str],
}

/// Fails where the rules find something else than a check says.
pub(super) fn check(checks: &[Check<'_>]) {
    for check in checks {
        assert_eq!(with_rules(check.json, &NhsRules::default()), check.found, "in {}", check.json);
    }
}

/// What is found with these rules of the NHS.
pub(super) fn with_rules(json: &str, rules: &NhsRules) -> Vec<String> {
    run(json, rules, Mode::Warn, None)
}

/// What is found where the resource `outside` can be resolved by its url.
pub(super) fn with_outside(json: &str, outside: &str) -> Vec<String> {
    run(json, &NhsRules::default(), Mode::Warn, Some(outside))
}

/// What is found with a mode for HTML in strings.
pub(super) fn with_html(json: &str, html: Mode) -> Vec<String> {
    run(json, &NhsRules::default(), html, None)
}

fn run(json: &str, nhs: &NhsRules, html_in_strings: Mode, outside: Option<&str>) -> Vec<String> {
    let document = Document::parse(json).unwrap();
    let outside = outside.map(|json| Document::parse(json).unwrap());
    let root = outside.as_ref().map(Document::root);
    let resolve = |url: &str| root.filter(|root| root.get_str("url") == Some(url));
    let shapes = SHAPES.get_or_init(|| Shapes::new(REGISTRY.types()));
    let context =
        RuleContext { registry: &REGISTRY, shapes, nhs, html_in_strings, container: None, resolve: &resolve };
    let mut report = Report::default();
    let resource = document.root();
    super::check(&context, resource, &Path::root(resource.resource_type().unwrap()), &mut report);
    let mut found: Vec<String> = report.finish().iter().map(line).collect();
    found.sort();
    found
}

fn line(issue: &Issue) -> String {
    let rule = issue.rule.as_deref().unwrap_or("(no rule)");
    format!("{rule} {} {}", issue.severity.code(), issue.expression.join(", "))
}
