//! Random resources that follow the type model, through XML and back.

use fhir_model::Document;
use fhir_model::types::{ElementInfo, ElementType, TypeId, TypeKind};
use fhir_model::xml::Layout;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::{REGISTRY, through_xml, types, value};

/// Elements below this depth are left out, so that recursive types come to an end.
const MAX_DEPTH: u32 = 6;

/// A source of choices; when it has run out, it always takes the first.
struct Choices {
    numbers: Vec<u16>,
    at: usize,
    text: String,
}

impl Choices {
    fn below(&mut self, bound: usize) -> usize {
        self.at += 1;
        self.numbers.get(self.at - 1).map_or(0, |number| usize::from(*number) % bound.max(1))
    }

    fn resource(&mut self, depth: u32) -> Value {
        let names = REGISTRY.resource_types();
        let name = names.get(self.below(names.len())).unwrap();
        let mut members = self.members(types().id(name).unwrap(), depth);
        members.insert("resourceType".to_owned(), json!(name));
        Value::Object(members)
    }

    fn members(&mut self, type_id: TypeId, depth: u32) -> Map<String, Value> {
        let mut members = Map::new();
        for element in &types().get(type_id).unwrap().elements {
            let is_chosen = self.below(6) == 1 && depth < MAX_DEPTH && element.max != Some(0);
            let choice = self.below(element.types.len());
            if let Some(element_type) = element.types.get(choice).filter(|_| is_chosen) {
                self.member(element, element_type, depth, &mut members);
            }
        }
        members
    }

    fn member(
        &mut self,
        element: &ElementInfo,
        element_type: &ElementType,
        depth: u32,
        members: &mut Map<String, Value>,
    ) {
        let count = if element.is_array() { 1 + self.below(3) } else { 1 };
        let is_plain = element.is_xml_attribute;
        let pairs: Vec<(Value, Value)> =
            (0..count).map(|_| self.value(element_type.type_id, is_plain, depth + 1)).collect();
        let (values, siblings): (Vec<Value>, Vec<Value>) = pairs.into_iter().unzip();
        let mut insert = |name: String, mut values: Vec<Value>| {
            if values.iter().any(|value| !value.is_null()) {
                let value = if element.is_array() { Value::Array(values) } else { values.remove(0) };
                members.insert(name, value);
            }
        };
        insert(element_type.json_name.to_string(), values);
        insert(format!("_{}", element_type.json_name), siblings);
    }

    /// A value and its sibling; not both are null.
    fn value(&mut self, type_id: TypeId, is_plain: bool, depth: u32) -> (Value, Value) {
        let info = types().get(type_id).unwrap();
        match info.kind {
            TypeKind::Resource => (self.resource(depth), Value::Null),
            TypeKind::Complex | TypeKind::Backbone => {
                (Value::Object(self.members(type_id, depth)), Value::Null)
            }
            TypeKind::Primitive if is_plain || &*info.name == "xhtml" => {
                (self.primitive(&info.name), Value::Null)
            }
            TypeKind::Primitive => {
                let sibling = self.members(type_id, depth);
                let sibling = if sibling.is_empty() { Value::Null } else { Value::Object(sibling) };
                let is_without_value = !sibling.is_null() && self.below(3) == 1;
                (if is_without_value { Value::Null } else { self.primitive(&info.name) }, sibling)
            }
        }
    }

    fn primitive(&mut self, type_name: &str) -> Value {
        let pick = self.below(4);
        let texts: [&str; 4] = match type_name {
            "boolean" => ["true", "false", "true", "false"],
            "decimal" => ["1.00", "-0.1e-3", "12345678901234567890.10", "0"],
            "integer" | "unsignedInt" | "positiveInt" => ["1", "0", "-7", "2147483647"],
            "xhtml" => {
                let texts =
                    ["", "a &lt; b", "<p title=\"x\">é</p>\r\n<br/>", "<!-- x --><![CDATA[<]]>&#160;"];
                let text = texts.get(pick).unwrap();
                return json!(format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{text}</div>"));
            }
            _ => return json!(self.text.chars().skip(pick).collect::<String>()),
        };
        serde_json::from_str(texts.get(pick).unwrap()).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn resources_are_written_and_read_back_the_same(
        numbers in prop::collection::vec(any::<u16>(), 0..600),
        text in "[\t\n\r -~é\u{2028}\u{fffd}\u{1f980}]{0,20}",
    ) {
        let resource = Choices { numbers, at: 0, text }.resource(0);
        let document = Document::parse(resource.to_string()).unwrap();
        for layout in [Layout::Compact, Layout::Pretty] {
            prop_assert_eq!(through_xml(document.root(), layout), Ok(value(&document)));
        }
    }
}
