//! JSON that can be changed: the resource while operations are applied to it. Members keep their order, numbers their text.

use fhir_model::write::write_string;
use fhir_model::{Kind, Node};

use crate::number;

/// A value of JSON.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    /// A number as it was written.
    Number(Box<str>),
    String(Box<str>),
    Array(Vec<Value>),
    Object(Object),
}

/// The members of an object in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    pub(crate) members: Vec<(Box<str>, Value)>,
}

impl Object {
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|(own, _)| **own == *name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(own, _)| **own == *name).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.members.iter_mut().find(|(own, _)| **own == *name).map(|(_, value)| value)
    }

    /// Sets a member: in its place if it is there, else as the last.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        match self.get_mut(name) {
            Some(own) => *own = value,
            None => self.members.push((name.into(), value)),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Value> {
        let position = self.position(name)?;
        Some(self.members.remove(position).1)
    }
}

impl From<Node<'_>> for Value {
    fn from(node: Node<'_>) -> Self {
        match node.kind() {
            Kind::Null => Self::Null,
            Kind::Boolean => Self::Boolean(node.as_bool().unwrap_or_default()),
            Kind::Number => Self::Number(node.as_number().unwrap_or_default().into()),
            Kind::String => Self::String(node.as_str().unwrap_or_default().into()),
            Kind::Array => Self::Array(node.items().map(Self::from).collect()),
            Kind::Object => {
                let members = node.members().map(|(name, value)| (name.into(), Self::from(value)));
                Self::Object(Object { members: members.collect() })
            }
        }
    }
}

impl Value {
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(crate) fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The compact JSON.
    pub(crate) fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1024);
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Self::Number(text) => out.extend_from_slice(text.as_bytes()),
            Self::String(text) => write_string(text, out),
            Self::Array(items) => {
                out.push(b'[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Object(object) => {
                out.push(b'{');
                for (position, (name, value)) in object.members.iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    write_string(name, out);
                    out.push(b':');
                    value.write(out);
                }
                out.push(b'}');
            }
        }
    }

    /// Approximate bytes of memory, which are more than those of the text.
    pub(crate) fn weight(&self) -> usize {
        let own = size_of::<Self>();
        match self {
            Self::Null | Self::Boolean(_) => own,
            Self::Number(text) | Self::String(text) => own + text.len(),
            Self::Array(items) => own + items.iter().map(Self::weight).sum::<usize>(),
            Self::Object(object) => {
                let members = object.members.iter();
                own + members
                    .map(|(name, value)| size_of_val(name) + name.len() + value.weight())
                    .sum::<usize>()
            }
        }
    }

    /// How many arrays and objects stand inside each other.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::Array(items) => 1 + items.iter().map(Self::depth).max().unwrap_or_default(),
            Self::Object(object) => {
                1 + object.members.iter().map(|(_, value)| value.depth()).max().unwrap_or_default()
            }
            _ => 0,
        }
    }

    /// Equality of RFC 6902, section 4.6: numbers by value, members in any order.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(left), Self::Boolean(right)) => left == right,
            (Self::Number(left), Self::Number(right)) => number::is_same(left, right),
            (Self::String(left), Self::String(right)) => left == right,
            (Self::Array(left), Self::Array(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| left.is_same(right))
            }
            (Self::Object(left), Self::Object(right)) => {
                left.members.len() == right.members.len()
                    && left.sorted().into_iter().zip(right.sorted()).all(
                        |((left_name, left), (right_name, right))| {
                            left_name == right_name && left.is_same(right)
                        },
                    )
            }
            _ => false,
        }
    }
}

impl Object {
    fn sorted(&self) -> Vec<(&str, &Value)> {
        let mut members: Vec<_> = self.members.iter().map(|(name, value)| (&**name, value)).collect();
        members.sort_unstable_by_key(|(name, _)| *name);
        members
    }
}
