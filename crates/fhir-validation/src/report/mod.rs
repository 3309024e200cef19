//! From what was found wrong to issues that a client can act on: where (FHIRPath), what was found, what was expected.

mod explain;
mod locate;
mod path;
mod similar;

use fhir_model::{Issue, IssueType};

pub(crate) use explain::explain;
pub(crate) use path::{Path, Step};
pub(crate) use similar::similar;

/// Issues beyond this number are only counted.
const MOST_ISSUES: usize = 50;

/// Characters of a value that a message repeats.
const MOST_CHARACTERS: usize = 60;

/// The issues of one resource.
#[derive(Default)]
pub(crate) struct Report {
    issues: Vec<Issue>,
    left_out: usize,
}

impl Report {
    pub(crate) fn add(&mut self, issue: Issue) {
        if self.issues.len() < MOST_ISSUES {
            self.issues.push(issue);
        } else {
            self.left_out += 1;
        }
    }

    pub(crate) fn finish(mut self) -> Vec<Issue> {
        if self.left_out > 0 {
            let note = format!("{} more issues were found and are not listed", self.left_out);
            self.issues.push(Issue::information(IssueType::Informational, note));
        }
        self.issues
    }
}

/// A text of the client, made short enough to be repeated in a message.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issues_beyond_the_limit_are_counted() {
        let mut report = Report::default();
        for _ in 0..MOST_ISSUES + 3 {
            report.add(Issue::error(IssueType::Value, "bad"));
        }
        let issues = report.finish();
        assert_eq!(issues.len(), MOST_ISSUES + 1);
        assert_eq!(issues[MOST_ISSUES].diagnostics, "3 more issues were found and are not listed");
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"é".repeat(100)), format!("{}...", "é".repeat(MOST_CHARACTERS)));
    }
}
