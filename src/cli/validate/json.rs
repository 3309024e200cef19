//! Findings as JSON: an array with one object a file, each with its OperationOutcome issues.

use serde_json::{Value, json};

use super::findings::{Finding, Findings};

/// The report as one JSON text.
pub(super) fn report(all: &[Findings]) -> String {
    let files: Vec<Value> = all
        .iter()
        .map(|findings| {
            let issues: Vec<Value> = findings.all.iter().map(issue).collect();
            json!({ "file": findings.file, "resources": findings.resources, "issue": issues })
        })
        .collect();
    Value::from(files).to_string()
}

fn issue(finding: &Finding) -> Value {
    let issue = &finding.issue;
    json!({
        "severity": issue.severity.code(),
        "code": issue.code.code(),
        "rule": issue.rule,
        "diagnostics": issue.diagnostics,
        "expression": issue.expression,
        "line": finding.place.line,
        "column": finding.place.column,
    })
}
