//! What the expression of a search parameter selects of a resource.

use fhir_definitions::Registry;
use fhir_model::Node;
use fhir_model::types::{ElementInfo, TypeId, TypeInfo, TypeKind, TypeModel};
use fhirpath::{Context, Expression, Item};

use crate::reference;

/// A value that a search parameter selects.
#[derive(Clone, Debug)]
pub struct Datum<'a> {
    /// The data type: the nearest of those that search knows. `Resource` for all resources.
    pub type_name: &'a str,
    /// The value, unless it is computed.
    pub node: Option<Node<'a>>,
    /// A computed truth value.
    pub boolean: Option<bool>,
    /// For `code` elements: the system that their required binding implies.
    pub system: Option<&'a str>,
    /// As FHIRPath sees it: what components of composites start from.
    pub(crate) item: Item<'a>,
}

/// The data types that search tells apart; all others are specialisations of these or not searched.
const KNOWN_TYPES: [&str; 31] = [
    "boolean",
    "integer",
    "decimal",
    "string",
    "code",
    "uri",
    "canonical",
    "base64Binary",
    "date",
    "dateTime",
    "instant",
    "time",
    "Coding",
    "CodeableConcept",
    "Identifier",
    "ContactPoint",
    "Quantity",
    "Money",
    "Range",
    "SampledData",
    "Period",
    "Timing",
    "HumanName",
    "Address",
    "Annotation",
    "Reference",
    "Extension",
    "Ratio",
    "Attachment",
    "Signature",
    "Element",
];

/// One alternative of an expression.
#[derive(Debug)]
pub(crate) struct Branch {
    expression: Expression,
    /// From `where(resolve() is X)`: only references to this type.
    pub(crate) points_to: Option<Box<str>>,
    /// See [`Datum::system`].
    system: Option<Box<str>>,
    /// Whether it can select several elements of one resource.
    pub(crate) repeats: bool,
    /// Whether the path is one of identifiers.
    pub(crate) ends_in_identifier: bool,
}

impl Branch {
    /// Compiles the alternatives of an expression, for elements of a type if that is known.
    pub(crate) fn all(
        expression: &str,
        registry: &Registry,
        context: Option<&str>,
    ) -> Result<Vec<Self>, String> {
        alternatives(expression).iter().map(|text| Self::new(text, registry, context)).collect()
    }

    fn new(text: &str, registry: &Registry, context: Option<&str>) -> Result<Self, String> {
        let types = registry.types();
        let (path, points_to) =
            match text.strip_suffix(')').and_then(|text| text.rsplit_once(".where(resolve() is ")) {
                Some((path, kind)) => (path, Some(kind.into())),
                None => (text, None),
            };
        // R4 writes `DateTime` for `dateTime`.
        let path = path.replace("as(DateTime)", "as(dateTime)");
        let context_id = context.and_then(|name| types.id(name));
        let expression = Expression::compile(&path, types, context_id).map_err(|error| error.to_string())?;
        let value_set = context.and_then(|context| value_set(&path, types, context));
        let system = value_set.and_then(|value_set| only_system(registry, &value_set));
        let narrowed = ["as Identifier", "as(Identifier)", "ofType(Identifier)"];
        let ends_in_identifier = narrowed.iter().any(|end| path.ends_with(end))
            || context.is_some_and(|context| last_type(&path, types, context) == Some("Identifier"));
        let walked = context.and_then(|context| walked(&path, types, context));
        let repeats = walked.is_none_or(|(_, repeats)| repeats);
        Ok(Self { expression, points_to, system, repeats, ends_in_identifier })
    }

    /// What it selects of a resource or, in composites, of an element. Extensions stand for their values.
    pub(crate) fn select<'a>(
        &'a self,
        types: &'a TypeModel,
        resource: Node<'a>,
        from: Option<&Item<'a>>,
    ) -> Vec<Datum<'a>> {
        let context = Context::new(types, resource);
        let selected = match from {
            Some(item) => self.expression.evaluate_item(&context, item),
            None => self.expression.evaluate(&context, resource),
        };
        let data = selected.unwrap_or_default().into_iter().filter_map(|item| self.datum(types, item));
        let pointed = |datum: &Datum<'a>| match &self.points_to {
            Some(kind) => reference::type_of(datum, resource) == Some(kind),
            None => true,
        };
        data.filter(pointed).collect()
    }

    fn datum<'a>(&'a self, types: &'a TypeModel, item: Item<'a>) -> Option<Datum<'a>> {
        let (type_name, node, boolean) = match &item {
            Item::Boolean(value) => ("boolean", None, Some(*value)),
            Item::Element(element) => {
                let node = element.node?;
                match known_type(types, element.type_id) {
                    "Extension" => extension_value(types, node)?,
                    name => (name, Some(node), None),
                }
            }
            _ => return None,
        };
        Some(Datum { type_name, node, boolean, system: self.system.as_deref(), item })
    }
}

