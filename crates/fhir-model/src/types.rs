//! The type system of FHIR as plain data: every primitive, data type, resource and backbone element with
//! its elements. Filled from StructureDefinitions by `fhir-definitions`; read by FHIRPath, validation,
//! search and serialisation.

use std::collections::HashMap;

/// All types of a registry. Ids are positions and stay valid for the life of the model.
#[derive(Debug, Default)]
pub struct TypeModel {
    types: Vec<TypeInfo>,
    /// Per type, the JSON names of its elements in alphabetical order: what [`TypeModel::member`] searches.
    members: Vec<Vec<MemberPosition>>,
    by_name: HashMap<Box<str>, TypeId>,
}

/// Positions in [`TypeInfo::elements`] and [`ElementInfo::types`].
#[derive(Clone, Copy, Debug)]
struct MemberPosition {
    element: u16,
    choice: u16,
}

/// Position of a type in its [`TypeModel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// What a type is (StructureDefinition.kind, with backbone elements told apart from data types).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// `string`, `dateTime`, ...
    Primitive,
    /// `HumanName`, `Quantity`, ...
    Complex,
    /// An element with elements of its own inside a resource or data type: `Patient.contact`.
    Backbone,
    /// `Patient`, ..., `DomainResource`, `Resource`
    Resource,
}

/// One type.
#[derive(Debug)]
pub struct TypeInfo {
    /// `Patient`, `HumanName`, `string`; for backbone elements the path: `Patient.contact`.
    pub name: Box<str>,
    /// The type this one specialises: `DomainResource` for `Patient`, `BackboneElement` for `Patient.contact`,
    /// `uri` for `url`.
    pub base: Option<TypeId>,
    /// What it is.
    pub kind: TypeKind,
    /// Whether no instance can be just of this type (`Resource`, `DomainResource`, `Element`).
    pub is_abstract: bool,
    /// All elements, inherited ones included, in the order of the definition (the order of XML).
    pub elements: Vec<ElementInfo>,
    /// For primitives: the regular expression of the value in the FHIR specification, where it gives one.
    pub regex: Option<Box<str>>,
}

/// One element of a type.
#[derive(Debug)]
pub struct ElementInfo {
    /// The name without `[x]`: `birthDate`, `value`.
    pub name: Box<str>,
    /// Whether the name in instances carries the type: `value[x]`.
    pub is_choice: bool,
    /// The types allowed, in the order of the definition. A `contentReference` has the type it points to.
    pub types: Vec<ElementType>,
    /// Least number of occurrences.
    pub min: u32,
    /// Greatest number of occurrences; `None` is `*`.
    pub max: Option<u32>,
    /// Whether it stands as an attribute in XML (`id` of elements, `url` of extensions).
    pub is_xml_attribute: bool,
    /// Whether it is part of summaries (`_summary=true`).
    pub is_summary: bool,
    /// Whether it can change the meaning of its parent.
    pub is_modifier: bool,
    /// The value set of a required binding, where there is one.
    pub required_value_set: Option<Box<str>>,
}

/// One allowed type of an element.
#[derive(Debug)]
pub struct ElementType {
    /// The type.
    pub type_id: TypeId,
    /// The name of the member in JSON: `birthDate`, `valueQuantity`.
    pub json_name: Box<str>,
    /// For Reference and canonical: resource type names or profile urls that may be pointed to; empty means any.
    pub targets: Vec<Box<str>>,
}

impl ElementInfo {
    /// Whether it may occur more than once, and so is an array in JSON.
    pub fn is_array(&self) -> bool {
        self.max != Some(1) && self.max != Some(0)
    }
}

impl TypeInfo {
    /// The element that a member name of JSON means, with the type that the name tells (`valueQuantity`).
    pub fn element_by_json_name(&self, name: &str) -> Option<(&ElementInfo, &ElementType)> {
        self.elements
            .iter()
            .find_map(|element| element.types.iter().find(|t| &*t.json_name == name).map(|t| (element, t)))
    }

    fn sorted_members(&self) -> Vec<MemberPosition> {
        let mut members: Vec<MemberPosition> = (0_u16..)
            .zip(&self.elements)
            .flat_map(|(element, info)| {
                (0_u16..).zip(&info.types).map(move |(choice, _)| MemberPosition { element, choice })
            })
            .collect();
        members.sort_by(|a, b| self.json_name(*a).cmp(self.json_name(*b)));
        members
    }

    fn member(&self, position: MemberPosition) -> Option<(&ElementInfo, &ElementType)> {
        let element = self.elements.get(usize::from(position.element))?;
        Some((element, element.types.get(usize::from(position.choice))?))
    }

    fn json_name(&self, position: MemberPosition) -> &str {
        self.member(position).map_or("", |(_, element_type)| &element_type.json_name)
    }

    /// The element of that name (`value` for `value[x]`).
    pub fn element(&self, name: &str) -> Option<&ElementInfo> {
        self.elements.iter().find(|element| &*element.name == name)
    }
}

impl TypeModel {
    /// Adds a type, or replaces the type of that name, and returns its id.
    pub fn insert(&mut self, info: TypeInfo) -> TypeId {
        let members = info.sorted_members();
        if let Some(id) = self.by_name.get(&info.name) {
            let position = id.0 as usize;
            if let (Some(old), Some(old_members)) =
                (self.types.get_mut(position), self.members.get_mut(position))
            {
                *old = info;
                *old_members = members;
            }
            return *id;
        }
        let id = TypeId(self.types.len() as u32);
        self.by_name.insert(info.name.clone(), id);
        self.types.push(info);
        self.members.push(members);
        id
    }

    /// The element and type that a member name of JSON means in a type: [`TypeInfo::element_by_json_name`], faster.
    pub fn member(&self, id: TypeId, json_name: &str) -> Option<(&ElementInfo, &ElementType)> {
        let (info, members) = (self.get(id)?, self.members.get(id.0 as usize)?);
        let found = members.binary_search_by(|position| info.json_name(*position).cmp(json_name)).ok()?;
        info.member(*members.get(found)?)
    }

    /// The id of the type of that name.
    pub fn id(&self, name: &str) -> Option<TypeId> {
        self.by_name.get(name).copied()
    }

    /// The type of that id.
    pub fn get(&self, id: TypeId) -> Option<&TypeInfo> {
        self.types.get(id.0 as usize)
    }

    /// The type of that name.
    pub fn by_name(&self, name: &str) -> Option<&TypeInfo> {
        self.id(name).and_then(|id| self.get(id))
    }

    /// The name of a type.
    pub fn name(&self, id: TypeId) -> &str {
        self.get(id).map_or("", |info| &info.name)
    }

    /// All types in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (TypeId, &TypeInfo)> {
        self.types.iter().enumerate().map(|(position, info)| (TypeId(position as u32), info))
    }

    /// Whether `id` is `ancestor` or specialises it, directly or not.
    pub fn is_a(&self, id: TypeId, ancestor: TypeId) -> bool {
        let mut current = Some(id);
        while let Some(at) = current {
            if at == ancestor {
                return true;
            }
            current = self.get(at).and_then(|info| info.base);
        }
        false
    }
}
