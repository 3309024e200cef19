//! What can be wrong with a resource in XML.

use std::fmt;

use thiserror::Error;

use crate::outcome::{Issue, IssueType};
use crate::position::Position;

/// Why a text could not be read as a resource in XML, or a resource could not be written as XML.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum XmlError {
    /// The text is not well-formed XML, uses a part of XML that FHIR does not allow (a DTD), or exceeds a limit.
    #[error("{message} at {position}")]
    Malformed {
        /// What was found.
        message: String,
        /// Where.
        position: Position,
    },
    /// The XML breaks a rule of FHIR's XML format. Only [`to_json`](super::to_json) fails for it.
    #[error("{0}")]
    Problem(XmlProblem),
    /// The document has something that FHIR's XML format cannot say.
    #[error("{path} cannot be written as XML: {message}")]
    NotRepresentable {
        /// What it is.
        message: String,
        /// The element, as [`path_of`](crate::path::path_of) writes it.
        path: String,
    },
}

/// A rule of FHIR's XML format that a resource breaks, though all of its content can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlProblem {
    /// What was found.
    pub message: String,
    /// Where it was found in the XML.
    pub position: Position,
    /// The element, as [`path_of`](crate::path::path_of) writes it: `Patient.name[0].given[1]`.
    pub path: String,
}

impl fmt::Display for XmlProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} at {}", self.path, self.message, self.position)
    }
}

impl XmlProblem {
    /// The problem as an issue of the rule `xml-format`.
    pub fn issue(&self) -> Issue {
        Issue {
            position: Some(self.position),
            ..Issue::error(IssueType::Structure, self.message.clone())
                .at(self.path.clone())
                .rule("xml-format")
        }
    }
}

impl XmlError {
    /// The error as an issue of the rule `xml-format`.
    pub fn issue(&self) -> Issue {
        match self {
            Self::Malformed { message, position } => Issue {
                position: Some(*position),
                ..Issue::error(IssueType::Structure, message.clone()).rule("xml-format")
            },
            Self::Problem(problem) => problem.issue(),
            Self::NotRepresentable { message, path } => {
                Issue::error(IssueType::NotSupported, format!("cannot be written as XML: {message}"))
                    .at(path.clone())
                    .rule("xml-format")
            }
        }
    }
}
