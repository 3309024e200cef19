//! The way in: from a request to the body of the answer.

use std::sync::Arc;

use fhir_model::types::TypeModel;
use serde_json::json;

use crate::document::Operation;
use crate::error::GraphQlError;
use crate::execute::Executor;
use crate::limits::Limits;
use crate::parse::parse;
use crate::plan::{Planner, Scope};
use crate::request::Request;
use crate::source::{Source, Target};
use crate::variables::Variables;

/// What a query begins at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// All that the server has.
    System,
    /// One resource.
    Resource(Target),
}

/// Answers queries about resources of a type model.
#[derive(Debug)]
pub struct Engine {
    model: Arc<TypeModel>,
    limits: Limits,
}

impl Engine {
    /// An engine with limits.
    pub fn new(model: Arc<TypeModel>, limits: Limits) -> Self {
        Self { model, limits }
    }

    /// The body of the answer: JSON with the member `data`.
    ///
    /// # Errors
    /// All that is wrong with the query, or the first thing that went wrong in answering it. There is no answer in part.
    pub fn answer(
        &self,
        root: &Root,
        request: &Request,
        source: &dyn Source,
    ) -> Result<Vec<u8>, Vec<GraphQlError>> {
        if request.query.trim().is_empty() {
            return Err(vec![GraphQlError::request("a query is needed")]);
        }
        let document = parse(&request.query, &self.limits)?;
        let operation =
            chosen(&document.operations, request.operation.as_deref()).map_err(|error| vec![error])?;
        let variables =
            Variables::new(operation, &request.variables, &self.model).map_err(|error| vec![error])?;
        let scope = self.scope(root).map_err(|error| vec![error])?;
        let planner = Planner::new(&self.model, &document, &variables, &self.limits);
        let plan = planner.plan(&scope, &operation.selections)?;
        let mut executor = Executor::new(source, &self.model, &self.limits);
        let data = match root {
            Root::System => executor.system(&plan),
            Root::Resource(target) => executor.resource(target, &plan),
        };
        let data = data.map_err(|error| vec![error])?;
        Ok(json!({ "data": data }).to_string().into_bytes())
    }

    fn scope(&self, root: &Root) -> Result<Scope<'_>, GraphQlError> {
        match root {
            Root::System => Ok(Scope::System),
            Root::Resource(target) => match self.model.id(&target.kind) {
                Some(id) => Ok(Scope::of(id)),
                None => Err(GraphQlError::request(format!("there is no resource type '{}'", target.kind))),
            },
        }
    }
}

/// The operation of a name, or the only one.
fn chosen<'d>(operations: &'d [Operation], name: Option<&str>) -> Result<&'d Operation, GraphQlError> {
    match (operations, name.filter(|name| !name.is_empty())) {
        (operations, Some(name)) => {
            let found = operations.iter().find(|operation| operation.name.as_deref() == Some(name));
            found.ok_or_else(|| GraphQlError::request(format!("there is no operation '{name}' in the query")))
        }
        ([only], None) => Ok(only),
        ([], None) => Err(GraphQlError::request("there is no operation in the query")),
        (_, None) => {
            Err(GraphQlError::request("the query has several operations: operationName must name one"))
        }
    }
}
