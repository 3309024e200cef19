//! What was found in a file, with the places where it stands.

use fhir_model::path::locate;
use fhir_model::types::TypeModel;
use fhir_model::xml::{self, XmlError};
use fhir_model::{Document, Issue, IssueType, Position, Severity};

use crate::cli::source::{Format, Source};
use crate::interactions::validation::Validation;

/// How severe a finding is, the most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// The resource is not valid.
    Error,
    /// Something to look at.
    Warning,
    /// For information.
    Information,
}

impl Level {
    /// The level of that name.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "error" => Self::Error,
            "information" => Self::Information,
            _ => Self::Warning,
        }
    }

    fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Fatal | Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Information => Self::Information,
        }
    }
}

/// One finding.
pub(super) struct Finding {
    pub(super) level: Level,
    pub(super) issue: Issue,
    /// Where it stands in the file.
    pub(super) place: Position,
}

/// All findings in a file.
pub(super) struct Findings {
    /// The file as it was named.
    pub(super) file: String,
    /// Its text, for showing the lines; empty if it could not be read.
    pub(super) text: String,
    pub(super) resources: usize,
    pub(super) all: Vec<Finding>,
}

impl Findings {
    /// Checks a file; findings less severe than `level` are left out.
    pub(super) fn of(
        source: &Source,
        validation: &Validation,
        types: &TypeModel,
        profiles: &[&str],
        level: Level,
    ) -> Self {
        let mut findings =
            Self { file: source.to_string(), text: String::new(), resources: 0, all: Vec::new() };
        let text = source.read().map_err(|error| error.to_string());
        match text.and_then(|bytes| String::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned()))
        {
            Ok(text) => findings.text = text,
            Err(error) => findings.fail(&error, Position::START),
        }
        match source.format {
            Format::Ndjson => {
                let text = std::mem::take(&mut findings.text);
                for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                    findings.check_json(line, number as u32, validation, profiles, level);
                }
                findings.text = text;
            }
            Format::Json if !findings.text.is_empty() => {
                let text = std::mem::take(&mut findings.text);
                findings.check_json(&text, 0, validation, profiles, level);
                findings.text = text;
            }
            Format::Xml if !findings.text.is_empty() => {
                findings.check_xml(types, validation, profiles, level)
            }
            Format::Json | Format::Xml => {}
        }
        findings.all.sort_by_key(|finding| (finding.place, finding.level));
        findings
    }

    /// How many findings have that level.
    pub(super) fn count(&self, level: Level) -> usize {
        self.all.iter().filter(|finding| finding.level == level).count()
    }

    fn fail(&mut self, message: &str, place: Position) {
        self.all.push(Finding {
            level: Level::Error,
            issue: Issue::error(IssueType::Structure, message),
            place,
        });
    }

    fn check_json(
        &mut self,
        text: &str,
        lines_before: u32,
        validation: &Validation,
        profiles: &[&str],
        level: Level,
    ) {
        self.resources += 1;
        match Document::parse(text) {
            Ok(document) => self.check(&document, lines_before, validation, profiles, level),
            Err(error) => {
                let place = Position { line: error.line as u32 + lines_before, column: error.column as u32 };
                self.fail(&format!("not JSON: {}", error.message), place);
            }
        }
    }

    fn check_xml(&mut self, types: &TypeModel, validation: &Validation, profiles: &[&str], level: Level) {
        self.resources += 1;
        match xml::to_document(&self.text, types, xml::Limits::default()) {
            Ok(read) => {
                for problem in &read.problems {
                    self.fail(&problem.to_string(), problem.position);
                }
                self.check(&read.document, 0, validation, profiles, level);
            }
            Err(error) => {
                let place = match error {
                    XmlError::Malformed { position, .. } => position,
                    _ => Position::START,
                };
                self.fail(&format!("not FHIR XML: {error}"), place);
            }
        }
    }

    fn check(
        &mut self,
        document: &Document,
        lines_before: u32,
        validation: &Validation,
        profiles: &[&str],
        least: Level,
    ) {
        for issue in validation.issues(document.root(), profiles) {
            let level = Level::of_severity(issue.severity);
            if level > least {
                continue;
            }
            let node = issue.expression.first().map(|expression| locate(document.root(), expression).index());
            let mut place = document.position(node.unwrap_or(0));
            place.line += lines_before;
            self.all.push(Finding { level, issue, place });
        }
    }
}
