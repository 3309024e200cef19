//! Why an interaction failed: the one place where failures become an HTTP status and an OperationOutcome.

use fhir_model::parse::ParseError;
use fhir_model::xml::XmlError;
use fhir_model::{Issue, IssueType, OperationOutcome};
use fhir_patch::PatchError;
use thiserror::Error as ThisError;

use crate::store::StoreError;

/// A failed interaction. The message of each variant is what the client reads.
#[derive(Debug, ThisError)]
#[expect(missing_docs, reason = "the messages say what each variant means")]
pub enum Error {
    #[error("there is no resource type '{0}' in FHIR R4")]
    UnknownType(String),
    #[error("the operation {0} is not supported by this server")]
    UnknownOperation(String),
    #[error("resources of the type {owner} have no compartment; these types have: {owners}")]
    NoCompartment { owner: String, owners: String },
    #[error("the operation {operation} cannot be invoked here; it can at {addresses}")]
    OperationElsewhere { operation: String, addresses: String },
    #[error("'{0}' is no address of the FHIR API")]
    NoSuchPath(String),
    #[error("{verb} is not possible on '{path}'")]
    MethodNotAllowed { verb: &'static str, path: String },
    #[error("'{0}' is not an id: 1 to 64 characters of A-Z, a-z, 0-9, '-' and '.' were expected")]
    BadId(String),
    #[error("there is no {kind} with the id '{id}'")]
    NotFound { kind: String, id: String },
    #[error("{kind}/{id} has no version '{version}'")]
    NoSuchVersion { kind: String, id: String, version: String },
    #[error("{kind}/{id} was deleted")]
    Gone { kind: String, id: String, version: u64 },
    #[error("{kind}/{id} is what this server says of itself: it can be read, but not written")]
    ReadOnly { kind: Box<str>, id: Box<str> },
    #[error("the body is not JSON: {0}")]
    NotJson(#[from] ParseError),
    #[error("the body is not XML: {0}")]
    NotXml(#[from] XmlError),
    #[error("the body is not UTF-8 at byte {0}")]
    NotUtf8(usize),
    #[error("the answer cannot be written in the format asked for: {0}")]
    NotRepresentable(String),
    #[error("a body with a {0} resource is needed")]
    NoBody(String),
    #[error("the body is a {found}, but the address says {expected}")]
    WrongType { expected: String, found: String },
    #[error("the id in the body is {found}, but the address says '{expected}'; they must be the same")]
    WrongId { expected: String, found: String },
    #[error("the resource is not valid")]
    Invalid(Vec<Issue>),
    #[error("the resource does not fulfil the profiles and rules that apply to it")]
    Unprocessable(Vec<Issue>),
    #[error("the search parameter cannot be honoured")]
    BadDefinition { write: usize, issues: Vec<Issue> },
    #[error("there is no job '{0}', or it was cancelled")]
    NoSuchJob(String),
    #[error(
        "the job '{0}' brings search parameters into the index; to stop it, retire or delete their SearchParameters"
    )]
    JobNeeded(String),
    #[error("the request is not valid")]
    BadRequest(Vec<Issue>),
    #[error("{0}")]
    BadParameter(String),
    #[error("the version that was expected is not there: {kind}/{id} {}", at_version(*current))]
    VersionConflict { kind: Box<str>, id: Box<str>, current: u64 },
    #[error("the condition '{condition}' matches more than one {kind}")]
    MultipleMatches { kind: String, condition: String },
    #[error("If-Match does not hold: the condition finds no resource")]
    NoVersion,
    #[error("{kind}/{id} exists already and does not fulfil the condition")]
    IdTaken { kind: Box<str>, id: Box<str> },
    #[error("the condition '{condition}' matches no {kind}")]
    NoMatch { kind: String, condition: String },
    #[error("the conditional reference '{reference}' matches {matches} resources; exactly one was expected")]
    ConditionalReference { reference: String, matches: &'static str },
    #[error("the resources that the conditions look for kept changing; try again")]
    Contention,
    #[error(transparent)]
    Store(StoreError),
    #[error("{verb} {url}: {source}")]
    Entry { index: usize, verb: String, url: String, source: Box<Error> },
    #[error("the media type '{0}' is not supported here; send application/fhir+json or application/fhir+xml")]
    UnsupportedMediaType(String),
    #[error("a search is posted as application/x-www-form-urlencoded, not as '{0}'")]
    NotAForm(String),
    #[error(
        "none of the media types '{0}' can be produced; ask for application/fhir+json, application/fhir+xml or application/fhir+ndjson"
    )]
    NotAcceptable(String),
    #[error("the body is larger than the {0} bytes that this server accepts")]
    TooLarge(usize),
    #[error(transparent)]
    Patch(#[from] PatchError),
    #[error("the server failed; the log has the details under the request id")]
    Internal(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::VersionConflict { kind, id, current } => Self::VersionConflict { kind, id, current },
            other => Self::Store(other),
        }
    }
}

