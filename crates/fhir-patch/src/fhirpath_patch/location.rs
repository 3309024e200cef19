//! Where an element that FHIRPath has found stands in the JSON of its resource.

use fhir_model::Node;
use fhir_model::types::{TypeId, TypeKind, TypeModel};
use fhirpath::Element;

use crate::value::{Object, Value};

/// A step from a value to one that it contains.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Member(Box<str>),
    Item(usize),
}

/// What a path has selected.
#[derive(Debug)]
pub(super) enum Target {
    /// The resource itself, of that type.
    Resource(TypeId),
    /// An element of it.
    Element(Location),
}

/// The place of an element.
#[derive(Clone, Debug)]
pub(super) struct Location {
    /// The way to the object that holds the element.
    pub(super) holder: Vec<Step>,
    /// The type of the holder; for the `_x` sibling of a primitive, that of the primitive.
    pub(super) holder_type: TypeId,
    /// The member that the element is, without the `_` of a sibling: `valueQuantity`.
    pub(super) name: Box<str>,
    /// The position in the array, if the element repeats.
    pub(super) index: Option<usize>,
    /// The type of the element.
    pub(super) type_id: TypeId,
}

impl Location {
    /// The way to the value of the element.
    pub(super) fn steps(&self) -> Vec<Step> {
        let mut steps = self.holder.clone();
        steps.push(Step::Member(self.name.clone()));
        steps.extend(self.index.map(Step::Item));
        steps
    }
}

/// The place of an element of a resource; `None` if it is part of something else.
pub(super) fn locate(resource: Node<'_>, types: &TypeModel, element: &Element<'_>) -> Option<Target> {
    let target = element.any_node()?;
    if !std::ptr::eq(target.document(), resource.document()) {
        return None;
    }
    let mut steps = Vec::new();
    let (mut at, mut type_id) = (resource, types.id(resource.resource_type()?)?);
    let mut latest: Option<Location> = None;
    while at.index() != target.index() {
        // Nodes are numbered in the order of the text, so the last one that does not come after the target contains it.
        let comes_before = |node: &Node<'_>| node.index() <= target.index();
        if at.is_array() {
            let (index, item) = at.items().enumerate().take_while(|(_, item)| comes_before(item)).last()?;
            steps.push(Step::Item(index));
            latest = latest.map(|location| Location { index: Some(index), ..location });
            at = item;
        } else {
            let (name, value) = at.members().take_while(|(_, value)| comes_before(value)).last()?;
            let element_name = name.strip_prefix('_').unwrap_or(name);
            let holder_type = type_id;
            type_id = types.member(holder_type, element_name)?.1.type_id;
            let (holder, index) = (steps.clone(), None);
            latest = Some(Location { holder, holder_type, name: element_name.into(), index, type_id });
            steps.push(Step::Member(name.into()));
            at = value;
        }
        if types.get(type_id).is_some_and(|info| info.kind == TypeKind::Resource) {
            type_id = at.resource_type().and_then(|name| types.id(name)).unwrap_or(type_id);
        }
    }
    let placed = latest.map(|location| Target::Element(Location { type_id: element.type_id, ..location }));
    Some(placed.unwrap_or(Target::Resource(type_id)))
}

/// The nodes ([`Node::index`]) of all elements of the list that an element of the resource is in.
pub(super) fn list_of(resource: Node<'_>, location: &Location) -> Vec<u32> {
    let Some(holder) = location.holder.iter().try_fold(resource, next) else { return Vec::new() };
    let mut values = holder.get(&location.name).into_iter().flat_map(Node::each);
    let mut siblings = holder.get(&format!("_{}", location.name)).into_iter().flat_map(Node::each);
    let mut nodes = Vec::new();
    loop {
        let (value, sibling) = (values.next(), siblings.next());
        if value.is_none() && sibling.is_none() {
            return nodes;
        }
        let present = |node: &Node<'_>| !node.is_null();
        nodes.extend(value.filter(present).or(sibling.filter(present)).map(Node::index));
    }
}

fn next<'a>(at: Node<'a>, step: &Step) -> Option<Node<'a>> {
    match step {
        Step::Member(name) => at.get(name),
        Step::Item(index) => at.items().nth(*index),
    }
}

/// The object that the steps lead to.
pub(super) fn object_at<'v>(root: &'v mut Value, steps: &[Step]) -> Option<&'v mut Object> {
    let mut at = root;
    for step in steps {
        at = match (at, step) {
            (Value::Object(object), Step::Member(name)) => object.get_mut(name)?,
            (Value::Array(items), Step::Item(index)) => items.get_mut(*index)?,
            _ => return None,
        };
    }
    at.as_object_mut()
}
