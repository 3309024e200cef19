//! The occurrences of an element in an object: members of JSON, primitives together with what stands beside them.

use fhir_model::Node;
use fhirpath::Element;
use smallvec::SmallVec;

use super::library::Engine;
use super::rules::Child;
use crate::report::{Path, Step};
use crate::shape::{Content, Shape};

/// One occurrence of an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence<'a> {
    /// The element.
    pub(super) element: Element<'a>,
    /// Its position, where it may repeat.
    pub(super) position: Option<usize>,
}

/// The occurrences of one element.
pub(super) type Occurrences<'a> = SmallVec<[Occurrence<'a>; 4]>;

impl Occurrence<'_> {
    /// The path of the occurrence, given that of its element.
    pub(super) fn path<'p>(&self, element: &'p Path<'p>) -> Path<'p> {
        match self.position {
            Some(position) => element.then(Step::Item(position)),
            None => *element,
        }
    }
}

/// The object that has the members of an element (that beside it, if it is a primitive), and their shape.
pub(super) fn object<'a>(engine: &'a Engine, element: Element<'a>) -> Option<(Node<'a>, &'a Shape)> {
    let model = engine.model();
    match element.node.filter(|node| node.is_object()) {
        Some(node) => Some((node, engine.shapes.of(model, element.type_id)?)),
        None => Some((element.sibling?, engine.shapes.of(model, engine.element_type?)?)),
    }
}

/// The occurrences of a child that rules are about.
pub(super) fn of_child<'a>(engine: &'a Engine, element: Element<'a>, child: &Child) -> Occurrences<'a> {
    let Some((node, shape)) = object(engine, element) else { return Occurrences::new() };
    if child.is_choice {
        of_choice(engine, node, shape, &child.name)
    } else {
        plain(engine, node, shape, &child.name)
    }
}

/// The occurrences of the elements of that name, choices included.
pub(super) fn named<'a>(engine: &'a Engine, element: Element<'a>, name: &str) -> Occurrences<'a> {
    let Some((node, shape)) = object(engine, element) else { return Occurrences::new() };
    match shape.member(name) {
        Some(_) => plain(engine, node, shape, name),
        None => of_choice(engine, node, shape, name),
    }
}

fn plain<'a>(engine: &Engine, node: Node<'a>, shape: &Shape, name: &str) -> Occurrences<'a> {
    let mut found = Occurrences::new();
    if shape.member(name).is_some() {
        collect(engine, shape, name, node.get(name), sibling(node, name), &mut found);
    }
    found
}

fn of_choice<'a>(engine: &Engine, node: Node<'a>, shape: &Shape, name: &str) -> Occurrences<'a> {
    let mut found = Occurrences::new();
    for (member, value) in node.members() {
        let is_sibling = member.starts_with('_');
        let json_name = member.strip_prefix('_').unwrap_or(member);
        let is_choice = json_name.starts_with(name)
            && shape.member(json_name).is_some_and(|own| own.name_length == name.len());
        if !is_choice || (is_sibling && node.get(json_name).is_some()) {
            continue;
        }
        let (value, beside) =
            if is_sibling { (None, Some(value)) } else { (Some(value), sibling(node, json_name)) };
        collect(engine, shape, json_name, value, beside, &mut found);
    }
    found
}

/// What stands beside a primitive: its id and extensions.
pub(super) fn sibling<'a>(node: Node<'a>, name: &str) -> Option<Node<'a>> {
    node.members().find_map(|(member, value)| (member.strip_prefix('_') == Some(name)).then_some(value))
}

/// Adds the occurrences that a member, and the one beside it, have.
pub(super) fn collect<'a>(
    engine: &Engine,
    shape: &Shape,
    name: &str,
    value: Option<Node<'a>>,
    beside: Option<Node<'a>>,
    found: &mut Occurrences<'a>,
) {
    let Some(member) = shape.member(name) else { return };
    let model = engine.model();
    let mut add = |value: Option<Node<'a>>, beside: Option<Node<'a>>, position: Option<usize>| {
        let value = value.filter(|value| !value.is_null());
        let beside = beside.filter(|beside| beside.is_object());
        if value.is_none() && beside.is_none() {
            return;
        }
        let resource = value.filter(|_| member.content == Content::Resource);
        let element = resource.and_then(|node| Element::resource(model, node));
        let element = element.unwrap_or_else(|| Element::from_parts(model, value, beside, member.type_id));
        found.push(Occurrence { element, position });
    };
    let is_array = value.or(beside).is_some_and(Node::is_array);
    if !is_array {
        add(value, beside, None);
        return;
    }
    let mut values = value.map(Node::items);
    let mut besides = beside.map(Node::items);
    for position in 0.. {
        let value = values.as_mut().and_then(Iterator::next);
        let beside = besides.as_mut().and_then(Iterator::next);
        if value.is_none() && beside.is_none() {
            break;
        }
        add(value, beside, Some(position));
    }
}
