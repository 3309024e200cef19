//! From what was found wrong to issues that a client can act on: where (FHIRPath), what was found, what was expected.

mod explain;
mod locate;
mod path;
mod similar;

use fhir_model::{Issue, IssueType};

pub(crate) use explain::explain;
pub(crate) use fhir_model::outcome::shortened;
pub(crate) use path::{Path, Step};
pub(crate) use similar::similar;

/// Errors beyond this number are only counted, and so are other issues: many warnings hide no error.
const MOST_ISSUES: usize = 50;

/// The issues of one resource.
#[derive(Default)]
pub(crate) struct Report {
    issues: Vec<Found>,
    left_out: usize,
}

/// An issue, and the profile that asks for what was not found.
struct Found {
    issue: Issue,
    profile: Option<Box<str>>,
}

impl Report {
    /// Adds an issue.
    pub(crate) fn add(&mut self, issue: Issue) {
        self.add_from(issue, None);
    }

    /// Adds an issue that a profile found, unless another profile has found the same.
    pub(crate) fn add_from(&mut self, issue: Issue, profile: Option<&str>) {
        if self.issues.iter().any(|found| found.issue == issue) {
            return;
        }
        let alike = self.issues.iter().filter(|found| found.issue.is_error() == issue.is_error()).count();
        if alike < MOST_ISSUES {
            self.issues.push(Found { issue, profile: profile.map(Into::into) });
        } else {
            self.left_out += 1;
        }
    }

    /// The first error.
    pub(crate) fn first_error(&self) -> Option<&Issue> {
        self.issues.iter().map(|found| &found.issue).find(|issue| issue.is_error())
    }

    pub(crate) fn finish(self) -> Vec<Issue> {
        let mut issues: Vec<Issue> = self.issues.into_iter().map(Found::finish).collect();
        if self.left_out > 0 {
            let note = format!("{} more issues were found and are not listed", self.left_out);
            issues.push(Issue::information(IssueType::Informational, note));
        }
        issues
    }
}

impl Found {
    fn finish(self) -> Issue {
        let Self { mut issue, profile } = self;
        if let Some(profile) = profile {
            issue.diagnostics.push_str(" (profile ");
            issue.diagnostics.push_str(&profile);
            issue.diagnostics.push(')');
        }
        issue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issues_beyond_the_limit_are_counted() {
        let mut report = Report::default();
        for number in 0..MOST_ISSUES + 3 {
            report.add(Issue::error(IssueType::Value, format!("bad {number}")));
        }
        let issues = report.finish();
        assert_eq!(issues.len(), MOST_ISSUES + 1);
        assert_eq!(issues[MOST_ISSUES].diagnostics, "3 more issues were found and are not listed");
    }
}
