//! From a plan to the answer. Resources are read when a field needs them; nothing is read that no field asks for.

mod budget;
mod elements;
mod output;
mod searches;

use std::collections::HashMap;
use std::rc::Rc;

use fhir_model::types::{TypeId, TypeModel};
use fhir_model::{Document, Node, Position};
use serde_json::{Map, Value};

use self::budget::Budget;
use self::output::Output;
use crate::error::GraphQlError;
use crate::limits::Limits;
use crate::plan::{Selected, What, graphql_name};
use crate::source::{Failure, Source, Target};

/// Where fields are taken from.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    node: Node<'a>,
    type_id: TypeId,
    /// The resource that the node is in, or is.
    resource: Node<'a>,
    /// The outermost resource of the document.
    root: Node<'a>,
}

/// What `@flatten` of the fields above means for those below.
#[derive(Clone, Copy)]
struct Flat<'f> {
    /// Whether values become lists.
    listed: bool,
    /// What names end in.
    suffix: &'f str,
}

impl Flat<'_> {
    const NOT: Self = Self { listed: false, suffix: "" };
}

/// Executes one plan.
pub(crate) struct Executor<'e> {
    source: &'e dyn Source,
    model: &'e TypeModel,
    limits: &'e Limits,
    budget: Budget,
    /// What references led to, and `None` where they lead nowhere.
    resolved: HashMap<Target, Option<Rc<Document>>>,
}

impl<'e> Executor<'e> {
    pub(crate) fn new(source: &'e dyn Source, model: &'e TypeModel, limits: &'e Limits) -> Self {
        Self { source, model, limits, budget: Budget::default(), resolved: HashMap::new() }
    }

    /// The answer of a query of the whole system.
    pub(crate) fn system(&mut self, fields: &[Selected]) -> Result<Value, GraphQlError> {
        let mut out = Output::default();
        self.of_system(fields, &mut out, Flat::NOT)?;
        Ok(Value::Object(out.members))
    }

    /// The answer of a query of one resource.
    pub(crate) fn resource(&mut self, target: &Target, fields: &[Selected]) -> Result<Value, GraphQlError> {
        let document = self.read(target, Position::START)?;
        let frame = self.frame(document.root(), document.root());
        let object = self.object(frame, fields)?;
        Ok(Value::Object(object))
    }

    /// A resource as the place where fields are taken from.
    fn frame<'a>(&self, resource: Node<'a>, root: Node<'a>) -> Frame<'a> {
        let kind = resource.resource_type().and_then(|name| self.model.id(name));
        let type_id = kind.or_else(|| self.model.id("Resource")).unwrap_or(TypeId(0));
        Frame { node: resource, type_id, resource, root }
    }

    fn read(&mut self, target: &Target, place: Position) -> Result<Rc<Document>, GraphQlError> {
        self.budget.request(self.limits, place)?;
        self.budget.resources(1, self.limits, place)?;
        let read = self.source.read(target).map_err(|failure| failed(failure, place))?;
        Ok(Rc::new(read))
    }