fn extension_value<'a>(
    types: &'a TypeModel,
    node: Node<'a>,
) -> Option<(&'a str, Option<Node<'a>>, Option<bool>)> {
    let value = types.by_name("Extension")?.element("value")?;
    value.types.iter().find_map(|choice| {
        let node = node.get(&choice.json_name)?;
        Some((known_type(types, choice.type_id), Some(node), None))
    })
}

fn known_type(types: &TypeModel, id: TypeId) -> &str {
    let mut current = types.get(id);
    while let Some(info) = current {
        if info.kind == TypeKind::Resource {
            return "Resource";
        }
        if KNOWN_TYPES.contains(&&*info.name) {
            return &info.name;
        }
        current = info.base.and_then(|base| types.get(base));
    }
    ""
}

/// Splits an expression at the `|` outside of parentheses and quotes, and takes parentheses around all of an alternative off.
pub(crate) fn alternatives(expression: &str) -> Vec<String> {
    split(expression, '|').iter().map(|part| bare(part.trim()).to_owned()).collect()
}

/// Splits at a character outside of parentheses and quotes.
fn split(expression: &str, separator: char) -> Vec<String> {
    let (mut depth, mut quoted) = (0, false);
    let mut parts = vec![String::new()];
    for letter in expression.chars() {
        quoted ^= letter == '\'';
        depth += i32::from(letter == '(' && !quoted) - i32::from(letter == ')' && !quoted);
        match parts.last_mut() {
            Some(part) if letter != separator || depth > 0 || quoted => part.push(letter),
            _ => parts.push(String::new()),
        }
    }
    parts
}

fn bare(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) else { return text };
    let mut depth = 0;
    let closes_itself = inner.chars().all(|letter| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        depth >= 0
    });
    if closes_itself { bare(inner.trim()) } else { text }
}

/// The elements of a path, with the type of each, if the path is plain enough to tell.
fn followed<'t>(path: &str, types: &'t TypeModel, context: &str) -> Option<Vec<(&'t ElementInfo, &'t str)>> {
    let mut at = types.by_name(context)?;
    let mut steps = Vec::new();
    for name in path.split('.') {
        let is_type = name.starts_with(|letter: char| letter.is_ascii_uppercase());
        if is_type && steps.is_empty() {
            continue;
        }
        let element = at.element(name)?;
        at = types.get(element.types.first()?.type_id)?;
        steps.push((element, &*at.name));
    }
    Some(steps)
}

/// The types that a path can select, and whether it can select several elements of one resource; `None` where the path is not plain
/// enough to tell.
fn walked<'t>(path: &str, types: &'t TypeModel, context: &str) -> Option<(Vec<&'t TypeInfo>, bool)> {
    let path = bare(path.trim());
    let narrowed = |found: Vec<&'t TypeInfo>, name: &str| {
        found.into_iter().filter(|info| *info.name == *name).collect::<Vec<_>>()
    };
    if let Some((before, name)) = path.rsplit_once(" as ").filter(|(_, name)| !name.contains(['.', ')'])) {
        let (found, repeats) = walked(before, types, context)?;
        return Some((narrowed(found, name), repeats));
    }
    let (mut found, mut repeats) = (vec![types.by_name(context)?], false);
    for (index, step) in split(path, '.').iter().enumerate() {
        let (name, argument) = step
            .split_once('(')
            .map_or((step.as_str(), ""), |(name, rest)| (name, rest.strip_suffix(')').unwrap_or(rest)));
        match (name, argument) {
            ("", inner) if !inner.is_empty() => (found, repeats) = walked(inner, types, context)?,
            ("as" | "ofType", name) => found = narrowed(found, name),
            ("where" | "first" | "last", _) => {}
            (name, "") if index == 0 && name.starts_with(|letter: char| letter.is_ascii_uppercase()) => {}
            (name, "") => {
                let name = name.split('[').next().unwrap_or(name);
                let elements: Vec<_> = found.iter().filter_map(|info| info.element(name)).collect();
                repeats |= elements.iter().any(|element| element.is_array());
                let choices = elements.iter().flat_map(|element| &element.types);
                found = choices.filter_map(|choice| types.get(choice.type_id)).collect();
            }
            _ => return None,
        }
    }
    (!found.is_empty()).then_some((found, repeats))
}

/// The value set that the last element of a path is bound to.
fn value_set(path: &str, types: &TypeModel, context: &str) -> Option<Box<str>> {
    followed(path, types, context)?.last()?.0.required_value_set.clone()
}

/// The type of the last element of a path.
fn last_type<'t>(path: &str, types: &'t TypeModel, context: &str) -> Option<&'t str> {
    Some(followed(path, types, context)?.last()?.1)
}

/// The system of a value set that takes its codes from just one.
fn only_system(registry: &Registry, value_set: &str) -> Option<Box<str>> {
    let document = registry.value_set(value_set)?;
    let includes: Vec<Node<'_>> = document.root().get("compose")?.get("include")?.items().collect();
    let first = includes.first()?.get_str("system")?;
    includes.iter().all(|include| include.get_str("system") == Some(first)).then(|| first.into())
}
