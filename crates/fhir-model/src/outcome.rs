//! OperationOutcome: the one place where issues become FHIR (R4 OperationOutcome, IssueType, IssueSeverity).

use std::fmt;

use crate::position::Position;
use crate::write::write_string;

/// Where the extensions are defined that tell line and column of an issue.
const STRUCTURE_DEFINITION: &str = "http://hl7.org/fhir/StructureDefinition/";

/// IssueSeverity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The action failed, and nothing else could be checked.
    Fatal,
    /// The action failed, or the content is not valid.
    Error,
    /// It worked, but something should be looked at.
    Warning,
    /// For information only.
    Information,
}

/// IssueType, as far as this server says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the codes of IssueType, defined by the standard")]
pub enum IssueType {
    Invalid,
    Structure,
    Required,
    Value,
    Invariant,
    Security,
    Login,
    Unknown,
    Expired,
    Forbidden,
    Suppressed,
    Processing,
    NotSupported,
    Duplicate,
    MultipleMatches,
    NotFound,
    Deleted,
    TooLong,
    CodeInvalid,
    Extension,
    TooCostly,
    BusinessRule,
    Conflict,
    Transient,
    LockError,
    NoStore,
    Exception,
    Timeout,
    Incomplete,
    Throttled,
    Informational,
}

/// One issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of problem it is.
    pub code: IssueType,
    /// For a human: what was found, and what was expected.
    pub diagnostics: String,
    /// FHIRPath of the elements concerned: `Patient.name[0].given`.
    pub expression: Vec<String>,
    /// Where the element stands in the text that was sent, if that is known.
    pub position: Option<Position>,
    /// Stable id of the validation rule that was broken: `slicing-closed`, or the key of a constraint such as `pat-1`.
    pub rule: Option<Box<str>>,
    /// Stable code of the way in which a request failed, where the issue tells why it did: `not-found`, `version-conflict`.
    pub failure: Option<&'static str>,
}

/// The code system of [`Issue::rule`], as written into `details.coding`.
pub const RULE_SYSTEM: &str = "https://westway.example/CodeSystem/validation-rule";

/// The code system of [`Issue::failure`], as written into `details.coding`.
pub const FAILURE_SYSTEM: &str = "https://westway.example/CodeSystem/failure";

/// A list of issues that becomes an OperationOutcome resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationOutcome {
    /// The issues, the most important first.
    pub issues: Vec<Issue>,
}

impl Severity {
    /// The code of IssueSeverity.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

impl IssueType {
    /// The code of IssueType.
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Structure => "structure",
            Self::Required => "required",
            Self::Value => "value",
            Self::Invariant => "invariant",
            Self::Security => "security",
            Self::Login => "login",
            Self::Unknown => "unknown",
            Self::Expired => "expired",
            Self::Forbidden => "forbidden",
            Self::Suppressed => "suppressed",
            Self::Processing => "processing",
            Self::NotSupported => "not-supported",
            Self::Duplicate => "duplicate",
            Self::MultipleMatches => "multiple-matches",
            Self::NotFound => "not-found",
            Self::Deleted => "deleted",
            Self::TooLong => "too-long",
            Self::CodeInvalid => "code-invalid",
            Self::Extension => "extension",
            Self::TooCostly => "too-costly",
            Self::BusinessRule => "business-rule",
            Self::Conflict => "conflict",
            Self::Transient => "transient",
            Self::LockError => "lock-error",
            Self::NoStore => "no-store",
            Self::Exception => "exception",
            Self::Timeout => "timeout",
            Self::Incomplete => "incomplete",
            Self::Throttled => "throttled",
            Self::Informational => "informational",
        }
    }
}

impl Issue {
    /// An issue of severity error.
    pub fn error(code: IssueType, diagnostics: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            diagnostics: diagnostics.into(),
            expression: Vec::new(),
            position: None,
            rule: None,
            failure: None,
        }
    }

    /// An issue of severity warning.
    pub fn warning(code: IssueType, diagnostics: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, diagnostics) }
    }

    /// An issue of severity information.
    pub fn information(code: IssueType, diagnostics: impl Into<String>) -> Self {
        Self { severity: Severity::Information, ..Self::error(code, diagnostics) }
    }

    /// Adds the FHIRPath of an element concerned.
    #[must_use]
    pub fn at(mut self, expression: impl Into<String>) -> Self {
        self.expression.push(expression.into());
        self
    }

    /// Names the rule that was broken, by its stable id.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<Box<str>>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// Whether the severity is error or fatal.
    pub fn is_error(&self) -> bool {
        self.severity <= Severity::Error
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity.code(), self.diagnostics)?;
        if !self.expression.is_empty() {
            write!(f, " ({})", self.expression.join(", "))?;
        }
        Ok(())
    }
}

