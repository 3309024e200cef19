//! Why an interaction failed: the one place where failures become an HTTP status and an OperationOutcome.

use fhir_model::parse::ParseError;
use fhir_model::xml::XmlError;
use fhir_model::{Issue, IssueType, OperationOutcome};
use fhir_patch::PatchError;
use thiserror::Error as ThisError;

use self::failures::Failure;
use crate::store::StoreError;

pub mod failures;

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
    #[error(
        "the header {0} is not supported, since proxies and logs would see another request than is performed: send the method itself"
    )]
    MethodOverride(&'static str),
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
    #[error("the body is not {0}, as Content-Encoding says: {1}")]
    NotUnpacked(&'static str, String),
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
    #[error("{}", store_text(.0))]
    Store(StoreError),
    #[error("{verb} {url}: {source}")]
    Entry { index: usize, verb: String, url: String, source: Box<Error> },
    #[error("the media type '{0}' is not supported here; send application/fhir+json or application/fhir+xml")]
    UnsupportedMediaType(String),
    #[error("the body is encoded as '{0}'; gzip and deflate are understood")]
    UnsupportedEncoding(String),
    #[error("none of the encodings '{0}' can be produced; gzip, zstd, deflate and identity can")]
    NoEncoding(String),
    #[error("a search is posted as application/x-www-form-urlencoded, not as '{0}'")]
    NotAForm(String),
    #[error(
        "none of the media types '{0}' can be produced; ask for application/fhir+json, application/fhir+xml or application/fhir+ndjson"
    )]
    NotAcceptable(String),
    #[error(
        "none of the media types '{accept}' fits: the content is {content_type}; application/fhir+json and application/fhir+xml give the Binary resource"
    )]
    NotContent { accept: String, content_type: String },
    #[error("nothing is removed for good here: the operator has not set allow-erasure")]
    ErasureOff,
    #[error("{version} is the current version of {kind}/{id}: only earlier ones can be removed")]
    CurrentVersion { kind: String, id: String, version: u64 },
    #[error(
        "too many requests wait to be performed in the background; try again later, or without respond-async"
    )]
    TooManyJobs,
    #[error(
        "the server stopped before the job '{0}' was done; what it was to change may have been changed or not, but never by half"
    )]
    JobLost(String),
    #[error("X-Provenance: {0}")]
    Provenance(Box<Error>),
    #[error("the body is larger than the {0} bytes that this server accepts")]
    TooLarge(usize),
    #[error(transparent)]
    Patch(#[from] PatchError),
    #[error("the server failed; the log has the details")]
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

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            // The address that was posted to exists, and so does the method: what is missing is in the Bundle.
            Self::Entry { source, .. } => match source.status() {
                404 | 405 | 410 => 400,
                status => status,
            },
            other => other.failure().status,
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
        let failure = self.failure();
        let mut outcome = match self {
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
            Self::Provenance(source) => {
                let mut outcome = source.outcome();
                for issue in &mut outcome.issues {
                    issue.diagnostics = format!("X-Provenance: {}", issue.diagnostics);
                }
                outcome
            }
            Self::Patch(error) => error.issue().into(),
            Self::Store(StoreError::DanglingReference { reference, .. }) => {
                self.issue(failure).at(reference.expression.clone()).into()
            }
            other => other.issue(failure).into(),
        };
        for issue in outcome.issues.iter_mut().filter(|issue| issue.is_error()) {
            issue.failure = Some(failure.code);
        }
        outcome
    }

    /// The one issue of a failure that is about one thing.
    fn issue(&self, failure: &Failure) -> Issue {
        Issue::error(failure.issue.unwrap_or(IssueType::Invalid), self.to_string())
    }

    /// What the log gets to read: what a client is not told of the database and of the program is in it.
    pub fn detail(&self) -> String {
        match self {
            Self::Internal(text) => text.clone(),
            Self::Store(error) => error.to_string(),
            Self::Entry { verb, url, source, .. } => format!("{verb} {url}: {}", source.detail()),
            other => other.to_string(),
        }
    }

    /// Which way to fail this is.
    pub fn failure(&self) -> &'static Failure {
        match self {
            Self::UnknownType(_) => &failures::UNKNOWN_TYPE,
            Self::UnknownOperation(_) => &failures::UNKNOWN_OPERATION,
            Self::NoCompartment { .. } => &failures::NO_COMPARTMENT,
            Self::OperationElsewhere { .. } => &failures::OPERATION_ELSEWHERE,
            Self::NoSuchPath(_) => &failures::NO_SUCH_PATH,
            Self::MethodNotAllowed { .. } => &failures::METHOD_NOT_ALLOWED,
            Self::ReadOnly { .. } => &failures::READ_ONLY,
            Self::MethodOverride(_) => &failures::METHOD_OVERRIDE,
            Self::BadId(_) => &failures::BAD_ID,
            Self::NotFound { .. } => &failures::NOT_FOUND,
            Self::NoSuchVersion { .. } => &failures::NO_SUCH_VERSION,
            Self::Gone { .. } => &failures::GONE,
            Self::NotJson(_) => &failures::NOT_JSON,
            Self::NotXml(_) => &failures::NOT_XML,
            Self::NotUtf8(_) => &failures::NOT_UTF8,
            Self::NotUnpacked(..) => &failures::NOT_UNPACKED,
            Self::NotRepresentable(_) => &failures::NOT_REPRESENTABLE,
            Self::NoBody(_) => &failures::NO_BODY,
            Self::WrongType { .. } => &failures::WRONG_TYPE,
            Self::WrongId { .. } => &failures::WRONG_ID,
            Self::Invalid(_) => &failures::INVALID,
            Self::Unprocessable(_) => &failures::UNPROCESSABLE,
            Self::BadDefinition { .. } => &failures::BAD_DEFINITION,
            Self::NoSuchJob(_) => &failures::NO_SUCH_JOB,
            Self::JobNeeded(_) => &failures::JOB_NEEDED,
            Self::BadRequest(_) => &failures::BAD_SEARCH,
            Self::BadParameter(_) => &failures::BAD_PARAMETER,
            Self::VersionConflict { .. } | Self::NoVersion => &failures::VERSION_CONFLICT,
            Self::MultipleMatches { .. } => &failures::MULTIPLE_MATCHES,
            Self::IdTaken { .. } => &failures::ID_TAKEN,
            Self::NoMatch { .. } => &failures::NO_MATCH,
            Self::ConditionalReference { matches, .. } if *matches == "no" => {
                &failures::REFERENCE_MATCHES_NONE
            }
            Self::ConditionalReference { .. } => &failures::REFERENCE_MATCHES_SEVERAL,
            Self::Contention => &failures::CONTENTION,
            Self::Store(error) => of_store(error),
            Self::Entry { source, .. } => source.failure(),
            Self::UnsupportedMediaType(_) => &failures::UNSUPPORTED_MEDIA_TYPE,
            Self::UnsupportedEncoding(_) => &failures::UNSUPPORTED_ENCODING,
            Self::NotAForm(_) => &failures::NOT_A_FORM,
            Self::NotAcceptable(_) | Self::NoEncoding(_) | Self::NotContent { .. } => {
                &failures::NOT_ACCEPTABLE
            }
            Self::ErasureOff => &failures::ERASURE_OFF,
            Self::CurrentVersion { .. } => &failures::CURRENT_VERSION,
            Self::TooManyJobs => &failures::TOO_MANY_JOBS,
            Self::JobLost(_) => &failures::JOB_LOST,
            Self::Provenance(_) => &failures::BAD_PROVENANCE,
            Self::TooLarge(_) => &failures::TOO_LARGE,
            Self::Patch(error) if error.is_syntax() => &failures::BAD_PATCH,
            Self::Patch(_) => &failures::PATCH_FAILED,
            Self::Internal(_) => &failures::INTERNAL,
        }
    }
}

