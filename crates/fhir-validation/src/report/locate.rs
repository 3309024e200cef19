//! From the place where a schema found an error (a JSON pointer) to the FHIR element that stands there.

use fhir_model::Node;
use fhir_model::types::{ElementInfo, TypeInfo, TypeModel};
use jsonschema::paths::LocationSegment;

use super::path::Path;
use crate::shape::{Content, Member, Shape, Shapes};

/// What stands at a place of a resource.
pub(crate) struct Located<'a> {
    /// FHIRPath of the place.
    pub(crate) expression: String,
    /// The value.
    pub(crate) node: Node<'a>,
    /// The type of which the value is, or should be, an instance.
    pub(crate) info: &'a TypeInfo,
    /// The members of `info`.
    pub(crate) shape: &'a Shape,
    /// The element that led here; `None` at the resource itself.
    pub(crate) element: Option<LocatedElement<'a>>,
}

/// The element through which a place was reached.
#[derive(Clone, Copy)]
pub(crate) struct LocatedElement<'a> {
    /// The type that has the element.
    pub(crate) owner: &'a TypeInfo,
    /// Its definition.
    pub(crate) element: &'a ElementInfo,
    /// The member of JSON.
    pub(crate) member: Member,
    /// Whether the place is one item of the element's array.
    pub(crate) is_item: bool,
}

/// Looks places up in the type model.
#[derive(Clone, Copy)]
pub(crate) struct Locator<'a> {
    pub(crate) types: &'a TypeModel,
    pub(crate) shapes: &'a Shapes,
}

impl<'a> Locator<'a> {
    /// What stands at `place` under a resource of the type `info`; `None` if the place leads out of the model.
    pub(crate) fn locate<'s>(
        self,
        resource: Node<'a>,
        info: &'a TypeInfo,
        path: &Path<'_>,
        place: impl Iterator<Item = LocationSegment<'s>>,
    ) -> Option<Located<'a>> {
        let shape = self.shapes.of(self.types, self.types.id(&info.name)?)?;
        let mut at = Located { expression: path.to_string(), node: resource, info, shape, element: None };
        for segment in place {
            match segment {
                LocationSegment::Property(name) => self.enter_member(&mut at, &name)?,
                LocationSegment::Index(position) => {
                    at.node = at.node.items().nth(position)?;
                    at.expression.push_str(&format!("[{position}]"));
                    if let Some(element) = &mut at.element {
                        element.is_item = true;
                    }
                }
            }
        }
        Some(at)
    }

    fn enter_member(self, at: &mut Located<'a>, name: &str) -> Option<()> {
        let member = *at.shape.member(name)?;
        let element = at.info.elements.get(member.element)?;
        at.expression.push('.');
        at.expression.push_str(&element.name);
        at.node = at.node.get(name)?;
        at.element = Some(LocatedElement { owner: at.info, element, member, is_item: false });
        at.info = self.types.get(member.type_id)?;
        at.shape = self.shapes.of(self.types, member.type_id)?;
        Some(())
    }
}

impl LocatedElement<'_> {
    /// The path of the definition: `HumanName.given`.
    pub(crate) fn definition(&self) -> String {
        format!("{}.{}", self.owner.name, display_name(self.element))
    }

    /// The cardinality as FHIR writes it: `0..*`.
    pub(crate) fn cardinality(&self) -> String {
        let max = self.element.max.map_or_else(|| "*".to_owned(), |max| max.to_string());
        format!("{}..{max}", self.element.min)
    }

    /// Whether the place is what stands beside a primitive: `_birthDate`.
    pub(crate) fn is_sibling(&self) -> bool {
        self.member.content == Content::Sibling
    }
}

/// The name as the specification writes it: `value[x]` for a choice.
pub(crate) fn display_name(element: &ElementInfo) -> String {
    if element.is_choice { format!("{}[x]", element.name) } else { element.name.to_string() }
}
