//! What an expression yields: elements of the resource, and values computed from them.

use std::borrow::Cow;

use fhir_model::types::{TypeId, TypeInfo, TypeKind, TypeModel};
use fhir_model::{Kind, Node};
use rust_decimal::Decimal;
use smallvec::SmallVec;

use crate::quantity::Quantity;
use crate::temporal::Moment;

/// The items of a result, in order.
pub type Collection<'a> = SmallVec<[Item<'a>; 4]>;

/// One item of a collection.
#[derive(Clone, Debug)]
pub enum Item<'a> {
    /// An element or resource of the input.
    Element(Element<'a>),
    /// System.Boolean
    Boolean(bool),
    /// System.Integer
    Integer(i32),
    /// System.Decimal
    Decimal(Decimal),
    /// System.String
    String(Cow<'a, str>),
    /// System.Date
    Date(Moment),
    /// System.DateTime
    DateTime(Moment),
    /// System.Time
    Time(Moment),
    /// System.Quantity
    Quantity(Box<Quantity<'a>>),
    /// What `type()` tells of an item.
    Type {
        /// `System` or `FHIR`.
        namespace: &'static str,
        /// `String`, `Patient`
        name: Cow<'a, str>,
    },
}

/// A view of one element of a resource: a copyable handle of borrowed nodes and a type.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    /// The value. Absent when a primitive has nothing but extensions, and for a resource known only by type.
    pub node: Option<Node<'a>>,
    /// The `_name` sibling of a primitive, with its id and extensions.
    pub sibling: Option<Node<'a>>,
    /// The type of the element.
    pub type_id: TypeId,
    pub(crate) class: Class,
}

/// How the value of a type is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Has elements but no value.
    Complex,
    /// Its type stands in the instance.
    Resource,
    /// Reads as System.Quantity as well.
    Quantity,
    Boolean,
    Integer,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
}

impl Class {
    pub(crate) fn of(model: &TypeModel, type_id: TypeId) -> Self {
        let Some(info) = model.get(type_id) else { return Self::Complex };
        match info.kind {
            TypeKind::Resource => Self::Resource,
            TypeKind::Backbone => Self::Complex,
            TypeKind::Complex if is_quantity(model, info) => Self::Quantity,
            TypeKind::Complex => Self::Complex,
            TypeKind::Primitive => match &*info.name {
                "boolean" => Self::Boolean,
                "integer" | "positiveInt" | "unsignedInt" => Self::Integer,
                "decimal" => Self::Decimal,
                "date" => Self::Date,
                "dateTime" | "instant" => Self::DateTime,
                "time" => Self::Time,
                _ => Self::String,
            },
        }
    }

    pub(crate) fn is_primitive(self) -> bool {
        !matches!(self, Self::Complex | Self::Resource | Self::Quantity)
    }
}

/// Whether a type is Quantity or specialises it; by name, which is quicker than by a look-up of its id.
fn is_quantity(model: &TypeModel, info: &TypeInfo) -> bool {
    let mut current = Some(info);
    while let Some(info) = current {
        if &*info.name == "Quantity" {
            return true;
        }
        current = info.base.and_then(|base| model.get(base));
    }
    false
}

impl<'a> Element<'a> {
    /// An element of a known type. For resources, see [`Element::resource`].
    pub fn new(model: &TypeModel, node: Node<'a>, sibling: Option<Node<'a>>, type_id: TypeId) -> Self {
        Self { node: Some(node), sibling, type_id, class: Class::of(model, type_id) }
    }

    /// An element of a known type that may have only a sibling, as primitives without a value do.
    pub fn from_parts(
        model: &TypeModel,
        node: Option<Node<'a>>,
        sibling: Option<Node<'a>>,
        type_id: TypeId,
    ) -> Self {
        Self { node, sibling, type_id, class: Class::of(model, type_id) }
    }

    /// A resource, typed by its `resourceType`. `None` when that is missing or not in the model.
    pub fn resource(model: &TypeModel, node: Node<'a>) -> Option<Self> {
        let type_id = model.id(node.resource_type()?)?;
        Some(Self { node: Some(node), sibling: None, type_id, class: Class::Resource })
    }

    /// A resource of which nothing but the type is known: what a reference tells of its target.
    pub(crate) fn of_type(type_id: TypeId) -> Self {
        Self { node: None, sibling: None, type_id, class: Class::Resource }
    }

    /// The node of the element: its value, or else its extensions. `None` for resources known by type only.
    pub fn any_node(&self) -> Option<Node<'a>> {
        self.node.or(self.sibling)
    }

    /// Whether this is a primitive that has a value.
    pub fn has_value(&self) -> bool {
        self.class.is_primitive() && self.node.is_some()
    }

    /// The text of a primitive's value.
    pub(crate) fn text(&self) -> Option<&'a str> {
        self.node.filter(|_| self.class.is_primitive()).and_then(Node::primitive_text)
    }

    /// The System value of a primitive or quantity. A value that its type does not allow reads as String.
    fn value(&self) -> Option<Item<'a>> {
        let node = self.node?;
        if self.class == Class::Quantity {
            return Quantity::from_node(node).map(|quantity| Item::Quantity(Box::new(quantity)));
        }
        let text = self.text()?;
        let typed = match (self.class, node.kind()) {
            (_, Kind::Boolean) => node.as_bool().map(Item::Boolean),
            (Class::Integer, Kind::Number) => text.parse().ok().map(Item::Integer),
            (_, Kind::Number) => decimal(text).map(Item::Decimal),
            (Class::Date, _) => Moment::parse_date(text).map(Item::Date),
            (Class::DateTime, _) => Moment::parse_date_time(text).map(Item::DateTime),
            (Class::Time, _) => Moment::parse_time(text).map(Item::Time),
            _ => None,
        };
        Some(typed.unwrap_or(Item::String(Cow::Borrowed(text))))
    }

    /// Whether both are the same element of the same document.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self.any_node(), other.any_node()) {
            (Some(own), Some(other)) => {
                own.index() == other.index() && std::ptr::eq(own.document(), other.document())
            }
            _ => false,
        }
    }
}

