//! Writes the JSON Schema (draft 7) of a resource type from its element definitions.
//!
//! One definition for every type that the resource can reach, each closed (`additionalProperties: false`). Resources
//! inside the resource (`contained`, entries, parameters) are cut to objects: the walk of
//! [`structure`](crate::structure) hands each to the schema of its own type, which is 100 times faster than a choice
//! among all types and gives errors about the element that is wrong.

use std::collections::BTreeSet;

use fhir_model::types::{ElementInfo, ElementType, TypeId, TypeInfo, TypeKind, TypeModel};
use serde_json::{Map, Value, json};

use super::codes::ClosedCodes;
use super::primitive::{JsonForm, PrimitiveForm};
use crate::shape::{has_sibling, only_member};

/// The definition of what stands beside a primitive, and of its items in the array beside an array of primitives.
const SIBLING: &str = "Element";
const SIBLING_ITEM: &str = "Element-or-null";

/// The schema of a resource type.
pub(crate) fn schema(types: &TypeModel, resource: TypeId, codes: &dyn ClosedCodes) -> Value {
    let mut generator = Generator { types, codes, found: BTreeSet::new(), waiting: Vec::new() };
    let root = generator.reference(resource);
    let mut definitions = Map::new();
    while let Some(id) = generator.waiting.pop() {
        if let Some(info) = types.get(id) {
            let definition = generator.object(info, json!("object"));
            definitions.insert(info.name.to_string(), definition);
        }
    }
    if let Some(info) = types.by_name("Element") {
        definitions.insert(SIBLING.into(), generator.object(info, json!("object")));
        definitions.insert(SIBLING_ITEM.into(), generator.object(info, json!(["object", "null"])));
    }
    json!({ "$schema": "http://json-schema.org/draft-07/schema#", "allOf": [root], "definitions": definitions })
}

struct Generator<'a> {
    types: &'a TypeModel,
    codes: &'a dyn ClosedCodes,
    /// Types that have a definition, or will have one.
    found: BTreeSet<TypeId>,
    /// Types whose definition is still to be written.
    waiting: Vec<TypeId>,
}

impl Generator<'_> {
    fn object(&mut self, info: &TypeInfo, json_type: Value) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        if info.kind == TypeKind::Resource {
            properties.insert("resourceType".into(), json!({ "type": "string" }));
        }
        for element in info.elements.iter().filter(|element| element.max != Some(0)) {
            for kind in &element.types {
                properties.insert(kind.json_name.to_string(), self.member(element, kind));
                if has_sibling(self.types, element, kind) {
                    properties.insert(format!("_{}", kind.json_name), sibling(element));
                }
            }
            if element.min > 0 {
                required.extend(only_member(self.types, element));
            }
        }
        let mut schema =
            json!({ "type": json_type, "properties": properties, "additionalProperties": false });
        if let (Value::Object(schema), false) = (&mut schema, required.is_empty()) {
            schema.insert("required".into(), json!(required));
        }
        schema
    }

    fn member(&mut self, element: &ElementInfo, kind: &ElementType) -> Value {
        match self.types.get(kind.type_id).map(|info| info.kind) {
            Some(TypeKind::Primitive) => {
                let null_too = element.is_array() && has_sibling(self.types, element, kind);
                let value = self.primitive(element, kind.type_id, null_too);
                repeated(element, value)
            }
            Some(TypeKind::Resource) => repeated(element, json!({ "type": "object" })),
            Some(TypeKind::Complex | TypeKind::Backbone) => {
                let value = self.reference(kind.type_id);
                repeated(element, value)
            }
            None => Value::Bool(true),
        }
    }

    fn reference(&mut self, id: TypeId) -> Value {
        if self.found.insert(id) {
            self.waiting.push(id);
        }
        json!({ "$ref": format!("#/definitions/{}", self.types.name(id)) })
    }

    /// `null_too`: nulls may fill the places of an array whose items have only extensions.
    fn primitive(&self, element: &ElementInfo, id: TypeId, null_too: bool) -> Value {
        let Some(form) = PrimitiveForm::of(self.types, id) else { return Value::Bool(true) };
        let json_type = |name: &str| if null_too { json!([name, "null"]) } else { json!(name) };
        match form.json {
            JsonForm::Boolean => json!({ "type": json_type("boolean") }),
            JsonForm::Decimal => json!({ "type": json_type("number") }),
            JsonForm::Integer { min, max } => {
                json!({ "type": json_type("integer"), "minimum": min, "maximum": max })
            }
            JsonForm::Text { format, .. } => match self.listed_codes(element, form) {
                Some(codes) => {
                    let mut listed: Vec<Value> = codes.into_iter().map(|code| json!(code)).collect();
                    if null_too {
                        listed.push(Value::Null);
                    }
                    json!({ "enum": listed })
                }
                None => json!({ "type": json_type("string"), "format": format }),
            },
        }
    }

    fn listed_codes(&self, element: &ElementInfo, form: &PrimitiveForm) -> Option<Vec<Box<str>>> {
        let value_set = element.required_value_set.as_deref().filter(|_| form.name == "code")?;
        self.codes.closed_codes(value_set)
    }
}

fn sibling(element: &ElementInfo) -> Value {
    let name = if element.is_array() { SIBLING_ITEM } else { SIBLING };
    repeated(element, json!({ "$ref": format!("#/definitions/{name}") }))
}

/// An array of `item` where the element may repeat. That the array is not empty is a rule of the structure layer.
fn repeated(element: &ElementInfo, item: Value) -> Value {
    if !element.is_array() {
        return item;
    }
    let mut array = json!({ "type": "array", "items": item });
    if let Value::Object(array) = &mut array {
        if element.min > 1 {
            array.insert("minItems".into(), json!(element.min));
        }
        if let Some(max) = element.max {
            array.insert("maxItems".into(), json!(max));
        }
    }
    array
}