impl Error {
    /// A parameter whose value cannot be used.
    pub fn bad_parameter(name: &str, value: &str, expected: &str) -> Self {
        Self::BadParameter(format!("{name}={value}: {expected} was expected"))
    }

    /// The HTTP status (R4 HTTP 3.1.0.1.5 and the pages of each interaction).
    pub fn status(&self) -> u16 {
        match self {
            Self::UnknownType(_) | Self::UnknownOperation(_) | Self::NoSuchPath(_) => 404,
            Self::NotFound { .. } | Self::NoSuchVersion { .. } => 404,
            Self::NoMatch { .. } | Self::NoSuchJob(_) | Self::NoCompartment { .. } => 404,
            Self::Patch(error) => {
                if error.is_syntax() {
                    400
                } else {
                    422
                }
            }
            Self::MethodNotAllowed { .. } | Self::OperationElsewhere { .. } | Self::ReadOnly { .. } => 405,
            Self::Gone { .. } => 410,
            Self::BadId(_)
            | Self::NotJson(_)
            | Self::NotXml(_)
            | Self::NotUtf8(_)
            | Self::NoBody(_)
            | Self::Invalid(_)
            | Self::BadRequest(_) => 400,
            Self::WrongType { .. } | Self::WrongId { .. } | Self::BadParameter(_) => 400,
            Self::Unprocessable(_) | Self::BadDefinition { .. } => 422,
            Self::VersionConflict { .. }
            | Self::NoVersion
            | Self::MultipleMatches { .. }
            | Self::ConditionalReference { .. } => 412,
            Self::Contention | Self::IdTaken { .. } | Self::JobNeeded(_) => 409,
            Self::Store(error) => store_status(error),
            // The address that was posted to exists, and so does the method: what is missing is in the Bundle.
            Self::Entry { source, .. } => match source.status() {
                404 | 405 | 410 => 400,
                status => status,
            },
            Self::UnsupportedMediaType(_) | Self::NotAForm(_) => 415,
            Self::NotAcceptable(_) | Self::NotRepresentable(_) => 406,
            Self::TooLarge(_) => 413,
            Self::Internal(_) => 500,
        }
    }

    /// The status of the failed request itself, also where it was an entry of a Bundle.
    pub fn own_status(&self) -> u16 {
        match self {
            Self::Entry { source, .. } => source.status(),
            other => other.status(),
        }
    }

