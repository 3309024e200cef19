//! The Bundle of `$match`: which matches are in it, and what the client should know besides.

use fhir_model::write::write_string;
use fhir_model::{Issue, IssueType, OperationOutcome};
use patient_matching::Grade;

use super::{Match, Replaced};
use crate::interactions::search_bundle::resource_members;

/// The extension that tells the grade of a match.
const MATCH_GRADE: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";

/// The answer, as it grows.
#[derive(Default)]
pub(super) struct Answer {
    /// Records that fit, but were replaced by others.
    pub(super) replaced: Vec<Replaced>,
    matches: Vec<Match>,
    /// Matches, those behind the last one wanted included.
    total: usize,
    issues: Vec<Issue>,
}

impl Answer {
    /// Tells the client something.
    pub(super) fn warn(&mut self, code: IssueType, text: impl Into<String>) {
        self.issues.push(Issue::warning(code, text));
    }

    /// Takes the matches that are wanted, the most likely first. If only certain ones are and there are several, which one is meant is
    /// not certain: then none is taken.
    pub(super) fn choose(&mut self, mut matches: Vec<Match>, only_certain: bool, count: usize) {
        if only_certain {
            let all = matches.len();
            matches.retain(|found| found.comparison.grade == Grade::Certain);
            let left_out = all - matches.len();
            if left_out > 0 {
                self.warn(
                    IssueType::Incomplete,
                    format!("{left_out} matches that are not certain were left out"),
                );
            }
            if matches.len() > 1 {
                let text = format!(
                    "{} patients match with certainty, so it is not certain which one is meant",
                    matches.len()
                );
                self.warn(IssueType::MultipleMatches, text);
                matches.clear();
            }
        }
        let order = |a: &Match, b: &Match| b.comparison.score.total_cmp(&a.comparison.score);
        matches.sort_by(|a, b| order(a, b).then_with(|| a.version.id.cmp(&b.version.id)));
        self.total = matches.len();
        matches.truncate(count);
        self.matches = matches;
    }

    /// The Bundle.
    pub(super) fn to_json(&self, base: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024);
        out.extend_from_slice(b"{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":");
        out.extend_from_slice(self.total.to_string().as_bytes());
        out.extend_from_slice(b",\"link\":[{\"relation\":\"self\",\"url\":");
        write_string(&format!("{base}/Patient/$match"), &mut out);
        out.extend_from_slice(b"}]");
        let mut separator: &[u8] = b",\"entry\":[{";
        for found in &self.matches {
            out.extend_from_slice(separator);
            separator = b",{";
            write_match(found, base, &mut out);
        }
        let outcome = self.outcome();
        if !outcome.issues.is_empty() {
            out.extend_from_slice(separator);
            separator = b",{";
            out.extend_from_slice(b"\"resource\":");
            out.extend_from_slice(&outcome.to_json());
            out.extend_from_slice(b",\"search\":{\"mode\":\"outcome\"}}");
        }
        if separator == b",{" {
            out.push(b']');
        }
        out.push(b'}');
        out
    }

    fn outcome(&self) -> OperationOutcome {
        let replaced = self.replaced.iter().map(|record| {
            let text = format!("Patient/{} matches, but was replaced by {}", record.id, record.by.join(", "));
            Issue::warning(IssueType::BusinessRule, text)
        });
        OperationOutcome { issues: self.issues.iter().cloned().chain(replaced).collect() }
    }
}

fn write_match(found: &Match, base: &str, out: &mut Vec<u8>) {
    resource_members(base, &found.version, out);
    let (grade, score) = (found.comparison.grade.code(), score(found.comparison.score));
    let search = format!(
        ",\"search\":{{\"extension\":[{{\"url\":\"{MATCH_GRADE}\",\"valueCode\":\"{grade}\"}}],\"mode\":\"match\",\"score\":{score}}}}}"
    );
    out.extend_from_slice(search.as_bytes());
}

/// A score with six digits behind the point, fewer if the last ones are 0.
fn score(score: f64) -> String {
    let text = format!("{score:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
