//! One pass over a resource: hands each resource in it to the schema of its type, and each object to the rules.

use fhir_definitions::Registry;
use fhir_model::types::{ElementInfo, TypeId, TypeInfo, TypeModel};
use fhir_model::{Issue, IssueType, Node, Severity};
use smallvec::SmallVec;

use super::rules::{self, resource_type};
use crate::report::{Path, Report, Step, explain};
use crate::schema::{Schemas, View};
use crate::shape::{Content, Member, Shape, Shapes};

/// An object of a resource, with what its members mean: what rules look at.
pub(crate) struct Object<'a> {
    /// The object.
    pub(crate) node: Node<'a>,
    /// Its type.
    pub(crate) info: &'a TypeInfo,
    /// The members of its type.
    pub(crate) shape: &'a Shape,
    /// Where it stands.
    pub(crate) path: &'a Path<'a>,
    /// The members it has, but for those that its type does not know (the schema reports them).
    pub(crate) fields: &'a [Field<'a>],
    /// Where the resource that this object is stands; `None` if it is not a resource.
    pub(crate) placement: Option<Placement>,
}

/// A member of an object.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    /// The name in JSON.
    pub(crate) name: &'a str,
    /// Its value.
    pub(crate) node: Node<'a>,
    /// What the name means.
    pub(crate) member: &'a Member,
}

/// Where a resource stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// It is the outermost, or an entry or parameter of another: a resource in its own right.
    Independent,
    /// In `contained` of another.
    Contained,
}

impl<'a> Object<'a> {
    /// The definition of the element that a field is.
    pub(crate) fn element(&self, field: &Field<'_>) -> Option<&'a ElementInfo> {
        self.info.elements.get(field.member.element)
    }

    /// FHIRPath of an element of this object.
    pub(crate) fn path_to(&self, element: &str) -> String {
        self.path.then(Step::Element(element)).to_string()
    }
}

/// The state of one validation.
pub(super) struct Walk<'a> {
    registry: &'a Registry,
    types: &'a TypeModel,
    schemas: &'a Schemas,
    shapes: &'a Shapes,
    report: Report,
}

impl<'a> Walk<'a> {
    pub(super) fn new(registry: &'a Registry, schemas: &'a Schemas, shapes: &'a Shapes) -> Self {
        Self { registry, types: registry.types(), schemas, shapes, report: Report::default() }
    }

    pub(super) fn run(mut self, resource: Node<'a>) -> Vec<Issue> {
        let name = resource.resource_type().unwrap_or("Resource");
        self.resource(resource, &Path::root(name), Placement::Independent);
        self.report.finish()
    }

    fn resource(&mut self, node: Node<'a>, path: &Path<'_>, placement: Placement) {
        let Some(name) = resource_type::check(node, path, self.registry, &mut self.report) else { return };
        let (Some(schema), Some(id)) = (self.schemas.of(self.registry, name), self.types.id(name)) else {
            return;
        };
        match schema {
            Ok(schema) => {
                if let (false, Some(info)) = (schema.is_valid(View::Value(node)), self.types.get(id)) {
                    for error in schema.iter_errors(View::Value(node)) {
                        explain(&error, node, info, path, self.types, self.shapes, &mut self.report);
                    }
                }
            }
            Err(error) => {
                let issue = Issue::error(IssueType::Exception, error.to_string());
                self.report.add(Issue { severity: Severity::Fatal, ..issue });
            }
        }
        self.object(node, id, path, Some(placement));
    }

    fn object(&mut self, node: Node<'a>, id: TypeId, path: &Path<'_>, placement: Option<Placement>) {
        let (Some(info), Some(shape)) = (self.types.get(id), self.shapes.of(self.types, id)) else { return };
        let fields: SmallVec<[Field<'a>; 12]> = node
            .members()
            .filter_map(|(name, node)| shape.member(name).map(|member| Field { name, node, member }))
            .collect();
        let object = Object { node, info, shape, path, fields: &fields, placement };
        for rule in rules::RULES {
            rule(&object, &mut self.report);
        }
        for field in &fields {
            if let Some(element) = info.elements.get(field.member.element) {
                self.field(field, element, path);
            }
        }
    }

    fn field(&mut self, field: &Field<'a>, element: &ElementInfo, path: &Path<'_>) {
        if field.member.content == Content::Primitive {
            return;
        }
        let path = path.then(Step::Element(&element.name));
        if field.node.is_array() {
            for (position, item) in field.node.items().enumerate() {
                self.value(item, field.member, &path.then(Step::Item(position)), element);
            }
        } else {
            self.value(field.node, field.member, &path, element);
        }
    }

    fn value(&mut self, node: Node<'a>, member: &Member, path: &Path<'_>, element: &ElementInfo) {
        // What should be an object and is not was reported by the schema.
        if !node.is_object() {
            return;
        }
        if member.content == Content::Resource {
            let contained = &*element.name == "contained";
            let placement = if contained { Placement::Contained } else { Placement::Independent };
            self.resource(node, path, placement);
        } else {
            self.object(node, member.type_id, path, None);
        }
    }
}