fn at_version(version: u64) -> String {
    if version == 0 { "does not exist".into() } else { format!("is at version {version}") }
}

fn of_store(error: &StoreError) -> &'static Failure {
    match error {
        StoreError::VersionConflict { .. } => &failures::VERSION_CONFLICT,
        StoreError::ConditionChanged | StoreError::StaleParameters(_) => &failures::CONTENTION,
        StoreError::Referenced { .. } => &failures::REFERENCED,
        StoreError::DanglingReference { .. } => &failures::DANGLING_REFERENCE,
        StoreError::BadCursor => &failures::BAD_PARAMETER,
        StoreError::Unavailable(_) | StoreError::NewerSchema { .. } => &failures::UNAVAILABLE,
        StoreError::Busy => &failures::BUSY,
        StoreError::TooSlow => &failures::TOO_SLOW,
        StoreError::Database(_) => &failures::INTERNAL,
    }
}

/// What a client reads of an error of the store.
fn store_text(error: &StoreError) -> String {
    match error {
        StoreError::DanglingReference { reference, .. } => format!(
            "the reference {}/{} points to a resource that is not on this server",
            reference.kind, reference.id
        ),
        StoreError::Referenced { kind, id, referrer, .. } => {
            format!("{kind}/{id} cannot be deleted, since {referrer} refers to it")
        }
        StoreError::VersionConflict { .. }
        | StoreError::ConditionChanged
        | StoreError::StaleParameters(_)
        | StoreError::BadCursor => error.to_string(),
        // What the database said is for the log, not for the client.
        StoreError::Unavailable(_) | StoreError::NewerSchema { .. } => {
            "the database is not available at the moment; try again later".to_owned()
        }
        StoreError::Busy => "the server is busy; try again later".to_owned(),
        StoreError::TooSlow => {
            "the database was stopped, since it took too long for this: ask for less, such as a \
            more selective search, or try again later"
                .to_owned()
        }
        StoreError::Database(_) => "the database failed; the log has the details".to_owned(),
    }
}
