//! Lets the `jsonschema` crate read our documents as they are: a schema runs over [`Node`] views, and no
//! `serde_json::Value` is built for a resource that is valid.

use std::borrow::Cow;

use fhir_model::{Items, Kind, Members, Node};
use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node as JsonNode, NodeIdentity, Object};
use serde_json::{Number, Value};

/// The representation: JSON as a `fhir_model::Document`.
pub(crate) struct DocumentJson;

/// A value of a document, or a member name that a schema looks at as if it were a string value.
#[derive(Clone, Copy)]
pub(crate) enum View<'a> {
    Value(Node<'a>),
    Name(&'a str),
}

/// A view that is known to be an object.
pub(crate) struct ObjectView<'a>(Node<'a>);

/// A view that is known to be an array.
pub(crate) struct ArrayView<'a>(Node<'a>);

/// The text of a number.
pub(crate) struct NumberView<'a>(&'a str);

impl Json for DocumentJson {
    type Node<'a> = View<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = ();

    /// A lookup walks the members, so one pass over them is never dearer than two lookups.
    const KEYS_PER_LOOKUP: usize = 32;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(View<'_>) -> T) -> T {
        f(View::Name(string))
    }
}

impl<'a> View<'a> {
    fn node(self) -> Option<Node<'a>> {
        match self {
            Self::Value(node) => Some(node),
            Self::Name(_) => None,
        }
    }
}

impl<'a> JsonNode<'a, DocumentJson> for View<'a> {
    type Object = ObjectView<'a>;
    type Array = ArrayView<'a>;
    type Number = NumberView<'a>;

    fn as_object(&self) -> Option<ObjectView<'a>> {
        self.node().filter(|node| node.is_object()).map(ObjectView)
    }

    fn as_array(&self) -> Option<ArrayView<'a>> {
        self.node().filter(|node| node.is_array()).map(ArrayView)
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Value(node) => node.as_str().map(Cow::Borrowed),
            Self::Name(name) => Some(Cow::Borrowed(name)),
        }
    }

    fn as_number(&self) -> Option<NumberView<'a>> {
        self.node().and_then(Node::as_number).map(NumberView)
    }

    fn as_boolean(&self) -> Option<bool> {
        self.node().and_then(Node::as_bool)
    }

    fn is_null(&self) -> bool {
        self.node().is_some_and(Node::is_null)
    }

    fn json_type(&self) -> JsonType {
        match self.node().map_or(Kind::String, Node::kind) {
            Kind::Null => JsonType::Null,
            Kind::Boolean => JsonType::Boolean,
            Kind::Number => JsonType::Number,
            Kind::String => JsonType::String,
            Kind::Array => JsonType::Array,
            Kind::Object => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match expected {
            Value::Null => self.is_null(),
            Value::Bool(expected) => self.as_boolean() == Some(*expected),
            Value::String(expected) => self.as_string().is_some_and(|text| text == expected.as_str()),
            // Our schemas compare neither numbers nor containers.
            Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
        }
    }

    /// What an error of the crate carries along. Ours are explained from the document itself, so containers are
    /// left empty: a hostile body with many errors must not be copied once per error.
    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match self.json_type() {
            JsonType::Object => Value::Object(serde_json::Map::new()),
            JsonType::Array => Value::Array(Vec::new()),
            _ => Value::Null,
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        let node = self.node()?;
        Some(NodeIdentity::tagged(std::ptr::from_ref(node.document()).addr(), node.index()))
    }
}

impl<'a> Object<'a, DocumentJson> for ObjectView<'a> {
    type Node = View<'a>;
    type MemberName = &'a str;
    type MembersIter = MemberViews<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &Box<str>) -> Option<View<'a>> {
        self.0.get(key).map(View::Value)
    }

    fn members(&self) -> MemberViews<'a> {
        MemberViews(self.0.members())
    }
}

/// The members of an object.
pub(crate) struct MemberViews<'a>(Members<'a>);

impl<'a> Iterator for MemberViews<'a> {
    type Item = (&'a str, View<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, node)| (name, View::Value(node)))
    }
}

impl<'a> Array<'a, DocumentJson> for ArrayView<'a> {
    type Node = View<'a>;
    type ElementsIter = ItemViews<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> ItemViews<'a> {
        ItemViews(self.0.items())
    }
}

/// The items of an array.
pub(crate) struct ItemViews<'a>(Items<'a>);

impl<'a> Iterator for ItemViews<'a> {
    type Item = View<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(View::Value)
    }
}

impl JsonNumber for NumberView<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    fn to_number(&self) -> Cow<'_, Number> {
        // The document's grammar of numbers is that of JSON, so zero is never really taken.
        Cow::Owned(serde_json::from_str(self.0).unwrap_or_else(|_| Number::from(0)))
    }

    /// FHIR's integers are told by how they are written: `1.0` and `1e2` are decimals.
    fn is_integer(&self) -> bool {
        !self.0.contains(['.', 'e', 'E'])
    }
}
