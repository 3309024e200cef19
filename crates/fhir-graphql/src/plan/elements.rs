//! Fields of resources and data types.

use fhir_model::types::{ElementInfo, ElementType, TypeId, TypeKind};
use fhirpath::Expression;

use super::planner::{Planner, Scope};
use super::{Chosen, ElementField, Selected, What};
use crate::document::{Argument, Field};
use crate::error::GraphQlError;

/// Names that an unknown field is answered with at most.
const MOST_NAMES: usize = 40;

/// An element under the name that a query has for it.
struct Member<'q> {
    element: &'q ElementInfo,
    kind: &'q ElementType,
    /// Whether `_name` is asked for: id and extensions of a primitive.
    is_sibling: bool,
}

impl<'q> Planner<'q> {
    fn member(&self, id: TypeId, name: &str) -> Option<Member<'q>> {
        if let Some((element, kind)) = self.model.member(id, name) {
            return Some(Member { element, kind, is_sibling: false });
        }
        let (element, kind) = self.model.member(id, name.strip_prefix('_')?)?;
        self.is_primitive(kind.type_id).then_some(Member { element, kind, is_sibling: true })
    }

    fn is_primitive(&self, id: TypeId) -> bool {
        self.model.get(id).is_some_and(|info| info.kind == TypeKind::Primitive)
    }

    fn is_resource(&self, id: TypeId) -> bool {
        self.model.get(id).is_some_and(|info| info.kind == TypeKind::Resource)
    }

    fn is_reference(&self, id: TypeId) -> bool {
        self.model.id("Reference").is_some_and(|reference| self.model.is_a(id, reference))
    }

    /// Whether a type has a field of that name.
    pub(super) fn is_field(&self, id: TypeId, name: &str) -> bool {
        self.member(id, name).is_some()
            || (self.is_resource(id) && (name == "resourceType" || self.searched_type(name).is_some()))
            || (self.is_reference(id) && name == "resource")
    }

    /// Plans a field of an element or resource of a type.
    pub(super) fn of_type(
        &mut self,
        id: TypeId,
        targets: &'q [Box<str>],
        field: &'q Field,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        let name = field.name.as_str();
        if let Some(member) = self.member(id, name) {
            return self.element(id, &member, field, only, depth, out);
        }
        if self.is_resource(id) && name == "resourceType" {
            return self.leaf(field, What::ResourceType, "code", only, out);
        }
        if self.is_resource(id) && self.searched_type(name).is_some() {
            return self.search(field, true, only, depth, out);
        }
        if self.is_reference(id) && name == "resource" {
            return self.resolve(targets, field, only, depth, out);
        }
        let known = self.known_fields(id);
        let text = format!("'{name}' is no field of {}; {known} are", self.graphql_name(id));
        self.fail(GraphQlError::invalid(field.place, text));
    }

    fn known_fields(&self, id: TypeId) -> String {
        let elements = self.model.get(id).into_iter().flat_map(|info| &info.elements);
        let names: Vec<&str> =
            elements.flat_map(|element| &element.types).map(|kind| &*kind.json_name).collect();
        let shown: Vec<&str> = names.iter().copied().take(MOST_NAMES).collect();
        let more = if names.len() > MOST_NAMES { ", ..." } else { "" };
        format!("{}{more}", shown.join(", "))
    }

    fn element(
        &mut self,
        parent: TypeId,
        member: &Member<'q>,
        field: &'q Field,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        let Member { element, kind, is_sibling } = member;
        let type_id =
            if *is_sibling { self.model.id("Element").unwrap_or(kind.type_id) } else { kind.type_id };
        let is_primitive = self.is_primitive(type_id);
        let path = path_of(element, self.model.name(kind.type_id));
        let chosen = if is_primitive {
            Chosen::default()
        } else {
            let Some(chosen) = self.chosen(parent, &path, type_id, &field.arguments) else { return };
            chosen
        };
        let what = What::Element(ElementField {
            member: field.name.clone(),
            is_list: element.is_array(),
            is_primitive,
            type_id,
            chosen,
        });
        let type_name = self.graphql_name(type_id);
        if is_primitive && !self.has_slice(field) {
            return self.leaf(field, what, &type_name, only, out);
        }
        let Some(shape) = self.shape(field, Some((parent, &path))) else { return };
        let info = self.model.get(type_id);
        let scope = match info.filter(|info| info.kind == TypeKind::Resource) {
            Some(info) if info.is_abstract => Scope::AnyOf(self.any_of(&[])),
            _ => Scope::Type { id: type_id, targets: &kind.targets },
        };
        if is_primitive {
            let text = format!("@slice is for fields with parts; '{}' is a {type_name}", field.name);
            return self.fail(GraphQlError::invalid(field.place, text));
        }
        self.branch(field, what, &scope, only, shape, depth, out);
    }

    /// The arguments of an element with parts: which of its values are wanted.
    fn chosen(
        &mut self,
        parent: TypeId,
        path: &str,
        type_id: TypeId,
        arguments: &'q [Argument],
    ) -> Option<Chosen> {
        let mut chosen = Chosen::default();
        for argument in arguments {
            let result = match argument.name.as_str() {
                "_offset" => self.whole_number(argument).map(|offset| chosen.offset = offset),
                "_count" => self.whole_number(argument).map(|count| chosen.count = Some(count)),
                "fhirpath" => self.text(argument).and_then(|text| {
                    let whole = format!("{path}.where({text}\n)");
                    let compiled = Expression::compile(&whole, self.model, Some(parent));
                    chosen.fhirpath = Some(compiled.map_err(|error| not_fhirpath(argument, &text, &error))?);
                    Ok(())
                }),
                name => match self.member(type_id, name).filter(|member| !member.is_sibling) {
                    Some(member) if self.is_primitive(member.kind.type_id) => {
                        self.text(argument).map(|text| chosen.filters.push((name.to_owned(), text)))
                    }
                    _ => {
                        let kind = self.graphql_name(type_id);
                        let text = format!(
                            "'{name}' is no argument here: fhirpath, _offset, _count and the primitive fields of {kind} are"
                        );
                        Err(GraphQlError::invalid(argument.place, text))
                    }
                },
            };
            if let Err(error) = result {
                self.fail(error);
                return None;
            }
        }
        Some(chosen)
    }

    /// `resource` of a Reference.
    fn resolve(
        &mut self,
        targets: &'q [Box<str>],
        field: &'q Field,
        only: Option<TypeId>,
        depth: usize,
        out: &mut Vec<Selected>,
    ) {
        let (mut optional, mut kind) = (false, None);
        for argument in &field.arguments {
            let result = match argument.name.as_str() {
                "optional" => self.boolean(argument).map(|value| optional = value),
                "type" => self.text(argument).and_then(|name| {
                    let found = self.resource_type(&name).filter(|id| self.any_of(targets).contains(id));
                    kind = Some(found.ok_or_else(|| {
                        let possible = self.name_of(&Scope::AnyOf(self.any_of(targets)));
                        GraphQlError::invalid(
                            argument.place,
                            format!("a {name} is never here, where {possible} is"),
                        )
                    })?);
                    Ok(())
                }),
                name => Err(GraphQlError::invalid(
                    argument.place,
                    format!("'{name}' is no argument of resource; optional and type are"),
                )),
            };
            if let Err(error) = result {
                return self.fail(error);
            }
        }
        let Some(shape) = self.shape(field, None) else { return };
        let scope = match kind {
            Some(kind) => Scope::of(kind),
            None => Scope::AnyOf(self.any_of(targets)),
        };
        self.branch(field, What::Resolve { optional, kind }, &scope, only, shape, depth, out);
    }
}

/// The FHIRPath of an element from the element or resource around it.
fn path_of(element: &ElementInfo, type_name: &str) -> String {
    // Some names are words of FHIRPath, too.
    let name = format!("`{}`", element.name);
    if element.is_choice { format!("{name}.ofType({type_name})") } else { name }
}

pub(super) fn not_fhirpath(argument: &Argument, text: &str, error: &fhirpath::CompileError) -> GraphQlError {
    GraphQlError::invalid(argument.place, format!("'{text}' cannot be used as FHIRPath here: {error}"))
}
