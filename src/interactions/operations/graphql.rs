//! `$graphql`: queries in GraphQL, of the whole system and of one resource (R4 graphql.html, Resource operation graphql).
//!
//! The language is [`fhir_graphql`]'s. Here it gets its resources: every read and every search that a query needs is performed as
//! the interaction that it is, so whatever holds for those holds for GraphQL.

use fhir_graphql::{Engine, Failure, GraphQlError, Limits, Root, Source, error_body};
use fhir_model::Document;
use fhir_model::reference::Reference;

use super::definition::{Call, Level, Operation, Parameter, Target};
use crate::interactions::request::{Conditions, Media, Prefer, Verb, parse_query};
use crate::interactions::{Context, Error, Request, Response, perform, prepare};

pub(super) static GRAPHQL: Operation = Operation {
    name: "graphql",
    definition: "http://hl7.org/fhir/OperationDefinition/Resource-graphql",
    levels: &[Level::System, Level::Instance],
    types: &[],
    by_get: true,
    changes_data: false,
    parameters: &[
        Parameter::once("query", "string"),
        Parameter::once("operationName", "string"),
        Parameter::once("variables", "string"),
    ],
    takes_search: false,
    returns: Some("Binary"),
    perform: graphql,
};

fn graphql(call: &Call<'_>) -> Result<Response, Error> {
    let root = match call.target {
        Target::Instance { kind, id } => {
            Root::Resource(fhir_graphql::Target { kind: kind.clone(), id: id.clone(), version: None })
        }
        _ => Root::System,
    };
    let limits = Limits::default();
    let limits = Limits { list: limits.list.min(call.context.limits.max_count), ..limits };
    let engine = Engine::new(call.context.registry.types().clone(), limits);
    let source = Interactions { context: call.context, base: &call.request.base };
    let asked = asked(call)?;
    let answered = asked.map_err(|error| vec![error]).and_then(|asked| engine.answer(&root, &asked, &source));
    let (status, body) = match answered {
        Ok(body) => (200, body),
        Err(errors) => error_body(&errors),
    };
    Ok(Response { status, body: Some(body), plain_json: true, ..Response::default() })
}

/// Whether the body of a request is GraphQL's own: a query, or JSON that is no resource.
pub(super) fn has_own_body(operation: &Operation, request: &Request) -> bool {
    let is_resource = || {
        Document::parse_bytes(request.body.clone()).is_ok_and(|body| body.root().resource_type().is_some())
    };
    *operation == GRAPHQL
        && match request.media {
            Media::GraphQl => true,
            Media::Json => !is_resource(),
            _ => false,
        }
}

/// The query with its variables: from the address, a Parameters resource, or a body of GraphQL's own.
fn asked(call: &Call<'_>) -> Result<Result<fhir_graphql::Request, GraphQlError>, Error> {
    let body = &call.request.body;
    if call.request.verb == Verb::Post
        && call.request.media == Media::Json
        && has_own_body(call.operation, call.request)
        && !body.is_empty()
    {
        return Ok(fhir_graphql::Request::from_json(body));
    }
    let text = |name: &str| Ok::<_, Error>(call.inputs.text(name)?.map(str::to_owned));
    let mut request = fhir_graphql::Request {
        query: text("query")?.unwrap_or_default(),
        operation: text("operationName")?,
        ..fhir_graphql::Request::default()
    };
    if call.request.verb == Verb::Post && call.request.media == Media::GraphQl {
        let query = std::str::from_utf8(body).map_err(|error| Error::NotUtf8(error.valid_up_to()))?;
        query.clone_into(&mut request.query);
    }
    let variables = text("variables")?;
    Ok(variables.map_or(Ok(()), |variables| request.set_variables(&variables)).map(|()| request))
}

/// The interactions of this server as the source of resources.
struct Interactions<'a> {
    context: &'a Context,
    base: &'a str,
}

impl Interactions<'_> {
    /// Performs a GET and reads the resource that it answers with.
    fn get(&self, path: &[&str], query: Vec<(String, String)>) -> Result<Document, Failure> {
        let request = Request {
            verb: Verb::Get,
            path: path.iter().map(|segment| (*segment).to_owned()).collect(),
            query,
            body: Vec::new(),
            media: Media::Json,
            conditions: Conditions::default(),
            prefer: Prefer::default(),
            provenance: None,
            may_be_older: false,
            base: self.base.to_owned(),
        };
        let response = perform(self.context, &request).map_err(|error| failure(&error))?;
        Document::parse_bytes(response.body.unwrap_or_default())
            .map_err(|error| failure(&Error::NotJson(error)))
    }
}

impl Source for Interactions<'_> {
    fn read(&self, target: &fhir_graphql::Target) -> Result<Document, Failure> {
        match &target.version {
            None => self.get(&[&target.kind, &target.id], Vec::new()),
            Some(version) => self.get(&[&target.kind, &target.id, "_history", version], Vec::new()),
        }
    }

    fn search(&self, kind: &str, parameters: &[(String, String)]) -> Result<Document, Failure> {
        self.get(&[kind], parameters.to_vec())
    }

    fn parameters(&self, query: &str) -> Result<Vec<(String, String)>, Failure> {
        parse_query(query.as_bytes()).map_err(|error| failure(&error))
    }

    fn target(&self, reference: &str) -> Option<fhir_graphql::Target> {
        let (kind, id) = prepare::local_target(self.context, reference)?;
        let version = match Reference::parse(reference) {
            Reference::Relative { version, .. } | Reference::Absolute { version, .. } => version,
            _ => None,
        };
        let version = version.map(str::to_owned);
        Some(fhir_graphql::Target { kind: kind.to_owned(), id: id.to_owned(), version })
    }
}

fn failure(error: &Error) -> Failure {
    Failure { status: error.status(), issues: error.outcome().issues }
}
