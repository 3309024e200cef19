//! What the schema layer found, said in FHIR's terms.

use fhir_model::types::{TypeInfo, TypeKind, TypeModel};
use fhir_model::{Issue, IssueType, Kind, Node};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;

use super::locate::{Located, LocatedElement, Locator, display_name};
use super::path::Path;
use super::similar::similar;
use super::{Report, shortened};
use crate::schema::PrimitiveForm;
use crate::shape::{Content, Shapes};

/// Codes that a message lists.
const MOST_LISTED: usize = 12;

/// Adds the issues of a schema error that was found in `resource`, of type `info`, standing at `path`.
pub(crate) fn explain<'a>(
    error: &ValidationError<'_>,
    resource: Node<'a>,
    info: &'a TypeInfo,
    path: &Path<'_>,
    types: &'a TypeModel,
    shapes: &'a Shapes,
    report: &mut Report,
) {
    let locator = Locator { types, shapes };
    let Some(at) = locator.locate(resource, info, path, error.instance_path().segments()) else {
        let text = format!("the content does not fit the definition of {}", info.name);
        report.add(Issue::error(IssueType::Structure, text).at(path.to_string()).rule("type"));
        return;
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            for name in unexpected {
                let issue = Issue::error(IssueType::Structure, unknown_member(&at, name));
                report.add(issue.at(&*at.expression).rule("unknown-element"));
            }
        }
        kind => {
            let (code, rule, text) = describe(kind, &at, types);
            report.add(Issue::error(code, text).at(at.expression).rule(rule));
        }
    }
}

/// The code, the rule and the text of an issue.
type Description = (IssueType, &'static str, String);

fn describe(kind: &ValidationErrorKind, at: &Located<'_>, types: &TypeModel) -> Description {
    match kind {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let text = format!("{}.{name} is missing: it is required", at.info.name);
            (IssueType::Required, "cardinality-min", text)
        }
        ValidationErrorKind::MinItems { .. } => (IssueType::Structure, "cardinality-min", wrong_count(at)),
        ValidationErrorKind::MaxItems { .. } => (IssueType::Structure, "cardinality-max", wrong_count(at)),
        ValidationErrorKind::Enum { options } if at.node.as_str().is_some() => {
            let options = options.as_array().map_or(&[][..], Vec::as_slice);
            (IssueType::CodeInvalid, "binding-required", wrong_code(at, options))
        }
        ValidationErrorKind::Format { .. }
        | ValidationErrorKind::Minimum { .. }
        | ValidationErrorKind::Maximum { .. } => (IssueType::Value, "primitive-form", wrong_value(at, types)),
        _ => wrong_type(at, types),
    }
}

fn unknown_member(at: &Located<'_>, name: &str) -> String {
    let shown = shortened(name);
    let owner = &at.info.name;
    if let Some(LocatedElement { owner, element, .. }) = at.element.filter(LocatedElement::is_sibling) {
        let primitive = format!("{}.{}", owner.name, element.name);
        return format!("\"{shown}\" may not stand beside {primitive}: expected only id and extension");
    }
    if name == "resourceType" {
        return format!("resourceType stands only at resources, not at {owner}");
    }
    if let Some(member) = name.strip_prefix('_').and_then(|value| at.shape.member(value)) {
        let element = at.info.elements.get(member.element).map(display_name).unwrap_or_default();
        return format!(
            "\"{shown}\": {owner}.{element} has extensions of its own, so nothing stands beside it"
        );
    }
    if let Some(choice) = at.info.elements.iter().find(|e| e.is_choice && name.starts_with(&*e.name)) {
        let names: Vec<&str> = choice.types.iter().map(|kind| &*kind.json_name).collect();
        return format!(
            "\"{shown}\" is not a member of {owner}: expected one of {} for {owner}.{}[x]",
            list(&names),
            choice.name
        );
    }
    let close = similar(name, at.shape.names().filter(|member| !member.starts_with('_')));
    if close.is_empty() {
        let names: Vec<String> = at.info.elements.iter().map(display_name).collect();
        format!("\"{shown}\" is not an element of {owner}, which has {}", names.join(", "))
    } else {
        format!("\"{shown}\" is not an element of {owner}: did you mean {}?", list(&close))
    }
}