    fn of_system(
        &mut self,
        fields: &[Selected],
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        for field in fields {
            match &field.what {
                What::TypeName => self.put(field, Value::from("Query"), out, flat)?,
                What::Read { kind, id } => {
                    let target = Target { kind: kind.clone(), id: id.clone(), version: None };
                    let document = self.read(&target, field.place)?;
                    let frame = self.frame(document.root(), document.root());
                    self.branch(field, frame, out, flat)?;
                }
                What::List(search) => self.list(field, search, None, out, flat)?,
                What::Connection(search) => self.connection(field, search, None, out, flat)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The fields of an element or resource, as an object.
    fn object(&mut self, frame: Frame<'_>, fields: &[Selected]) -> Result<Map<String, Value>, GraphQlError> {
        let mut out = Output::default();
        self.fields(frame, fields, &mut out, Flat::NOT)?;
        Ok(out.members)
    }

    fn fields(
        &mut self,
        frame: Frame<'_>,
        fields: &[Selected],
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        for field in fields {
            if field.only.is_some_and(|only| !self.model.is_a(frame.type_id, only)) {
                continue;
            }
            match &field.what {
                What::TypeName => {
                    self.put(field, Value::from(graphql_name(self.model, frame.type_id)), out, flat)?;
                }
                What::ResourceType => {
                    let name = frame.node.resource_type().unwrap_or_default();
                    self.put(field, Value::from(name), out, flat)?;
                }
                What::Element(element) => self.element(field, element, frame, out, flat)?,
                What::Resolve { optional, kind } => {
                    self.resolve(field, *optional, *kind, frame, out, flat)?;
                }
                What::List(search) => self.list(field, search, Some(frame), out, flat)?,
                What::Connection(search) => self.connection(field, search, Some(frame), out, flat)?,
                // What stands only in other scopes, as the plan has made sure.
                What::Read { .. } | What::OfConnection(_) | What::OfEdge(_) | What::EdgeResource => {}
            }
        }
        Ok(())
    }

    /// A field that is one object.
    fn branch(
        &mut self,
        field: &Selected,
        frame: Frame<'_>,
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        if field.shape.flatten {
            return self.fields(frame, &field.fields, out, flat);
        }
        let object = self.object(frame, &field.fields)?;
        self.put(field, Value::Object(object), out, flat)
    }

    /// Puts the value of a field into the answer.
    fn put(
        &mut self,
        field: &Selected,
        value: Value,
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        self.budget.value(self.limits, field.place)?;
        out.put(field, format!("{}{}", field.key, flat.suffix), value, flat.listed)
    }

    /// What a Reference leads to.
    fn resolve(
        &mut self,
        field: &Selected,
        optional: bool,
        kind: Option<TypeId>,
        frame: Frame<'_>,
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        let fits = |frame: &Frame<'_>| kind.is_none_or(|kind| self.model.is_a(frame.type_id, kind));
        let reference = frame.node.get_str("reference").unwrap_or_default();
        if let Some(local) = fhirpath::resolve_locally(reference, frame.node, frame.root) {
            let local = self.frame(local, frame.root);
            return if fits(&local) { self.branch(field, local, out, flat) } else { Ok(()) };
        }
        // A type that is not asked for needs no read.
        let target = self.source.target(reference);
        let other = target.as_ref().and_then(|target| Some(self.model.id(&target.kind)? != kind?));
        if other == Some(true) {
            return Ok(());
        }
        let document = match target {
            Some(target) => self.followed(&target, field.place)?,
            None => None,
        };
        match document {
            Some(document) => self.branch(field, self.frame(document.root(), document.root()), out, flat),
            None if optional => Ok(()),
            None => {
                let what =
                    if reference.is_empty() { "a reference without a literal reference" } else { reference };
                let text = format!(
                    "{what} does not lead to a resource of this server; with (optional: true) it would be left out"
                );
                Err(GraphQlError::not_found(field.place, text))
            }
        }
    }

    /// The resource that a reference leads to, if it is there. Each is read once.
    fn followed(&mut self, target: &Target, place: Position) -> Result<Option<Rc<Document>>, GraphQlError> {
        if let Some(known) = self.resolved.get(target) {
            return Ok(known.clone());
        }
        self.budget.request(self.limits, place)?;
        self.budget.resources(1, self.limits, place)?;
        let found = match self.source.read(target) {
            Ok(document) => Some(Rc::new(document)),
            Err(Failure { status: 403 | 404 | 410, .. }) => None,
            Err(failure) => return Err(failed(failure, place)),
        };
        self.resolved.insert(target.clone(), found.clone());
        Ok(found)
    }
}

/// A failure of a read or search, as an error at the field that needed it.
fn failed(failure: Failure, place: Position) -> GraphQlError {
    let texts: Vec<&str> = failure.issues.iter().map(|issue| issue.diagnostics.as_str()).collect();
    GraphQlError {
        message: texts.join("; "),
        place: Some(place),
        status: failure.status,
        issues: failure.issues.clone(),
    }
}
