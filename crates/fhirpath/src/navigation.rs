//! From an element to its children: by the name of an element, or to all of them.

use std::ops::ControlFlow;

use fhir_model::Node;
use fhir_model::types::{ElementInfo, TypeId, TypeInfo, TypeModel};
use smallvec::SmallVec;

use crate::item::{Class, Element};

/// A step to the elements of one name, resolved at compile time for the types it can start from.
#[derive(Debug)]
pub(crate) struct Step {
    /// The name as written: `value` for `value[x]`.
    pub(crate) name: Box<str>,
    /// What the name means on each type that was foreseen.
    pub(crate) known: Box<[(TypeId, Box<[Choice]>)]>,
}

/// One member of JSON that an element may be, with its type.
#[derive(Debug)]
pub(crate) struct Choice {
    json_name: Box<str>,
    typed: Typed,
}

impl Choice {
    /// All that an element may be.
    pub(crate) fn all(model: &TypeModel, element: &ElementInfo) -> Box<[Self]> {
        let types = element.types.iter();
        types.map(|t| Self { json_name: t.json_name.clone(), typed: Typed::new(model, t.type_id) }).collect()
    }
}

/// Takes elements one by one, and may end the search.
pub(crate) type Visit<'v, 'a> = &'v mut dyn FnMut(Element<'a>) -> ControlFlow<()>;

impl Step {
    /// Visits the children of that name, in order.
    pub(crate) fn visit<'a>(
        &self,
        model: &TypeModel,
        parent: &Element<'a>,
        visit: Visit<'_, 'a>,
    ) -> ControlFlow<()> {
        if let Some((_, choices)) = self.known.iter().find(|(type_id, _)| *type_id == parent.type_id) {
            let choose =
                |name: &str| choices.iter().find(|choice| *choice.json_name == *name).map(|c| c.typed);
            return self.visit_members(model, parent, choose, visit);
        }
        // A type that was not foreseen: resources in `contained`, elements reached by `children()`.
        let Some(element) = model.get(parent.type_id).and_then(|info| info.element(&self.name)) else {
            return ControlFlow::Continue(());
        };
        let choose = |name: &str| {
            element.types.iter().find(|t| *t.json_name == *name).map(|t| Typed::new(model, t.type_id))
        };
        self.visit_members(model, parent, choose, visit)
    }

    fn visit_members<'a>(
        &self,
        model: &TypeModel,
        parent: &Element<'a>,
        choose: impl Fn(&str) -> Option<Typed>,
        visit: Visit<'_, 'a>,
    ) -> ControlFlow<()> {
        let mut found: Option<Typed> = None;
        let (mut value, mut sibling) = (None, None);
        for (key, node) in holder(parent).into_iter().flat_map(Node::members) {
            let (is_sibling, name) = match key.strip_prefix('_') {
                Some(name) => (true, name),
                None => (false, key),
            };
            if !name.starts_with(&*self.name) {
                continue;
            }
            let Some(typed) = choose(name) else { continue };
            found = found.or(Some(typed));
            *(if is_sibling { &mut sibling } else { &mut value }) = Some(node);
            if !typed.class.is_primitive() {
                break;
            }
        }
        match found {
            Some(typed) => typed.visit(model, value, sibling, visit),
            None => ControlFlow::Continue(()),
        }
    }
}

/// The object that holds the children of an element: for primitives, the sibling of the value.
fn holder<'a>(parent: &Element<'a>) -> Option<Node<'a>> {
    if parent.class.is_primitive() { parent.sibling } else { parent.node }
}

/// Visits all children in the order of the document.
pub(crate) fn visit_children<'a>(
    model: &TypeModel,
    parent: &Element<'a>,
    visit: Visit<'_, 'a>,
) -> ControlFlow<()> {
    let (Some(holder), Some(info)) = (holder(parent), model.get(parent.type_id)) else {
        return ControlFlow::Continue(());
    };
    let siblings: SmallVec<[(&str, Node<'a>); 4]> =
        holder.members().filter_map(|(key, node)| Some((key.strip_prefix('_')?, node))).collect();
    let mut expected = 0;
    for (key, node) in holder.members() {
        let (name, value, sibling) = match key.strip_prefix('_') {
            // Comes with its value.
            Some(name) if holder.get(name).is_some() => continue,
            Some(name) => (name, None, Some(node)),
            None => {
                let sibling = siblings.iter().find(|(name, _)| *name == key).map(|(_, sibling)| *sibling);
                (key, Some(node), sibling)
            }
        };
        let Some((position, type_id)) = find_element(info, name, expected) else { continue };
        expected = position + 1;
        Typed::new(model, type_id).visit(model, value, sibling, visit)?;
    }
    ControlFlow::Continue(())
}

/// The position and type of the element that a member of JSON is. Members mostly come in the order of the
/// definition, so the search begins at the expected position.
fn find_element(info: &TypeInfo, name: &str, expected: usize) -> Option<(usize, TypeId)> {
    let elements = info.elements.iter().enumerate();
    elements.cycle().skip(expected).take(info.elements.len()).find_map(|(position, element)| {
        if !name.starts_with(&*element.name) {
            return None;
        }
        let found = element.types.iter().find(|element_type| *element_type.json_name == *name)?;
        Some((position, found.type_id))
    })
}

/// The type of an element that was found.
#[derive(Clone, Copy, Debug)]
struct Typed {
    type_id: TypeId,
    class: Class,
}

impl Typed {
    fn new(model: &TypeModel, type_id: TypeId) -> Self {
        Self { type_id, class: Class::of(model, type_id) }
    }

    /// Visits a member with its sibling: single, or arrays that run side by side with `null` in the gaps.
    fn visit<'a>(
        self,
        model: &TypeModel,
        value: Option<Node<'a>>,
        sibling: Option<Node<'a>>,
        visit: Visit<'_, 'a>,
    ) -> ControlFlow<()> {
        let mut values = value.into_iter().flat_map(Node::each);
        let mut siblings = sibling.into_iter().flat_map(Node::each);
        loop {
            let (value, sibling) = (values.next(), siblings.next());
            if value.is_none() && sibling.is_none() {
                return ControlFlow::Continue(());
            }
            let (value, sibling) = (value.filter(|v| !v.is_null()), sibling.filter(|s| !s.is_null()));
            if value.is_none() && sibling.is_none() {
                continue;
            }
            let type_id = match value.and_then(Node::resource_type) {
                Some(name) if self.class == Class::Resource => model.id(name).unwrap_or(self.type_id),
                _ => self.type_id,
            };
            visit(Element { node: value, sibling, type_id, class: self.class })?;
        }
    }
}
