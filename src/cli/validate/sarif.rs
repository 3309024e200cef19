//! Findings as SARIF 2.1.0, which code hosts show beside the lines.

use serde_json::{Value, json};

use super::findings::{Finding, Findings, Level};

/// The report as one JSON text.
pub(super) fn report(all: &[Findings]) -> String {
    let results: Vec<Value> = all
        .iter()
        .flat_map(|findings| findings.all.iter().map(|finding| result(&findings.file, finding)))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "westway", "version": env!("CARGO_PKG_VERSION") } },
            "results": results,
        }],
    })
    .to_string()
}

fn result(file: &str, finding: &Finding) -> Value {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Information => "note",
    };
    json!({
        "ruleId": finding.issue.rule.as_deref().unwrap_or(finding.issue.code.code()),
        "level": level,
        "message": { "text": finding.issue.diagnostics },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": file },
                "region": { "startLine": finding.place.line, "startColumn": finding.place.column },
            },
            "logicalLocations": finding.issue.expression.iter().map(|path| json!({ "fullyQualifiedName": path })).collect::<Vec<_>>(),
        }],
    })
}
