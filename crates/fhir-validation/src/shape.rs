//! What the JSON member names of a type mean: the index that walks and explanations look names up in.

use std::collections::HashMap;
use std::sync::OnceLock;

use fhir_model::types::{ElementInfo, ElementType, TypeId, TypeInfo, TypeKind, TypeModel};

/// The members of every type, worked out when a type is first met.
pub(crate) struct Shapes {
    shapes: Box<[OnceLock<Shape>]>,
    /// The type of what stands beside a primitive: `_birthDate`.
    element: Option<TypeId>,
}

/// The members that instances of one type can have in JSON, but for `resourceType`.
pub(crate) struct Shape {
    members: HashMap<Box<str>, Member>,
    /// Elements, by position in `TypeInfo::elements`, that must occur and that the schema cannot require, since
    /// one of several members satisfies them.
    pub(crate) required: Box<[usize]>,
}

/// One member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// Position in `TypeInfo::elements`.
    pub(crate) element: usize,
    /// Position in `ElementInfo::types`.
    pub(crate) choice: usize,
    /// The type of the value, or of each item.
    pub(crate) type_id: TypeId,
    /// What the value is made of.
    pub(crate) content: Content,
    /// Whether instances have an array here.
    pub(crate) is_array: bool,
    /// Bytes of the element's name, with which the names of choices begin: 5 of `valueQuantity`.
    pub(crate) name_length: usize,
}

/// What the value of a member is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// The value of a primitive.
    Primitive,
    /// The id and extensions of a primitive, under its name with an underscore.
    Sibling,
    /// An object of a data type or backbone element.
    Complex,
    /// A resource of any type, which says itself which.
    Resource,
}

impl Shapes {
    pub(crate) fn new(types: &TypeModel) -> Self {
        let shapes = types.iter().map(|_| OnceLock::new()).collect();
        Self { shapes, element: types.id("Element") }
    }

    /// The members of a type; `None` for ids of another model.
    pub(crate) fn of(&self, types: &TypeModel, id: TypeId) -> Option<&Shape> {
        let info = types.get(id)?;
        self.shapes.get(id.0 as usize).map(|slot| slot.get_or_init(|| Shape::new(types, info, self.element)))
    }
}

impl Shape {
    fn new(types: &TypeModel, info: &TypeInfo, element_type: Option<TypeId>) -> Self {
        let mut members = HashMap::new();
        let mut required = Vec::new();
        for (position, element) in info.elements.iter().enumerate() {
            for (choice, kind) in element.types.iter().enumerate() {
                let content = content(types, kind.type_id);
                let member = Member {
                    element: position,
                    choice,
                    type_id: kind.type_id,
                    content,
                    is_array: element.is_array(),
                    name_length: element.name.len(),
                };
                members.insert(kind.json_name.clone(), member);
                if let Some(type_id) = element_type.filter(|_| has_sibling(types, element, kind)) {
                    let sibling = Member { type_id, content: Content::Sibling, ..member };
                    members.insert(format!("_{}", kind.json_name).into(), sibling);
                }
            }
            if element.min > 0 && only_member(types, element).is_none() {
                required.push(position);
            }
        }
        Self { members, required: required.into() }
    }

    /// What the member of that name means.
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members.get(name)
    }

    /// All member names, in no order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(|name| &**name)
    }
}

fn content(types: &TypeModel, id: TypeId) -> Content {
    match types.get(id).map(|info| info.kind) {
        Some(TypeKind::Primitive) => Content::Primitive,
        Some(TypeKind::Resource) => Content::Resource,
        Some(TypeKind::Complex | TypeKind::Backbone) | None => Content::Complex,
    }
}

/// Whether a primitive can carry an id and extensions. What XML writes as an attribute cannot, nor can xhtml.
pub(crate) fn has_sibling(types: &TypeModel, element: &ElementInfo, kind: &ElementType) -> bool {
    content(types, kind.type_id) == Content::Primitive
        && !element.is_xml_attribute
        && types.name(kind.type_id) != "xhtml"
}

/// The one member name under which the element can stand in JSON, if there is just one.
pub(crate) fn only_member<'e>(types: &TypeModel, element: &'e ElementInfo) -> Option<&'e str> {
    match element.types.as_slice() {
        [kind] if !has_sibling(types, element, kind) => Some(&kind.json_name),
        _ => None,
    }
}
