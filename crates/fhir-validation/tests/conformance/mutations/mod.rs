//! Each machine-checkable rule of Patient, CarePlan, ServiceRequest and Encounter (base and UK Core) broken on its
//! own in an instance that meets all of them: the rule must be reported, at its place, and nothing else.
//!
//! The mutations are generated from the snapshots ([`generate`]); those of invariants are listed ([`invariants`]).
//! `conformance-tests/expectations/mutations.md` lists what is not seen exactly, each with its reason.

mod generate;
mod invariants;

use std::collections::{BTreeMap, BTreeSet};

use fhir_model::{Document, Issue};
use serde_json::Value;

use crate::engine::Engine;
use crate::expectations::Expectations;
use generate::Generator;

/// A resource with one rule broken.
pub(crate) struct Mutation {
    /// The element and what was done to it.
    pub(crate) name: String,
    pub(crate) resource: Value,
    /// Ids of the rules of which one is expected.
    pub(crate) rules: Vec<&'static str>,
    /// FHIRPath of the element at which (or at whose parent) the issue is expected.
    pub(crate) at: String,
}

const INSTANCES: [(&str, &str); 4] = [
    ("UKCore-Patient", include_str!("instances/patient.json")),
    ("UKCore-CarePlan", include_str!("instances/care_plan.json")),
    ("UKCore-ServiceRequest", include_str!("instances/service_request.json")),
    ("UKCore-Encounter", include_str!("instances/encounter.json")),
];

#[test]
fn the_unbroken_instances_are_valid() {
    for (profile, json) in INSTANCES {
        let errors: Vec<String> = errors(json).iter().map(describe).collect();
        assert!(errors.is_empty(), "{profile}: {errors:#?}");
    }
}

#[test]
fn exactly_the_broken_rule_is_reported() {
    let mut differences = BTreeMap::new();
    for (profile, json) in INSTANCES {
        let instance: Value = serde_json::from_str(json).unwrap();
        let mut mutations = Generator::new(&Engine::embedded().registry, &instance).mutations(profile);
        mutations.extend(invariants::mutations(&instance));
        let (mut exact, mut with_others, mut missed) = (0, 0, 0);
        for mutation in &mutations {
            match outcome(mutation) {
                Ok(()) => exact += 1,
                Err((is_seen, what)) => {
                    *(if is_seen { &mut with_others } else { &mut missed }) += 1;
                    differences.insert(mutation.name.clone(), what);
                }
            }
        }
        println!(
            "mutations of {profile}: {} rules broken, {exact} reported exactly, {with_others} with further errors, \
             {missed} missed",
            mutations.len()
        );
    }
    Expectations::read("mutations.md").assert_exactly(&differences);
}

/// `Err` has whether the rule was reported, and what was reported.
fn outcome(mutation: &Mutation) -> Result<(), (bool, String)> {
    let issues = issues(&mutation.resource.to_string());
    let is_expected = |issue: &&Issue| {
        let rule = issue.rule.as_deref().unwrap_or("-");
        let is_near = |expression: &String| are_near(expression, &mutation.at);
        mutation.rules.contains(&rule) && issue.expression.iter().any(is_near)
    };
    let is_seen = issues.iter().any(|issue| is_expected(&issue));
    let others: BTreeSet<String> =
        issues.iter().filter(|issue| issue.is_error() && !is_expected(issue)).map(describe).collect();
    if is_seen && others.is_empty() {
        return Ok(());
    }
    let others: Vec<String> = others.into_iter().collect();
    let seen = if is_seen { "also" } else { "missed; instead" };
    Err((is_seen, format!("{} at {}: {seen} {}", mutation.rules.join("/"), mutation.at, others.join("; "))))
}

fn issues(json: &str) -> Vec<Issue> {
    let resource = Document::parse(json).unwrap();
    Engine::embedded().validate(&resource, &[], &[])
}

fn errors(json: &str) -> Vec<Issue> {
    issues(json).into_iter().filter(Issue::is_error).collect()
}

fn describe(issue: &Issue) -> String {
    format!("[{}] {issue}", issue.rule.as_deref().unwrap_or("-"))
}

/// Whether one of two expressions is the other or leads to it.
fn are_near(one: &str, other: &str) -> bool {
    let leads_to = |short: &str, long: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    leads_to(one, other) || leads_to(other, one)
}
