//! The walk over all links of a resource: what transactions rewrite and integrity checks follow.

use super::narrative::NarrativeLinks;
use crate::node::{Items, Kind, Members, Node};
use crate::path::path_of;
use crate::types::{TypeId, TypeKind, TypeModel};

/// What a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// `Reference.reference`
    Reference,
    /// A `canonical`.
    Canonical,
    /// A `uri` of no narrower type.
    Uri,
    /// A `url`.
    Url,
    /// An `oid`.
    Oid,
    /// A `uuid`.
    Uuid,
    /// `a/@href` or `img/@src` in `Narrative.div`: the bytes `start..end` of the string.
    Narrative {
        /// The first byte of the link in the string.
        start: usize,
        /// The byte after the link.
        end: usize,
    },
}

/// One link of a resource.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// What it is.
    pub kind: LinkKind,
    /// The string that is the link, or for a narrative that contains it.
    pub node: Node<'a>,
    /// The link itself. In a narrative it is as the markup has it, where `&` is written `&amp;`.
    pub text: &'a str,
    /// Whether it stands in a contained resource.
    pub in_contained: bool,
    root: Node<'a>,
}

impl Link<'_> {
    /// The FHIRPath-like expression of the element: `Patient.contained[0].managingOrganization.reference`.
    pub fn path(&self) -> String {
        path_of(self.root, self.node.index())
    }
}

/// All links of a resource in document order: `Reference.reference`, every `canonical`, `uri`, `url`, `oid`, `uuid`,
/// and the links of narratives.
///
/// Resources inside the resource (`contained`, `Bundle.entry.resource`, `Parameters.parameter.resource`) are walked as
/// their own type, extensions of primitives too. Elements the model does not know are passed over.
pub fn references<'a, 't>(resource: Node<'a>, types: &'t TypeModel) -> Links<'a, 't> {
    let mut links = Links {
        types,
        known: KnownTypes::find(types),
        root: resource,
        open: Vec::with_capacity(16),
        narrative: None,
    };
    if let Some(type_id) = resource.resource_type().and_then(|name| types.id(name)) {
        links.open.push(Frame { rest: Rest::Members(resource.members()), type_id, in_contained: false });
    }
    links
}

/// Iterator over the links of a resource; see [`references`].
pub struct Links<'a, 't> {
    types: &'t TypeModel,
    known: KnownTypes,
    root: Node<'a>,
    /// The objects and arrays that are open, outermost first: as deep as the document at most.
    open: Vec<Frame<'a>>,
    narrative: Option<Narrative<'a>>,
}

struct Frame<'a> {
    rest: Rest<'a>,
    /// The type of the object, or of the items of the array.
    type_id: TypeId,
    in_contained: bool,
}

enum Rest<'a> {
    Members(Members<'a>),
    Items(Items<'a>),
}

/// A narrative whose links are being given out.
struct Narrative<'a> {
    node: Node<'a>,
    text: &'a str,
    links: NarrativeLinks<'a>,
    in_contained: bool,
}

/// The types that mean something to the walk, looked up once.
struct KnownTypes {
    element: Option<TypeId>,
    reference: Option<TypeId>,
    xhtml: Option<TypeId>,
    links: [(Option<TypeId>, LinkKind); 5],
}

impl KnownTypes {
    fn find(types: &TypeModel) -> Self {
        Self {
            element: types.id("Element"),
            reference: types.id("Reference"),
            xhtml: types.id("xhtml"),
            links: [
                (types.id("uri"), LinkKind::Uri),
                (types.id("canonical"), LinkKind::Canonical),
                (types.id("url"), LinkKind::Url),
                (types.id("uuid"), LinkKind::Uuid),
                (types.id("oid"), LinkKind::Oid),
            ],
        }
    }

    fn link_kind(&self, type_id: TypeId) -> Option<LinkKind> {
        self.links.iter().find_map(|(id, kind)| (*id == Some(type_id)).then_some(*kind))
    }
}

