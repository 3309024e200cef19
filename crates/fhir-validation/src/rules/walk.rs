//! One pass over all elements of a resource, for the rules that belong to a data type wherever it stands.

use fhir_model::Node;
use fhir_model::types::{TypeId, TypeInfo, TypeModel};

use super::RuleContext;
use crate::report::{Path, Step};
use crate::shape::{Content, Shapes};

/// One value of an element: an object or a primitive.
pub(super) struct Element<'a, 'p> {
    /// The value.
    pub(super) node: Node<'a>,
    /// Its type; `Element` for what stands beside a primitive.
    pub(super) info: &'a TypeInfo,
    /// Where it stands.
    pub(super) path: &'p Path<'p>,
}

/// Shows `visit` the resource and every element in it, outermost first, but nothing of the resources inside it.
/// What does not fit the definitions is passed over: the structural layer reports it.
pub(super) fn elements<'a>(
    context: &RuleContext<'a>,
    resource: Node<'a>,
    path: &Path<'_>,
    visit: &mut dyn FnMut(&Element<'a, '_>),
) {
    let types: &'a TypeModel = context.registry.types();
    let Some(id) = resource.resource_type().and_then(|name| types.id(name)) else { return };
    Walk { types, shapes: context.shapes, visit }.value(resource, id, path);
}

struct Walk<'a, 'v> {
    types: &'a TypeModel,
    shapes: &'a Shapes,
    visit: &'v mut dyn FnMut(&Element<'a, '_>),
}

impl<'a> Walk<'a, '_> {
    fn value(&mut self, node: Node<'a>, id: TypeId, path: &Path<'_>) {
        let Some(info) = self.types.get(id) else { return };
        (self.visit)(&Element { node, info, path });
        if !node.is_object() {
            return;
        }
        let Some(shape) = self.shapes.of(self.types, id) else { return };
        for (name, value) in node.members() {
            let Some(member) = shape.member(name) else { continue };
            let Some(element) = info.elements.get(member.element) else { continue };
            if member.content == Content::Resource {
                continue;
            }
            let path = path.then(Step::Element(&element.name));
            if value.is_array() {
                for (position, item) in value.items().enumerate().filter(|(_, item)| !item.is_null()) {
                    self.value(item, member.type_id, &path.then(Step::Item(position)));
                }
            } else {
                self.value(value, member.type_id, &path);
            }
        }
    }
}
