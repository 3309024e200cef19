//! The elements that search expressions select, sorted by how search reads their data type.

use std::collections::HashMap;

use fhir_model::types::{TypeId, TypeKind, TypeModel};
use fhir_model::{Kind, Node};

/// The data types of R4 as search tells them apart: types that are read alike share a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum DataType {
    Boolean,
    /// `string`, `markdown`, `id`, ...: free text.
    Text,
    /// `code`
    Code,
    /// `uri`, `url`, `oid`, `uuid`
    Uri,
    Canonical,
    /// `decimal`, `integer`, `positiveInt`, `unsignedInt`
    Number,
    /// `date`, `dateTime`, `instant`
    Date,
    Coding,
    CodeableConcept,
    Identifier,
    ContactPoint,
    /// `Quantity` and its specialisations: `Age`, `Duration`, ...
    Quantity,
    Money,
    Range,
    SampledData,
    Period,
    Timing,
    HumanName,
    Address,
    Annotation,
    Reference,
    Extension,
    Resource,
    /// `Location.position`
    Position,
    /// Not searched by any parameter type.
    Other,
}

/// A value of a resource with its data type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) node: Node<'a>,
    pub(crate) data_type: DataType,
}

impl Element<'_> {
    /// Whether there is a value. An object with nothing but an id and extensions has none: they say why, or something else.
    pub(crate) fn has_content(&self) -> bool {
        match self.node.kind() {
            Kind::Null => false,
            Kind::Object => self.node.members().any(|(name, value)| {
                !matches!(name, "id" | "extension") && !name.starts_with('_') && !value.is_null()
            }),
            _ => true,
        }
    }
}

/// The data type of every FHIR type of a model.
#[derive(Debug, Default)]
pub(crate) struct DataTypes {
    /// By [`TypeId`].
    by_id: Vec<DataType>,
    /// The type that the members `value[x]` of an extension tell by their names.
    extension_values: HashMap<Box<str>, DataType>,
}

impl DataTypes {
    pub(crate) fn new(types: &TypeModel) -> Self {
        let by_id: Vec<DataType> = types.iter().map(|(id, _)| data_type(types, id)).collect();
        let mut table = Self { by_id, extension_values: HashMap::new() };
        let value = types.by_name("Extension").and_then(|extension| extension.element("value"));
        for choice in value.map(|value| value.types.as_slice()).unwrap_or_default() {
            table.extension_values.insert(choice.json_name.clone(), table.of(choice.type_id));
        }
        table
    }

    /// The data type of a FHIR type.
    pub(crate) fn of(&self, id: TypeId) -> DataType {
        self.by_id.get(id.0 as usize).copied().unwrap_or(DataType::Other)
    }

    /// A node as an element; an extension stands for its value.
    pub(crate) fn element<'a>(&self, node: Node<'a>, id: TypeId) -> Option<Element<'a>> {
        match self.of(id) {
            DataType::Extension => node.members().find_map(|(name, value)| {
                let data_type = *self.extension_values.get(name)?;
                Some(Element { node: value, data_type })
            }),
            data_type => Some(Element { node, data_type }),
        }
    }
}

/// The data type of the nearest ancestor that search knows.
fn data_type(types: &TypeModel, id: TypeId) -> DataType {
    let mut current = Some(id);
    while let Some(info) = current.and_then(|id| types.get(id)) {
        if info.kind == TypeKind::Resource {
            return DataType::Resource;
        }
        if let Some(data_type) = by_name(&info.name) {
            return data_type;
        }
        current = info.base;
    }
    DataType::Other
}

fn by_name(name: &str) -> Option<DataType> {
    Some(match name {
        "boolean" => DataType::Boolean,
        "code" => DataType::Code,
        "string" | "markdown" | "id" | "base64Binary" | "time" => DataType::Text,
        "canonical" => DataType::Canonical,
        "uri" => DataType::Uri,
        "decimal" | "integer" => DataType::Number,
        "date" | "dateTime" | "instant" => DataType::Date,
        "Coding" => DataType::Coding,
        "CodeableConcept" => DataType::CodeableConcept,
        "Identifier" => DataType::Identifier,
        "ContactPoint" => DataType::ContactPoint,
        "Quantity" => DataType::Quantity,
        "Money" => DataType::Money,
        "Range" => DataType::Range,
        "SampledData" => DataType::SampledData,
        "Period" => DataType::Period,
        "Timing" => DataType::Timing,
        "HumanName" => DataType::HumanName,
        "Address" => DataType::Address,
        "Annotation" => DataType::Annotation,
        "Reference" => DataType::Reference,
        "Extension" => DataType::Extension,
        "Location.position" => DataType::Position,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    #[test]
    fn extensions_and_ids_are_no_content() {
        for (json, expected) in [
            (r#"{"text":"x"}"#, true),
            (r#"{"coding":[]}"#, true),
            (r#""x""#, true),
            ("false", true),
            ("null", false),
            ("{}", false),
            (r#"{"id":"a","extension":[{"url":"u"}]}"#, false),
            (r#"{"_value":{"extension":[{"url":"u"}]}}"#, false),
            (r#"{"value":null}"#, false),
        ] {
            let document = Document::parse(json).unwrap();
            let element = Element { node: document.root(), data_type: DataType::Other };
            assert_eq!(element.has_content(), expected, "{json}");
        }
    }
}
