//! The value of an operation, and what it is as a certain element.

use fhir_model::types::{ElementInfo, ElementType, TypeId, TypeInfo, TypeKind, TypeModel};

use super::edit;
use super::occurrences::Occurrence;
use crate::error::PatchError;
use crate::value::{Object, Value};

/// What an operation puts into a resource.
#[derive(Debug)]
pub(super) enum TypedValue {
    /// `value[x]`: a primitive or a data type.
    Element { type_id: TypeId, occurrence: Occurrence },
    /// `resource`.
    Resource(Value),
    /// `part`: an element without a type of its own name (`Patient.contact`), given by its elements.
    Parts(Vec<(String, TypedValue)>),
}

impl TypedValue {
    /// The type, of those that an element may have, that this value is given as.
    ///
    /// `asked` is the one that the name of the element tells (`valueQuantity`), or that it has already.
    pub(super) fn choose<'m>(
        &self,
        types: &TypeModel,
        element: &'m ElementInfo,
        asked: Option<&'m ElementType>,
    ) -> Result<&'m ElementType, PatchError> {
        let mut allowed =
            element.types.iter().filter(|own| asked.is_none_or(|asked| asked.type_id == own.type_id));
        let only = if asked.is_some() || !element.is_choice { allowed.clone().next() } else { None };
        let chosen = match self {
            Self::Element { type_id, .. } => allowed
                .find(|own| own.type_id == *type_id)
                .or_else(|| only.filter(|only| is_alike(types, only.type_id, *type_id))),
            Self::Resource(_) => only.filter(|only| kind(types, only.type_id) == Some(TypeKind::Resource)),
            Self::Parts(_) => only.filter(|only| {
                matches!(kind(types, only.type_id), Some(TypeKind::Complex | TypeKind::Backbone))
            }),
        };
        chosen.ok_or_else(|| {
            let names: Vec<_> = element.types.iter().map(|own| types.name(own.type_id)).collect();
            let own = match self {
                Self::Element { type_id, .. } => types.name(*type_id),
                Self::Resource(_) => "a resource",
                Self::Parts(_) => "given by its parts",
            };
            PatchError::not_applicable(format!(
                "{} takes {}, but the value is {own}",
                element.name,
                names.join(", ")
            ))
        })
    }

    /// The value as an element of a type that was chosen for it.
    pub(super) fn build(&self, types: &TypeModel, type_id: TypeId) -> Result<Occurrence, PatchError> {
        match self {
            Self::Element { occurrence, .. } => Ok(occurrence.clone()),
            Self::Resource(resource) => Ok(Occurrence { value: Some(resource.clone()), sibling: None }),
            Self::Parts(parts) => {
                let mut object = Object::default();
                for (name, value) in parts {
                    edit::add(&mut object, type_id, name, value, types)?;
                }
                Ok(Occurrence { value: Some(Value::Object(object)), sibling: None })
            }
        }
    }
}

fn kind(types: &TypeModel, type_id: TypeId) -> Option<TypeKind> {
    types.get(type_id).map(|info| info.kind)
}

/// Whether a value of one type can stand for one of another: specialisations of each other, and primitives that JSON writes
/// alike. What a primitive may contain is left to validation.
fn is_alike(types: &TypeModel, wanted: TypeId, given: TypeId) -> bool {
    match (types.get(wanted), types.get(given)) {
        (Some(wanted), Some(given))
            if wanted.kind == TypeKind::Primitive && given.kind == TypeKind::Primitive =>
        {
            json_form(wanted) == json_form(given)
        }
        _ => types.is_a(wanted, given) || types.is_a(given, wanted),
    }
}

/// How JSON writes a primitive.
#[derive(PartialEq, Eq)]
enum JsonForm {
    Boolean,
    Number,
    String,
}

fn json_form(primitive: &TypeInfo) -> JsonForm {
    match &*primitive.name {
        "boolean" => JsonForm::Boolean,
        "integer" | "positiveInt" | "unsignedInt" | "decimal" => JsonForm::Number,
        _ => JsonForm::String,
    }
}