    /// What the client gets to read.
    pub fn outcome(&self) -> OperationOutcome {
        match self {
            Self::Invalid(issues)
            | Self::Unprocessable(issues)
            | Self::BadDefinition { issues, .. }
            | Self::BadRequest(issues) => OperationOutcome { issues: issues.clone() },
            Self::Entry { index, verb, url, source } => {
                let mut outcome = source.outcome();
                for issue in &mut outcome.issues {
                    let entry = format!("Bundle.entry[{index}]");
                    issue.diagnostics = format!("{verb} {url}: {}", issue.diagnostics);
                    if !issue.expression.iter().any(|expression| expression.starts_with(&entry)) {
                        issue.expression.insert(0, entry);
                    }
                }
                outcome
            }
            Self::Store(error) => store_issue(error).into(),
            Self::Patch(error) => error.issue().into(),
            other => Issue::error(other.issue_type(), other.to_string()).into(),
        }
    }

    fn issue_type(&self) -> IssueType {
        match self {
            Self::UnknownType(_) | Self::UnknownOperation(_) | Self::NoCompartment { .. } => {
                IssueType::NotSupported
            }
            Self::MethodNotAllowed { .. } => IssueType::NotSupported,
            Self::OperationElsewhere { .. } | Self::ReadOnly { .. } => IssueType::NotSupported,
            Self::NoSuchPath(_)
            | Self::NotFound { .. }
            | Self::NoSuchVersion { .. }
            | Self::NoMatch { .. }
            | Self::NoSuchJob(_) => IssueType::NotFound,
            Self::Gone { .. } => IssueType::Deleted,
            Self::NotJson(_) | Self::NotXml(_) | Self::NotUtf8(_) => IssueType::Structure,
            Self::NoBody(_) => IssueType::Required,
            Self::BadId(_) | Self::BadParameter(_) => IssueType::Value,
            Self::VersionConflict { .. } | Self::NoVersion | Self::IdTaken { .. } => IssueType::Conflict,
            Self::Contention | Self::JobNeeded(_) => IssueType::Conflict,
            Self::MultipleMatches { .. } => IssueType::MultipleMatches,
            Self::ConditionalReference { matches, .. } if *matches == "no" => IssueType::NotFound,
            Self::ConditionalReference { .. } => IssueType::MultipleMatches,
            Self::UnsupportedMediaType(_) | Self::NotAForm(_) | Self::NotAcceptable(_) => {
                IssueType::NotSupported
            }
            Self::TooLarge(_) => IssueType::TooLong,
            Self::Internal(_) => IssueType::Exception,
            _ => IssueType::Invalid,
        }
    }
}

fn at_version(version: u64) -> String {
    if version == 0 { "does not exist".into() } else { format!("is at version {version}") }
}

fn store_status(error: &StoreError) -> u16 {
    match error {
        StoreError::VersionConflict { .. } => 412,
        StoreError::ConditionChanged | StoreError::StaleParameters(_) | StoreError::Referenced { .. } => 409,
        StoreError::DanglingReference { .. } => 422,
        StoreError::BadCursor => 400,
        StoreError::Unavailable(_) | StoreError::NewerSchema { .. } => 503,
        StoreError::Database(_) => 500,
    }
}

fn store_issue(error: &StoreError) -> Issue {
    match error {
        StoreError::DanglingReference { reference, .. } => Issue::error(
            IssueType::NotFound,
            format!(
                "the reference {}/{} points to a resource that is not on this server",
                reference.kind, reference.id
            ),
        )
        .at(reference.expression.clone()),
        StoreError::Referenced { kind, id, referrer, .. } => Issue::error(
            IssueType::Conflict,
            format!("{kind}/{id} cannot be deleted, since {referrer} refers to it"),
        ),
        StoreError::VersionConflict { .. }
        | StoreError::ConditionChanged
        | StoreError::StaleParameters(_) => Issue::error(IssueType::Conflict, error.to_string()),
        StoreError::BadCursor => Issue::error(IssueType::Value, error.to_string()),
        // What the database said is for the log, not for the client.
        StoreError::Unavailable(_) | StoreError::NewerSchema { .. } => {
            Issue::error(IssueType::Transient, "the database is not available at the moment; try again later")
        }
        StoreError::Database(_) => {
            Issue::error(IssueType::Exception, "the database failed; the log has the details")
        }
    }
}
