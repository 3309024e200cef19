//! What a run found: as text for people, as JSON for programs.

use std::fmt;

use serde_json::{Value, json};

use crate::{Check, Server, Stop};

/// The result of one check.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The check.
    pub check: &'static Check,
    /// Passed, or why not.
    pub outcome: Result<(), Stop>,
}

/// The results of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// The base address of the server.
    pub base: String,
    /// One for each check, in the order in which they ran.
    pub verdicts: Vec<Verdict>,
}

impl Verdict {
    pub(crate) fn of(check: &'static Check, server: &Server) -> Self {
        Self { check, outcome: (check.run)(server) }
    }

    /// `passed`, `failed` or `skipped`.
    pub fn word(&self) -> &'static str {
        match self.outcome {
            Ok(()) => "passed",
            Err(Stop::Failed(_)) => "failed",
            Err(Stop::Skipped(_)) => "skipped",
        }
    }

    fn reason(&self) -> Option<&str> {
        match &self.outcome {
            Ok(()) => None,
            Err(Stop::Failed(reason) | Stop::Skipped(reason)) => Some(reason),
        }
    }
}

impl Report {
    /// Whether no check failed, and at least one passed.
    pub fn is_success(&self) -> bool {
        self.count("failed") == 0 && self.count("passed") > 0
    }

    /// How many verdicts have this word.
    pub fn count(&self, word: &str) -> usize {
        self.verdicts.iter().filter(|verdict| verdict.word() == word).count()
    }

    /// The report as JSON.
    pub fn to_json(&self) -> Value {
        let checks = self.verdicts.iter().map(|verdict| {
            let mut line = json!({
                "name": verdict.check.name,
                "spec": verdict.check.spec,
                "outcome": verdict.word(),
            });
            if let (Some(reason), Some(members)) = (verdict.reason(), line.as_object_mut()) {
                members.insert("reason".into(), reason.into());
            }
            line
        });
        json!({
            "server": self.base,
            "passed": self.count("passed"),
            "failed": self.count("failed"),
            "skipped": self.count("skipped"),
            "checks": checks.collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for verdict in &self.verdicts {
            writeln!(f, "{:<7} {}", verdict.word(), verdict.check.name)?;
            if let Some(reason) = verdict.reason() {
                writeln!(f, "        {reason}\n        {}", verdict.check.spec)?;
            }
        }
        let [passed, failed, skipped] = ["passed", "failed", "skipped"].map(|word| self.count(word));
        write!(f, "{}: {passed} passed, {failed} failed, {skipped} skipped", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECK: Check = Check { name: "a check", spec: "https://example.org", run: |_| Ok(()) };

    fn report(outcomes: Vec<Result<(), Stop>>) -> Report {
        let verdicts = outcomes.into_iter().map(|outcome| Verdict { check: &CHECK, outcome });
        Report { base: "http://localhost/fhir".into(), verdicts: verdicts.collect() }
    }

    #[test]
    fn a_failure_fails_the_run_and_a_skipped_check_does_not() {
        assert!(report(vec![Ok(()), Err(Stop::Skipped("no".into()))]).is_success());
        assert!(!report(vec![Ok(()), Err(Stop::Failed("no".into()))]).is_success());
        assert!(!report(vec![Err(Stop::Skipped("nothing was checked".into()))]).is_success());
    }

    #[test]
    fn both_forms_give_the_reasons() {
        let report = report(vec![Ok(()), Err(Stop::Failed("status 200 was expected".into()))]);
        assert!(report.to_string().contains("status 200 was expected"));
        assert!(report.to_string().ends_with("1 passed, 1 failed, 0 skipped"));
        let json = report.to_json();
        assert_eq!(json["failed"], 1);
        assert_eq!(json["checks"][1]["reason"], "status 200 was expected");
        assert!(json["checks"][0].get("reason").is_none());
    }
}