/// `a, b or c`, cut where it gets long.
fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [init @ .., last] if names.len() <= MOST_LISTED => format!("{} or {last}", init.join(", ")),
        _ => {
            let shown = names.get(..MOST_LISTED).unwrap_or_default();
            format!("{} or {} more", shown.join(", "), names.len() - MOST_LISTED)
        }
    }
}

fn wrong_type(at: &Located<'_>, types: &TypeModel) -> Description {
    let found = found(at.node);
    let Some(element) = at.element else {
        return (IssueType::Structure, "type", format!("expected an object, found {found}"));
    };
    let definition = element.definition();
    if at.node.is_null() && !element.member.is_array {
        let text = format!("{definition} is null: leave the member out, or give it a value");
        return (IssueType::Structure, "type", text);
    }
    if element.member.is_array && !element.is_item {
        let text = format!("expected an array ({definition} is {}), found {found}", element.cardinality());
        return (IssueType::Structure, "type", text);
    }
    if at.node.is_array() {
        let cardinality = element.cardinality();
        let text = match element.is_item {
            true => format!("expected one value for each item of {definition}, found an array in an array"),
            false => format!("expected one value, not an array ({definition} is {cardinality})"),
        };
        return (IssueType::Structure, "cardinality-max", text);
    }
    if element.is_sibling() {
        let text = format!("expected an object with id or extension beside {definition}, found {found}");
        return (IssueType::Structure, "type", text);
    }
    if element.member.content == Content::Primitive && !at.node.is_object() {
        return (IssueType::Value, "primitive-form", wrong_value(at, types));
    }
    let expected = match at.info.kind {
        TypeKind::Primitive => format!("a single value ({})", at.info.name),
        TypeKind::Resource => "a resource (an object)".to_owned(),
        TypeKind::Backbone => format!("an object with the elements of {}", at.info.name),
        TypeKind::Complex => format!("an object ({})", at.info.name),
    };
    (IssueType::Structure, "type", format!("expected {expected} for {definition}, found {found}"))
}

fn wrong_value(at: &Located<'_>, types: &TypeModel) -> String {
    let form = types.id(&at.info.name).and_then(|id| PrimitiveForm::of(types, id));
    let expected = form.map_or("a value of its type", |form| form.expected);
    match at.element {
        Some(element) => {
            let (definition, name) = (element.definition(), &at.info.name);
            format!("{} is not a valid {name} for {definition}: expected {expected}", found(at.node))
        }
        None => format!("{} is not valid: expected {expected}", found(at.node)),
    }
}

fn wrong_code(at: &Located<'_>, options: &[serde_json::Value]) -> String {
    let codes: Vec<&str> = options.iter().filter_map(serde_json::Value::as_str).collect();
    let Some(element) = at.element else { return format!("expected {}", list(&codes)) };
    let value_set = element.element.required_value_set.as_deref().unwrap_or_default();
    let text = at.node.as_str().unwrap_or_default();
    let close = similar(text, codes.iter().copied());
    let hint = if close.is_empty() { String::new() } else { format!(" (did you mean {}?)", list(&close)) };
    format!(
        "{} is not a code of {value_set}, which {} requires: expected {}{hint}",
        found(at.node),
        element.definition(),
        list(&codes)
    )
}

fn wrong_count(at: &Located<'_>) -> String {
    let count = at.node.len();
    match at.element {
        Some(element) => {
            format!("{} is {}, found {count} items", element.definition(), element.cardinality())
        }
        None => format!("found {count} items"),
    }
}

/// What stands at a place, for a message: the value if it is short, the kind if it is not.
fn found(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Null => "null".into(),
        Kind::Boolean => format!("the boolean {}", node.primitive_text().unwrap_or_default()),
        Kind::Number => format!("the number {}", shortened(node.as_number().unwrap_or_default())),
        Kind::String if node.as_str() == Some("") => "the empty string".into(),
        Kind::String => format!("\"{}\"", shortened(node.as_str().unwrap_or_default()).escape_debug()),
        Kind::Array => "an array".into(),
        Kind::Object => "an object".into(),
    }
}
