//! JSON Schemas of the types: one for each type that the document refers to. They say which members there are and of what type they
//! are; the server checks more.

use std::collections::BTreeMap;

use fhir_model::types::{ElementInfo, TypeId, TypeInfo, TypeKind, TypeModel};
use serde_json::{Map, Value, json};

use super::{Scope, shared};

/// Resource types that the document needs whatever it is about.
const ALWAYS: [&str; 4] = ["Bundle", "CapabilityStatement", "OperationOutcome", "Parameters"];

/// Types of search parameters, each with the pattern of a value.
const SEARCH: [(&str, &str); 9] = [
    ("composite", ".+\\$.+"),
    ("date", "(eq|ne|gt|lt|ge|le|sa|eb|ap)?[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T.+)?)?)?"),
    ("number", "(eq|ne|gt|lt|ge|le|sa|eb|ap)?-?[0-9]+(\\.[0-9]+)?"),
    ("quantity", "(eq|ne|gt|lt|ge|le|sa|eb|ap)?-?[0-9]+(\\.[0-9]+)?(\\|.*)?"),
    ("reference", ".+"),
    ("special", ".+"),
    ("string", ".+"),
    ("token", ".+"),
    ("uri", ".+"),
];

/// All schemas of the document, by name.
pub(super) fn schemas(scope: Scope<'_>) -> Map<String, Value> {
    let types = scope.context.registry.types();
    let mut found = BTreeMap::new();
    let mut next: Vec<TypeId> =
        scope.kinds.iter().copied().chain(ALWAYS).filter_map(|name| types.id(name)).collect();
    // Those of parameters and headers, too.
    next.extend(types.iter().filter(|(_, info)| info.kind == TypeKind::Primitive).map(|(id, _)| id));
    while let Some(info) = next.pop().and_then(|id| types.get(id)) {
        if found.contains_key(&*info.name) {
            continue;
        }
        found.insert(info.name.to_string(), of_type(types, info));
        let elements = info.elements.iter().flat_map(|element| &element.types);
        next.extend(elements.map(|element| element.type_id));
    }
    let own = [
        (
            "ResourceType".to_owned(),
            json!({ "type": "string", "enum": scope.context.registry.resource_types() }),
        ),
        ("xml".to_owned(), json!({ "type": "string", "description": "the same in the XML format of FHIR" })),
    ];
    let search = SEARCH.map(|(kind, pattern)| {
        let pattern = format!("^{pattern}(,.+)*$");
        let values = json!({ "type": "array", "items": { "type": "string", "pattern": pattern } });
        (format!("search-{kind}"), values)
    });
    found.into_iter().chain(own).chain(search).collect()
}

fn of_type(types: &TypeModel, info: &TypeInfo) -> Value {
    match info.kind {
        TypeKind::Primitive => primitive(&info.name),
        _ if info.is_abstract && matches!(&*info.name, "Resource" | "DomainResource") => json!({
            "type": "object",
            "required": ["resourceType"],
            "properties": { "resourceType": shared("schemas", "ResourceType"), "id": shared("schemas", "id") },
        }),
        _ => object(types, info),
    }
}

fn object(types: &TypeModel, info: &TypeInfo) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    if info.kind == TypeKind::Resource {
        properties.insert("resourceType".into(), json!({ "const": info.name }));
        required.push("resourceType".to_owned());
    }
    for element in &info.elements {
        for choice in &element.types {
            properties.insert(choice.json_name.to_string(), member(types, element, choice.type_id));
        }
        // A primitive may be left out for its extensions, which stand beside it.
        let is_primitive = element.types.iter().any(|choice| is_primitive(types, choice.type_id));
        if element.min > 0 && !element.is_choice && !is_primitive {
            required.push(element.name.to_string());
        }
    }
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "patternProperties": { "^_": {} },
        "additionalProperties": false,
    });
    if let Some(object) = schema.as_object_mut().filter(|_| !required.is_empty()) {
        object.insert("required".into(), required.into());
    }
    schema
}

fn is_primitive(types: &TypeModel, id: TypeId) -> bool {
    types.get(id).is_some_and(|info| info.kind == TypeKind::Primitive)
}

fn member(types: &TypeModel, element: &ElementInfo, id: TypeId) -> Value {
    let one = shared("schemas", types.name(id));
    match (element.is_array(), is_primitive(types, id)) {
        (false, _) => one,
        // The place of a primitive that has only extensions is null.
        (true, true) => json!({ "type": "array", "items": { "anyOf": [one, { "type": "null" }] } }),
        (true, false) => json!({ "type": "array", "minItems": 1, "items": one }),
    }
}

fn primitive(name: &str) -> Value {
    const DATE: &str = "[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?";
    const CLOCK: &str = "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?";
    let pattern = |pattern: String| json!({ "type": "string", "pattern": format!("^{pattern}$") });
    match name {
        "boolean" => json!({ "type": "boolean" }),
        "decimal" => json!({ "type": "number" }),
        "integer" => json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX }),
        "unsignedInt" => json!({ "type": "integer", "minimum": 0, "maximum": i32::MAX }),
        "positiveInt" => json!({ "type": "integer", "minimum": 1, "maximum": i32::MAX }),
        "id" => pattern("[A-Za-z0-9\\-.]{1,64}".to_owned()),
        "date" => pattern(DATE.to_owned()),
        "dateTime" => pattern(format!("{DATE}(T{CLOCK}(Z|[+\\-][0-9]{{2}}:[0-9]{{2}}))?")),
        "instant" => {
            pattern(format!("[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{CLOCK}(Z|[+\\-][0-9]{{2}}:[0-9]{{2}})"))
        }
        "time" => pattern(CLOCK.to_owned()),
        "code" => pattern("[^\\s]+(\\s[^\\s]+)*".to_owned()),
        _ => json!({ "type": "string", "minLength": 1 }),
    }
}
