//! The official patch suites for R4 (HL7): FHIRPath Patch, JSON Patch and XML Patch.
//!
//! `known-failures.md` beside this file lists the cases that fail, each with its reason. A failing case that
//! is not listed fails the test, and so does a listed one that passes: the list stays true.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod fhirpath;
mod infoset;
mod json;
mod xml;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A case of a suite, and what went wrong with it.
type Outcome = (String, Result<(), String>);

fn suite_folder() -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("WESTWAY_SHARED").map_or(default, PathBuf::from);
    let folder = shared.join("suites/patch");
    folder.is_dir().then_some(folder)
}

/// Runs the suite in a file, and compares the cases that fail with the list of those that are known to.
fn run(suite: &str, file: &str, cases: impl Fn(&str) -> Vec<Outcome>) {
    let Some(folder) = suite_folder() else {
        assert!(std::env::var_os("CI").is_none(), "the suite is needed in CI");
        println!("SKIPPED {suite} because there is no suites/patch in $WESTWAY_SHARED");
        return;
    };
    let outcomes = cases(&std::fs::read_to_string(folder.join(file)).unwrap());
    let failures: Vec<(&str, &str)> = outcomes
        .iter()
        .filter_map(|(name, outcome)| Some((name.as_str(), outcome.as_ref().err()?.as_str())))
        .collect();
    println!("{suite} suite: {} of {} pass", outcomes.len() - failures.len(), outcomes.len());
    let known = known_failures(suite);
    let unexpected: Vec<_> = failures.iter().filter(|(name, _)| !known.contains(name)).collect();
    let fixed: Vec<_> =
        known.iter().filter(|name| failures.iter().all(|(failure, _)| failure != *name)).collect();
    assert!(!outcomes.is_empty(), "the suite {file} has no cases");
    assert!(unexpected.is_empty(), "failing and not in known-failures.md: {unexpected:#?}");
    assert!(fixed.is_empty(), "no longer failing, so to be taken from known-failures.md: {fixed:?}");
}

/// The cases in the second column of the table, in the rows of a suite.
fn known_failures(suite: &str) -> BTreeSet<&'static str> {
    let rows = include_str!("known-failures.md").lines();
    let rows = rows.filter_map(|line| line.strip_prefix("| ")?.strip_prefix(suite)?.strip_prefix(" | `"));
    rows.filter_map(|row| Some(row.split_once('`')?.0)).collect()
}

/// Whether a result is the expected one; `None` stands for an error.
fn compare(result: Result<String, String>, expected: Option<String>) -> Result<(), String> {
    match (result, expected) {
        (Ok(result), Some(expected)) if result == expected => Ok(()),
        (Ok(result), expected) => Err(format!("{result} instead of {expected:?}")),
        (Err(_), None) => Ok(()),
        (Err(error), Some(_)) => Err(error),
    }
}

#[test]
fn fhirpath_patch() {
    run("FHIRPath Patch", "fhir-patch-tests.xml", fhirpath::cases);
}

#[test]
fn json_patch() {
    run("JSON Patch", "json-patch-tests.json", json::cases);
}

#[test]
fn xml_patch() {
    run("XML Patch", "xml-patch-tests.xml", xml::cases);
}