impl<'a> Links<'a, '_> {
    /// Takes the next member or item: a link, or a value to go into.
    fn step(&mut self) -> Step<'a> {
        let Some(frame) = self.open.last_mut() else { return Step::End };
        let (type_id, in_contained) = (frame.type_id, frame.in_contained);
        match &mut frame.rest {
            Rest::Items(items) => match items.next() {
                Some(item) => self.value(item, type_id, in_contained),
                None => self.close(),
            },
            Rest::Members(members) => match members.next() {
                Some((name, value)) => self.member(name, value, type_id, in_contained),
                None => self.close(),
            },
        }
    }

    fn close(&mut self) -> Step<'a> {
        self.open.pop();
        Step::Nothing
    }

    fn member(&mut self, name: &str, value: Node<'a>, parent: TypeId, in_contained: bool) -> Step<'a> {
        if let Some(name) = name.strip_prefix('_') {
            let known = self.types.member(parent, name).and(self.known.element);
            return known.map_or(Step::Nothing, |element| self.value(value, element, in_contained));
        }
        let Some((element, element_type)) = self.types.member(parent, name) else { return Step::Nothing };
        // By its type, Reference.reference is a mere string.
        if name == "reference" && self.known.reference == Some(parent) {
            return self.link(LinkKind::Reference, value, in_contained);
        }
        self.value(value, element_type.type_id, in_contained || &*element.name == "contained")
    }

    fn value(&mut self, value: Node<'a>, type_id: TypeId, in_contained: bool) -> Step<'a> {
        match value.kind() {
            Kind::Array => self.open.push(Frame { rest: Rest::Items(value.items()), type_id, in_contained }),
            Kind::Object => {
                if let Some(type_id) = self.actual_type(value, type_id) {
                    self.open.push(Frame { rest: Rest::Members(value.members()), type_id, in_contained });
                }
            }
            Kind::String if self.known.xhtml == Some(type_id) => {
                let text = value.as_str().unwrap_or_default();
                let links = NarrativeLinks::new(text);
                self.narrative = Some(Narrative { node: value, text, links, in_contained });
            }
            Kind::String => {
                if let Some(kind) = self.known.link_kind(type_id) {
                    return self.link(kind, value, in_contained);
                }
            }
            Kind::Null | Kind::Boolean | Kind::Number => {}
        }
        Step::Nothing
    }

    /// The type to walk an object as: a resource says its own.
    fn actual_type(&self, object: Node<'a>, declared: TypeId) -> Option<TypeId> {
        match self.types.get(declared)?.kind {
            TypeKind::Resource => object.resource_type().and_then(|name| self.types.id(name)),
            TypeKind::Primitive => None,
            TypeKind::Complex | TypeKind::Backbone => Some(declared),
        }
    }

    fn link(&self, kind: LinkKind, node: Node<'a>, in_contained: bool) -> Step<'a> {
        match node.as_str() {
            Some(text) => Step::Link(Link { kind, node, text, in_contained, root: self.root }),
            None => Step::Nothing,
        }
    }

    fn narrative_link(&mut self) -> Option<Link<'a>> {
        let narrative = self.narrative.as_mut()?;
        let Some(range) = narrative.links.next() else {
            self.narrative = None;
            return None;
        };
        let text = narrative.text.get(range.clone()).unwrap_or_default();
        let kind = LinkKind::Narrative { start: range.start, end: range.end };
        Some(Link { kind, node: narrative.node, text, in_contained: narrative.in_contained, root: self.root })
    }
}

enum Step<'a> {
    Link(Link<'a>),
    Nothing,
    End,
}

impl<'a> Iterator for Links<'a, '_> {
    type Item = Link<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(link) = self.narrative_link() {
                return Some(link);
            }
            match self.step() {
                Step::Link(link) => return Some(link),
                Step::Nothing => {}
                Step::End => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::types::{ElementInfo, ElementType, TypeInfo};

    /// Name, kind, and the elements with their types; choices are left out.
    type Definition<'d> = (&'d str, TypeKind, &'d [(&'d str, &'d str)]);

    fn model(types: &[Definition<'_>]) -> TypeModel {
        let mut model = TypeModel::default();
        let info = |name: &str, kind, elements| TypeInfo {
            name: name.into(),
            base: None,
            kind,
            is_abstract: false,
            elements,
            regex: None,
        };
        for (name, kind, _) in types {
            model.insert(info(name, *kind, Vec::new()));
        }
        for (name, kind, elements) in types {
            let elements = elements.iter().map(|(name, type_name)| {
                let type_id = model.id(type_name).unwrap();
                let element_type = ElementType { type_id, json_name: (*name).into(), targets: Vec::new() };
                element(name, element_type)
            });
            let elements = elements.collect();
            model.insert(info(name, *kind, elements));
        }
        model
    }

    fn element(name: &str, element_type: ElementType) -> ElementInfo {
        ElementInfo {
            name: name.into(),
            is_choice: false,
            types: vec![element_type],
            min: 0,
            max: None,
            is_xml_attribute: false,
            is_summary: false,
            is_modifier: false,
            required_value_set: None,
        }
    }

    fn small_fhir() -> TypeModel {
        use TypeKind::{Backbone, Complex, Primitive, Resource};
        model(&[
            ("string", Primitive, &[]),
            ("uri", Primitive, &[]),
            ("canonical", Primitive, &[]),
            ("xhtml", Primitive, &[]),
            ("Element", Complex, &[("extension", "Extension")]),
            (
                "Extension",
                Complex,
                &[("url", "uri"), ("valueReference", "Reference"), ("extension", "Extension")],
            ),
            ("Reference", Complex, &[("reference", "string"), ("type", "uri"), ("display", "string")]),
            ("Narrative", Complex, &[("div", "xhtml")]),
            ("Meta", Complex, &[("profile", "canonical")]),
            ("Resource", Resource, &[]),
            (
                "Patient",
                Resource,
                &[
                    ("meta", "Meta"),
                    ("text", "Narrative"),
                    ("contained", "Resource"),
                    ("birthDate", "string"),
                    ("generalPractitioner", "Reference"),
                ],
            ),
            ("Bundle", Resource, &[("entry", "Bundle.entry")]),
            ("Bundle.entry", Backbone, &[("fullUrl", "uri"), ("resource", "Resource")]),
        ])
    }

    fn found(source: &str) -> Vec<(String, String, bool)> {
        let (document, types) = (Document::parse(source).unwrap(), small_fhir());
        references(document.root(), &types).map(|l| (l.path(), l.text.to_owned(), l.in_contained)).collect()
    }

    #[test]
    fn all_links_are_found_in_order() {
        let source = r##"{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1","resource":{
            "resourceType":"Patient","meta":{"profile":["http://p|1"]},
            "text":{"div":"<div>\u00e4<a href=\"Patient/2\">x<\/a><img src=\"#i\"/></div>"},
            "contained":[{"resourceType":"Patient","generalPractitioner":[{"reference":"#"}]}],
            "_birthDate":{"extension":[{"url":"u","valueReference":{"reference":"Group/1"}}]},
            "unknown":{"reference":"no"},"generalPractitioner":[{"display":"no"},{"reference":"urn:uuid:2"}]}}]}"##;
        let entry = |path: &str| format!("Bundle.entry[0].{path}");
        let expected = [
            ("fullUrl", "urn:uuid:1", false),
            ("resource.meta.profile[0]", "http://p|1", false),
            ("resource.text.div", "Patient/2", false),
            ("resource.text.div", "#i", false),
            ("resource.contained[0].generalPractitioner[0].reference", "#", true),
            ("resource.birthDate.extension[0].url", "u", false),
            ("resource.birthDate.extension[0].valueReference.reference", "Group/1", false),
            ("resource.generalPractitioner[1].reference", "urn:uuid:2", false),
        ];
        let expected: Vec<_> = expected.map(|(path, text, c)| (entry(path), text.to_owned(), c)).into();
        assert_eq!(found(source), expected);
    }

    #[test]
    fn the_range_of_a_narrative_link_is_in_the_unescaped_string() {
        let source = r#"{"resourceType":"Patient","text":{"div":"<p>\u00e4<a href=\"Patient/2\"/></p>"}}"#;
        let (document, types) = (Document::parse(source).unwrap(), small_fhir());
        let link = references(document.root(), &types).next().unwrap();
        let LinkKind::Narrative { start, end } = link.kind else { panic!("{:?}", link.kind) };
        assert_eq!(link.node.as_str().unwrap().get(start..end), Some("Patient/2"));
    }

    #[test]
    fn malformed_resources_are_passed_over() {
        let sources = [
            "null",
            "[]",
            r#"{"resourceType":"Unknown","url":"x"}"#,
            r#"{"resourceType":1}"#,
            r#"{"resourceType":"Patient","contained":{"no":"type"},"birthDate":{"reference":"x"},"_birthDate":"x"}"#,
            r#"{"resourceType":"Patient","generalPractitioner":[[{"reference":["x"]}],"x",null]}"#,
        ];
        for source in sources {
            assert_eq!(found(source), [], "{source}");
        }
    }
}
