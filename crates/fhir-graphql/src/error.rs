//! Why a query has no answer, and how that is told (R4 graphql.html, Error Handling).

use fhir_model::{Issue, IssueType, OperationOutcome, Position};
use serde_json::{Value, json};
use thiserror::Error;

/// One error.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{message}")]
pub struct GraphQlError {
    /// For a human: what was found and what was expected.
    pub message: String,
    /// Where in the text of the query.
    pub place: Option<Position>,
    /// HTTP status.
    pub status: u16,
    /// The issues of the OperationOutcome.
    pub issues: Vec<Issue>,
}

impl GraphQlError {
    /// The query is wrong.
    pub(crate) fn invalid(place: Position, message: impl Into<String>) -> Self {
        Self::new(400, IssueType::Invalid, Some(place), message.into())
    }

    /// The query, or its answer, is too large.
    pub(crate) fn too_costly(place: Option<Position>, message: impl Into<String>) -> Self {
        Self::new(422, IssueType::TooCostly, place, message.into())
    }

    /// What was asked for is not there.
    pub(crate) fn not_found(place: Position, message: impl Into<String>) -> Self {
        Self::new(404, IssueType::NotFound, Some(place), message.into())
    }

    /// The data do not fit what was asked for.
    pub(crate) fn unfit(place: Position, message: impl Into<String>) -> Self {
        Self::new(422, IssueType::Processing, Some(place), message.into())
    }

    /// A request without a query, or one that cannot be read.
    pub(crate) fn request(message: impl Into<String>) -> Self {
        Self::new(400, IssueType::Invalid, None, message.into())
    }

    fn new(status: u16, code: IssueType, place: Option<Position>, message: String) -> Self {
        let issue = Issue { position: place, ..Issue::error(code, message.clone()) };
        Self { message, place, status, issues: vec![issue] }
    }

    fn to_value(&self) -> Value {
        let outcome = OperationOutcome { issues: self.issues.clone() }.to_json();
        let outcome: Value = serde_json::from_slice(&outcome).unwrap_or(Value::Null);
        let mut error = json!({ "message": self.message });
        if let Some(object) = error.as_object_mut() {
            if let Some(place) = self.place {
                object.insert("locations".into(), json!([{ "line": place.line, "column": place.column }]));
            }
            object.insert("extensions".into(), json!({ "resource": outcome }));
        }
        error
    }
}

/// The status and the body of an answer that is nothing but errors.
pub fn error_body(errors: &[GraphQlError]) -> (u16, Vec<u8>) {
    let status = errors.first().map_or(500, |error| error.status);
    let errors: Vec<Value> = errors.iter().map(GraphQlError::to_value).collect();
    (status, json!({ "data": null, "errors": errors }).to_string().into_bytes())
}