impl From<Issue> for OperationOutcome {
    fn from(issue: Issue) -> Self {
        Self { issues: vec![issue] }
    }
}

impl OperationOutcome {
    /// Whether any issue is an error or fatal.
    pub fn has_errors(&self) -> bool {
        self.issues.iter().any(Issue::is_error)
    }

    /// The resource as compact JSON. Without issues it says that all is well, since `issue` is 1..*.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = br#"{"resourceType":"OperationOutcome","issue":["#.to_vec();
        let all_well = [Issue::information(IssueType::Informational, "All OK")];
        let issues = if self.issues.is_empty() { &all_well[..] } else { &self.issues };
        for (position, issue) in issues.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            write_issue(issue, &mut out);
        }
        out.extend_from_slice(b"]}");
        out
    }
}

fn write_issue(issue: &Issue, out: &mut Vec<u8>) {
    out.push(b'{');
    if let Some(Position { line, column }) = issue.position {
        let place = |name: &str, value: u32| {
            format!(
                "{{\"url\":\"{STRUCTURE_DEFINITION}operationoutcome-issue-{name}\",\"valueInteger\":{value}}}"
            )
        };
        let places = format!("\"extension\":[{},{}],", place("line", line), place("col", column));
        out.extend_from_slice(places.as_bytes());
    }
    out.extend_from_slice(b"\"severity\":\"");
    out.extend_from_slice(issue.severity.code().as_bytes());
    out.extend_from_slice(b"\",\"code\":\"");
    out.extend_from_slice(issue.code.code().as_bytes());
    out.push(b'"');
    let rule = issue.rule.as_deref().map(|rule| (RULE_SYSTEM, rule));
    let failure = issue.failure.map(|failure| (FAILURE_SYSTEM, failure));
    let mut separator: &[u8] = b",\"details\":{\"coding\":[{\"system\":";
    for (system, code) in [rule, failure].into_iter().flatten() {
        out.extend_from_slice(separator);
        separator = b",{\"system\":";
        write_string(system, out);
        out.extend_from_slice(b",\"code\":");
        write_string(code, out);
        out.push(b'}');
    }
    if rule.is_some() || failure.is_some() {
        out.extend_from_slice(b"]}");
    }
    if !issue.diagnostics.is_empty() {
        out.extend_from_slice(b",\"diagnostics\":");
        write_string(&issue.diagnostics, out);
    }
    if !issue.expression.is_empty() {
        out.extend_from_slice(b",\"expression\":[");
        for (position, expression) in issue.expression.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            write_string(expression, out);
        }
        out.push(b']');
    }
    out.push(b'}');
}

/// Characters of a value that a message repeats.
const MOST_CHARACTERS: usize = 60;

/// A text of the client, made short enough to be repeated in a message.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_between_characters() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"é".repeat(100)), format!("{}...", "é".repeat(MOST_CHARACTERS)));
    }

    #[test]
    fn line_and_column_are_extensions() {
        let mut issue = Issue::error(IssueType::Value, "x");
        issue.position = Some(Position { line: 3, column: 7 });
        let json = String::from_utf8(OperationOutcome::from(issue).to_json()).unwrap();
        assert!(json.contains(r#"operationoutcome-issue-line","valueInteger":3},{"url""#), "{json}");
        assert!(json.contains(r#"operationoutcome-issue-col","valueInteger":7}],"severity""#), "{json}");
    }

    #[test]
    fn the_rule_is_written_as_a_coding_of_details() {
        let issue =
            Issue::error(IssueType::Invariant, "a name or a telecom").at("Patient.contact[0]").rule("pat-1");
        let json = String::from_utf8(OperationOutcome::from(issue).to_json()).unwrap();
        assert!(json.contains(
            r#""code":"invariant","details":{"coding":[{"system":"https://westway.example/CodeSystem/validation-rule","code":"pat-1"}]},"diagnostics""#
        ));
    }

    #[test]
    fn rule_and_failure_are_both_written() {
        let mut issue = Issue::error(IssueType::Invariant, "x").rule("pat-1");
        issue.failure = Some("unprocessable");
        let json = String::from_utf8(OperationOutcome::from(issue).to_json()).unwrap();
        let both = format!(
            r#""coding":[{{"system":"{RULE_SYSTEM}","code":"pat-1"}},{{"system":"{FAILURE_SYSTEM}","code":"unprocessable"}}]}},"#
        );
        assert!(json.contains(&both), "{json}");
    }
}