impl<'a> Item<'a> {
    /// A copy that borrows what this one owns.
    pub(crate) fn reborrow(&'a self) -> Self {
        match self {
            Self::String(text) => Self::String(Cow::Borrowed(text)),
            other => other.clone(),
        }
    }

    /// The System value of this item: itself when computed, the value of a primitive element or quantity.
    /// `None` for all other elements.
    pub fn value(&self) -> Option<Item<'a>> {
        match self {
            Self::Element(element) => element.value(),
            other => Some(other.clone()),
        }
    }

    /// The element, where this is one.
    pub fn as_element(&self) -> Option<&Element<'a>> {
        match self {
            Self::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The truth value of a boolean, computed or an element.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Element(element) if element.class == Class::Boolean => element.node.and_then(Node::as_bool),
            _ => None,
        }
    }

    /// The text of a string, or of any primitive element as it stands in the resource.
    pub fn as_text(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::String(text) => Some(text.clone()),
            Self::Element(element) => element.text().map(Cow::Borrowed),
            _ => None,
        }
    }

    /// The name of the type: `Patient.contact`, `string`, `Boolean`.
    pub fn type_name<'m>(&self, model: &'m TypeModel) -> &'m str {
        match self {
            Self::Element(element) => model.name(element.type_id),
            other => other.system_type().map_or("ClassInfo", SystemType::name),
        }
    }

    /// The type of a computed value.
    pub(crate) fn system_type(&self) -> Option<SystemType> {
        Some(match self {
            Self::Boolean(_) => SystemType::Boolean,
            Self::Integer(_) => SystemType::Integer,
            Self::Decimal(_) => SystemType::Decimal,
            Self::String(_) => SystemType::String,
            Self::Date(_) => SystemType::Date,
            Self::DateTime(_) => SystemType::DateTime,
            Self::Time(_) => SystemType::Time,
            Self::Quantity(_) => SystemType::Quantity,
            Self::Element(_) | Self::Type { .. } => return None,
        })
    }
}

/// The types of the System namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SystemType {
    Boolean,
    Integer,
    Decimal,
    String,
    Date,
    DateTime,
    Time,
    Quantity,
}

impl SystemType {
    const ALL: [Self; 8] = [
        Self::Boolean,
        Self::Integer,
        Self::Decimal,
        Self::String,
        Self::Date,
        Self::DateTime,
        Self::Time,
        Self::Quantity,
    ];

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|system| system.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "Boolean",
            Self::Integer => "Integer",
            Self::Decimal => "Decimal",
            Self::String => "String",
            Self::Date => "Date",
            Self::DateTime => "DateTime",
            Self::Time => "Time",
            Self::Quantity => "Quantity",
        }
    }
}

/// A decimal with its digits kept, exponents included; `None` beyond 28 digits.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    if text.starts_with('.') || text.ends_with('.') {
        return None;
    }
    if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()
    } else {
        Decimal::from_str_exact(text).ok()
    }
}

impl<'a> Item<'a> {
    /// The text of a value, computed or an element: what `toString()` gives. `None` for elements without one.
    pub fn to_text(&self) -> Option<Cow<'a, str>> {
        Some(match self {
            Self::Element(element) if element.class.is_primitive() => Cow::Borrowed(element.text()?),
            Self::Element(element) => return element.value().and_then(|value| value.to_text()),
            Self::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Integer(value) => Cow::Owned(value.to_string()),
            Self::Decimal(value) => Cow::Owned(value.to_string()),
            Self::String(text) => text.clone(),
            Self::Date(moment) | Self::DateTime(moment) => Cow::Owned(moment.to_string()),
            Self::Time(moment) => Cow::Owned(moment.time_text()),
            Self::Quantity(quantity) => Cow::Owned(quantity.to_string()),
            Self::Type { namespace, name } => Cow::Owned(format!("{namespace}.{name}")),
        })
    }

    /// The part of a computed value: of a type its name, of a quantity its value and unit.
    pub(crate) fn member(&self, name: &str) -> Option<Item<'a>> {
        match (self, name) {
            (Self::Type { namespace, .. }, "namespace") => Some(Self::String(Cow::Borrowed(namespace))),
            (Self::Type { name, .. }, "name") => Some(Self::String(name.clone())),
            (Self::Quantity(quantity), "value") => Some(Self::Decimal(quantity.value)),
            (Self::Quantity(quantity), "unit" | "code") => Some(Self::String(quantity.unit_text())),
            _ => None,
        }
    }
}
