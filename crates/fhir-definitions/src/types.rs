//! The [`TypeModel`] from the StructureDefinitions that define FHIR's types.
//!
//! Types are declared first and filled afterwards, since elements point to types that are defined later.

use std::collections::{HashMap, HashSet};

use fhir_model::types::{ElementInfo, ElementType, TypeId, TypeInfo, TypeKind, TypeModel};
use fhir_model::{Document, Node};

use crate::error::{DefinitionsError, LoadNote};

/// Every base type has its StructureDefinition here.
const BASE: &str = "http://hl7.org/fhir/StructureDefinition/";
/// FHIRPath's own types stand where a type has no FHIR type below it: values of primitives, ids of elements.
const SYSTEM_TYPES: &str = "http://hl7.org/fhirpath/System.";
const FHIR_TYPE_EXTENSION: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
const REGEX_EXTENSION: &str = "http://hl7.org/fhir/StructureDefinition/regex";

/// Builds the model of the given StructureDefinitions (specialisations only; see `Head::defines`).
pub(crate) fn type_model(
    definitions: &[Document],
    notes: &mut Vec<LoadNote>,
) -> Result<TypeModel, DefinitionsError> {
    let mut sources: HashMap<&str, TypeSource<'_>> = HashMap::new();
    let mut in_order = Vec::new();
    for source in definitions.iter().filter_map(|document| TypeSource::new(document.root())) {
        // A type has one definition, and packages that are loaded later cannot give it another one.
        if !sources.contains_key(source.name) {
            in_order.push(source.name);
            sources.insert(source.name, source);
        }
    }
    break_cycles(&in_order, &mut sources, notes);
    for required in ["Element", "BackboneElement", "Resource", "DomainResource", "Extension", "string", "id"]
    {
        if !sources.contains_key(required) {
            return Err(DefinitionsError::MissingType(required));
        }
    }
    let mut builder = Builder { sources: &sources, model: TypeModel::default(), notes };
    let in_order = || in_order.iter().filter_map(|name| sources.get(name));
    in_order().for_each(|source| builder.declare(source));
    in_order().for_each(|source| builder.fill(source));
    Ok(builder.model)
}

/// Takes the base from types whose bases lead back to them: whoever follows bases must come to an end.
fn break_cycles<'a>(
    names: &[&'a str],
    sources: &mut HashMap<&'a str, TypeSource<'a>>,
    notes: &mut Vec<LoadNote>,
) {
    for name in names {
        let mut bases = std::iter::successors(Some(*name), |name| sources.get(name)?.base);
        if bases.nth(sources.len()).is_some() {
            notes.push(LoadNote::CyclicType { name: (*name).to_owned() });
            if let Some(source) = sources.get_mut(name) {
                source.base = None;
            }
        }
    }
}

/// A StructureDefinition that defines a type.
struct TypeSource<'a> {
    name: &'a str,
    base: Option<&'a str>,
    kind: TypeKind,
    is_abstract: bool,
    /// Its own elements, the root excepted.
    elements: Vec<(&'a str, Node<'a>)>,
    /// The paths of elements that have elements of their own.
    parents: HashSet<&'a str>,
}

impl<'a> TypeSource<'a> {
    fn new(definition: Node<'a>) -> Option<Self> {
        let name = definition.get_str("type")?;
        let elements: Vec<(&str, Node<'_>)> = definition
            .get("differential")?
            .get("element")?
            .items()
            .filter_map(|element| Some((element.get_str("path")?, element)))
            .filter(|(path, _)| path.contains('.'))
            .collect();
        Some(Self {
            name,
            base: definition.get_str("baseDefinition").map(base_type_name),
            kind: match definition.get_str("kind")? {
                "primitive-type" => TypeKind::Primitive,
                "resource" => TypeKind::Resource,
                _ => TypeKind::Complex,
            },
            is_abstract: definition.get("abstract").and_then(Node::as_bool).unwrap_or(false),
            parents: elements.iter().filter_map(|(path, _)| Some(path.rsplit_once('.')?.0)).collect(),
            elements,
        })
    }

    /// The elements directly below a path.
    fn children(&self, parent: &str) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        self.elements
            .iter()
            .copied()
            .filter(move |(path, _)| path.rsplit_once('.').is_some_and(|(above, _)| above == parent))
    }

