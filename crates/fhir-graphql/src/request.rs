//! A request: the query with its variables.

use serde_json::{Map, Value};

use crate::error::GraphQlError;

/// What a client sends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// The text of the query.
    pub query: String,
    /// Which of several operations to perform.
    pub operation: Option<String>,
    /// The values of variables.
    pub variables: Map<String, Value>,
}

impl Request {
    /// Reads a JSON body: `query`, and if wanted `operationName`, `variables` and `extensions`, which is ignored.
    ///
    /// # Errors
    /// It is not JSON, or has other members.
    pub fn from_json(body: &[u8]) -> Result<Self, GraphQlError> {
        let body: Value = serde_json::from_slice(body)
            .map_err(|error| GraphQlError::request(format!("the body is not JSON: {error}")))?;
        let Value::Object(members) = body else {
            return Err(GraphQlError::request("the body must be an object with the member query"));
        };
        let mut request = Self::default();
        for (name, value) in members {
            match (name.as_str(), value) {
                ("query", Value::String(query)) => request.query = query,
                ("operationName", Value::String(operation)) => request.operation = Some(operation),
                ("variables", Value::Object(variables)) => request.variables = variables,
                ("operationName" | "variables", Value::Null) | ("extensions", _) => {}
                (name @ ("query" | "operationName"), _) => {
                    return Err(GraphQlError::request(format!("{name} must be a string")));
                }
                ("variables", _) => return Err(GraphQlError::request("variables must be an object")),
                (name, _) => {
                    let expected = "query, operationName, variables and extensions are";
                    return Err(GraphQlError::request(format!("'{name}' is not known; {expected}")));
                }
            }
        }
        Ok(request)
    }

    /// Reads the value of the parameter `variables`.
    ///
    /// # Errors
    /// It is not a JSON object.
    pub fn set_variables(&mut self, text: &str) -> Result<(), GraphQlError> {
        self.variables = serde_json::from_str(text)
            .map_err(|error| GraphQlError::request(format!("variables must be a JSON object: {error}")))?;
        Ok(())
    }
}