    fn backbones(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        self.elements.iter().copied().filter(|(path, _)| self.parents.contains(path))
    }
}

struct Builder<'a, 's> {
    sources: &'s HashMap<&'a str, TypeSource<'a>>,
    model: TypeModel,
    notes: &'s mut Vec<LoadNote>,
}

impl<'a> Builder<'a, '_> {
    /// Gives the type and its backbone elements their ids.
    fn declare(&mut self, source: &TypeSource<'a>) {
        let backbones = source.backbones().map(|(path, _)| path);
        for name in std::iter::once(source.name).chain(backbones) {
            self.model.insert(TypeInfo {
                name: name.into(),
                base: None,
                kind: source.kind,
                is_abstract: false,
                elements: Vec::new(),
                regex: None,
            });
        }
    }

    fn fill(&mut self, source: &TypeSource<'a>) {
        let elements = self.all_elements(source);
        self.model.insert(TypeInfo {
            name: source.name.into(),
            base: source.base.and_then(|base| self.base_id(base)),
            kind: source.kind,
            is_abstract: source.is_abstract,
            elements,
            regex: self.regex(source).map(Into::into),
        });
        for (path, element) in source.backbones() {
            let base = first_type_code(element).unwrap_or("BackboneElement");
            let mut elements = self.sources.get(base).map(|base| self.all_elements(base)).unwrap_or_default();
            self.override_with(&mut elements, source, path);
            self.model.insert(TypeInfo {
                name: path.into(),
                base: self.base_id(base),
                kind: TypeKind::Backbone,
                is_abstract: false,
                elements,
                regex: None,
            });
        }
    }

    /// The id of a type that others can specialise: no backbone element is one.
    fn base_id(&self, name: &str) -> Option<TypeId> {
        if self.sources.contains_key(name) { self.model.id(name) } else { None }
    }

    /// Inherited elements, then own ones.
    fn all_elements(&mut self, source: &TypeSource<'a>) -> Vec<ElementInfo> {
        let base = source.base.and_then(|base| self.sources.get(base));
        let mut elements = base.map(|base| self.all_elements(base)).unwrap_or_default();
        self.override_with(&mut elements, source, source.name);
        elements
    }

    /// Adds the elements below a path; one that redefines an inherited element takes its place.
    fn override_with(&mut self, elements: &mut Vec<ElementInfo>, source: &TypeSource<'a>, parent: &str) {
        for (path, definition) in source.children(parent) {
            // The value of a primitive is the JSON value itself, not a member of it.
            if source.kind == TypeKind::Primitive && path.ends_with(".value") {
                continue;
            }
            let element = self.element(source, path, definition);
            match elements.iter_mut().find(|inherited| inherited.name == element.name) {
                Some(inherited) => *inherited = element,
                None => elements.push(element),
            }
        }
    }

    fn element(&mut self, source: &TypeSource<'a>, path: &'a str, definition: Node<'a>) -> ElementInfo {
        let last = path.rsplit_once('.').map_or(path, |(_, name)| name);
        let name = last.strip_suffix("[x]").map_or(ElementName::Plain(last), ElementName::Choice);
        let flag = |member| definition.get(member).and_then(Node::as_bool).unwrap_or(false);
        let binding =
            definition.get("binding").filter(|binding| binding.get_str("strength") == Some("required"));
        ElementInfo {
            name: name.text().into(),
            is_choice: matches!(name, ElementName::Choice(_)),
            types: self.element_types(source, path, definition, name),
            min: definition
                .get("min")
                .and_then(Node::as_number)
                .and_then(|min| min.parse().ok())
                .unwrap_or(0),
            max: definition.get_str("max").and_then(|max| max.parse().ok()),
            is_xml_attribute: definition
                .get("representation")
                .is_some_and(|list| list.items().any(|item| item.as_str() == Some("xmlAttr"))),
            is_summary: flag("isSummary"),
            is_modifier: flag("isModifier"),
            required_value_set: binding.and_then(|binding| binding.get_str("valueSet")).map(Into::into),
        }
    }

    fn element_types(
        &mut self,
        source: &TypeSource<'a>,
        path: &'a str,
        definition: Node<'a>,
        name: ElementName<'_>,
    ) -> Vec<ElementType> {
        if let Some(reference) = definition.get_str("contentReference") {
            let target = reference.rsplit_once('#').map_or(reference, |(_, target)| target);
            return self.element_type(path, target, name, Vec::new()).into_iter().collect();
        }
        let own_elements = source.parents.contains(path);
        let types = definition.get("type").into_iter().flat_map(Node::items);
        types
            .filter_map(|item| {
                let code = item.get_str("code")?;
                let type_name = match code {
                    _ if own_elements => path,
                    // The specification gives `Resource.id` the type of element ids; its own text says `id`.
                    _ if path == "Resource.id" => "id",
                    _ if code.starts_with(SYSTEM_TYPES) => {
                        extension_value(item, FHIR_TYPE_EXTENSION).unwrap_or("string")
                    }
                    _ => code,
                };
                self.element_type(path, type_name, name, targets(item))
            })
            .collect()
    }

    fn element_type(
        &mut self,
        path: &str,
        type_name: &str,
        name: ElementName<'_>,
        targets: Vec<Box<str>>,
    ) -> Option<ElementType> {
        let Some(type_id) = self.model.id(type_name) else {
            self.notes.push(LoadNote::UnknownType { path: path.to_owned(), code: type_name.to_owned() });
            return None;
        };
        Some(ElementType { type_id, json_name: name.in_json(type_name), targets })
    }

    /// The regular expression of a primitive's value: its own, or that of the type it specialises.
    fn regex(&self, source: &TypeSource<'a>) -> Option<&'a str> {
        if source.kind != TypeKind::Primitive {
            return None;
        }
        let value = source.elements.iter().find(|(path, _)| path.ends_with(".value"));
        let own =
            value.and_then(|(_, value)| extension_value(value.get("type")?.items().next()?, REGEX_EXTENSION));
        own.or_else(|| self.regex(self.sources.get(source.base?)?))
    }
}

/// The name of an element; that of a choice is without its `[x]`.
#[derive(Clone, Copy)]
enum ElementName<'a> {
    Plain(&'a str),
    Choice(&'a str),
}

impl<'a> ElementName<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Plain(name) | Self::Choice(name) => name,
        }
    }

    /// The name of the member in JSON: the choice `value` of a `dateTime` is `valueDateTime`.
    fn in_json(self, type_name: &str) -> Box<str> {
        let Self::Choice(name) = self else { return self.text().into() };
        let mut letters = type_name.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        name.chars().chain(first).chain(letters).collect::<String>().into()
    }
}

/// The name of a base type for its url; other urls as they are.
fn base_type_name(url: &str) -> &str {
    url.strip_prefix(BASE).unwrap_or(url)
}

/// The code of an element's first type: for a backbone what it specialises.
fn first_type_code(element: Node<'_>) -> Option<&str> {
    element.get("type")?.items().next()?.get_str("code")
}

/// Where a Reference or canonical may point to; nothing where it may point to any resource.
fn targets(type_item: Node<'_>) -> Vec<Box<str>> {
    let profiles = type_item.get("targetProfile").into_iter().flat_map(Node::items).filter_map(Node::as_str);
    let names: Vec<Box<str>> = profiles.map(|profile| base_type_name(profile).into()).collect();
    if names.iter().any(|name| &**name == "Resource") { Vec::new() } else { names }
}

/// The value of an extension of that url, whatever its type.
fn extension_value<'a>(item: Node<'a>, url: &str) -> Option<&'a str> {
    let extension = item.get("extension")?.items().find(|extension| extension.get_str("url") == Some(url))?;
    extension.members().find(|(name, _)| name.starts_with("value")).and_then(|(_, value)| value.as_str())
}

/// The names of the resource types that have instances, sorted.
pub(crate) fn concrete_resource_types(model: &TypeModel) -> Vec<Box<str>> {
    let mut names: Vec<Box<str>> = model
        .iter()
        .filter(|(_, info)| info.kind == TypeKind::Resource && !info.is_abstract)
        .map(|(_, info)| info.name.clone())
        .collect();
    names.sort();
    names
}

/// The type and all that it specialises, nearest first.
pub(crate) fn lineage<'m>(model: &'m TypeModel, name: &str) -> impl Iterator<Item = &'m TypeInfo> {
    let id_of_base = |id: &TypeId| model.get(*id).and_then(|info| info.base);
    std::iter::successors(model.id(name), id_of_base).filter_map(|id| model.get(id))
}
