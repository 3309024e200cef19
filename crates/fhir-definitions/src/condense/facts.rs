//! Which members of each kind of definition are facts; all others are prose or bookkeeping and are left out.

use serde_json::{Map, Value};

use crate::definition::DefinitionKind;

/// What is kept of a JSON object, or of each object of an array.
enum Facts {
    /// The named members: those kept as they are (a trailing `*` stands for any ending), and those kept in part.
    Members { whole: &'static [&'static str], partial: &'static [(&'static str, &'static Facts)] },
    /// Extensions of these urls.
    Extensions(&'static [&'static str]),
}

use Facts::{Extensions, Members};

/// Reduces a definition to its facts.
pub(super) fn facts(kind: DefinitionKind, definition: Value) -> Value {
    let facts = match kind {
        DefinitionKind::StructureDefinition => &STRUCTURE_DEFINITION,
        DefinitionKind::SearchParameter => &SEARCH_PARAMETER,
        DefinitionKind::ValueSet => &VALUE_SET,
        DefinitionKind::CodeSystem => &CODE_SYSTEM,
        DefinitionKind::ConceptMap => &CONCEPT_MAP,
        DefinitionKind::OperationDefinition => &OPERATION_DEFINITION,
        DefinitionKind::CompartmentDefinition => &COMPARTMENT_DEFINITION,
        DefinitionKind::CapabilityStatement => &CAPABILITY_STATEMENT,
        DefinitionKind::MessageDefinition => &MESSAGE_DEFINITION,
    };
    reduce(definition, facts)
}

fn reduce(value: Value, facts: &Facts) -> Value {
    match (value, facts) {
        (Value::Array(items), Extensions(urls)) => {
            Value::Array(items.into_iter().filter(|item| has_url(item, urls)).collect())
        }
        (Value::Array(items), _) => Value::Array(items.into_iter().map(|item| reduce(item, facts)).collect()),
        (Value::Object(members), Members { whole, partial }) => Value::Object(
            members.into_iter().filter_map(|member| reduce_member(member, whole, partial)).collect(),
        ),
        (Value::Object(members), Extensions(urls)) => {
            let extension = Value::Object(members);
            if has_url(&extension, urls) { extension } else { Value::Object(Map::new()) }
        }
        (value, _) => value,
    }
}

fn reduce_member(
    (name, value): (String, Value),
    whole: &[&str],
    partial: &[(&str, &Facts)],
) -> Option<(String, Value)> {
    if whole.iter().any(|pattern| matches(pattern, &name)) {
        return Some((name, value));
    }
    let (_, facts) = partial.iter().find(|(pattern, _)| *pattern == name)?;
    let reduced = reduce(value, facts);
    (!is_empty(&reduced)).then_some((name, reduced))
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |prefix| name.starts_with(prefix))
}

fn has_url(extension: &Value, urls: &[&str]) -> bool {
    extension.get("url").and_then(Value::as_str).is_some_and(|url| urls.contains(&url))
}

/// Nothing in it, or nothing but empty things.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(members) => members.is_empty(),
        Value::Null => true,
        _ => false,
    }
}

static MESSAGE_DEFINITION: Facts = Members {
    whole: &[
        "resourceType",
        "id",
        "url",
        "version",
        "name",
        "status",
        "base",
        "parent",
        "event*",
        "category",
        "responseRequired",
        "graph",
    ],
    partial: &[
        ("focus", &Members { whole: &["code", "profile", "min", "max"], partial: &[] }),
        ("allowedResponse", &Members { whole: &["message"], partial: &[] }),
    ],
};

static STRUCTURE_DEFINITION: Facts = Members {
    whole: &[
        "resourceType",
        "id",
        "url",
        "version",
        "name",
        "status",
        "fhirVersion",
        "kind",
        "abstract",
        "context",
        "contextInvariant",
        "type",
        "baseDefinition",
        "derivation",
    ],
    partial: &[("differential", &DIFFERENTIAL)],
};
static DIFFERENTIAL: Facts = Members { whole: &[], partial: &[("element", &ELEMENT)] };
static ELEMENT: Facts = Members {
    whole: &[
        "id",
        "path",
        "representation",
        "sliceName",
        "sliceIsConstraining",
        "min",
        "max",
        "contentReference",
        "defaultValue*",
        "fixed*",
        "pattern*",
        "minValue*",
        "maxValue*",
        "maxLength",
        "condition",
        "mustSupport",
        "isModifier",
        "isSummary",
    ],
    partial: &[("slicing", &SLICING), ("type", &TYPE), ("constraint", &CONSTRAINT), ("binding", &BINDING)],
};
static SLICING: Facts = Members { whole: &["discriminator", "ordered", "rules"], partial: &[] };
static TYPE: Facts = Members {
    whole: &["code", "profile", "targetProfile", "aggregation", "versioning"],
    partial: &[("extension", &TYPE_EXTENSIONS), ("_profile", &PROFILE_EXTENSIONS)],
};
static TYPE_EXTENSIONS: Facts = Extensions(&[
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type",
    "http://hl7.org/fhir/StructureDefinition/regex",
]);
static PROFILE_EXTENSIONS: Facts = Members { whole: &["extension"], partial: &[] };
static CONSTRAINT: Facts = Members {
    whole: &["key", "severity", "expression"],
    partial: &[(
        "extension",
        &Extensions(&["http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice"]),
    )],
};
static BINDING: Facts = Members {
    whole: &["strength", "valueSet"],
    partial: &[(
        "extension",
        &Extensions(&["http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"]),
    )],
};

static SEARCH_PARAMETER: Facts = Members {
    whole: &[
        "resourceType",
        "id",
        "url",
        "version",
        "name",
        "status",
        "derivedFrom",
        "code",
        "base",
        "type",
        "expression",
        "target",
        "multipleOr",
        "multipleAnd",
        "comparator",
        "modifier",
        "chain",
        "component",
    ],
    partial: &[],
};

static VALUE_SET: Facts = Members {
    whole: &["resourceType", "id", "url", "version", "name", "status", "immutable"],
    partial: &[("compose", &COMPOSE), ("expansion", &EXPANSION)],
};
static COMPOSE: Facts =
    Members { whole: &["lockedDate", "inactive"], partial: &[("include", &INCLUDE), ("exclude", &INCLUDE)] };
static INCLUDE: Facts =
    Members { whole: &["system", "version", "filter", "valueSet"], partial: &[("concept", &CODE)] };
static CODE: Facts = Members { whole: &["code", "display"], partial: &[] };
static EXPANSION: Facts = Members {
    whole: &["timestamp", "total", "parameter"],
    partial: &[
        ("extension", &Extensions(&["http://hl7.org/fhir/StructureDefinition/valueset-unclosed"])),
        ("contains", &CONTAINS),
    ],
};
static CONTAINS: Facts = Members {
    whole: &["system", "abstract", "inactive", "version", "code", "display"],
    partial: &[("contains", &CONTAINS)],
};

static CODE_SYSTEM: Facts = Members {
    whole: &[
        "resourceType",
        "id",
        "url",
        "version",
        "name",
        "status",
        "caseSensitive",
        "valueSet",
        "hierarchyMeaning",
        "compositional",
        "versionNeeded",
        "content",
        "supplements",
        "count",
    ],
    partial: &[("filter", &FILTER), ("property", &PROPERTY), ("concept", &CONCEPT)],
};
static FILTER: Facts = Members { whole: &["code", "operator", "value"], partial: &[] };
static PROPERTY: Facts = Members { whole: &["code", "uri", "type"], partial: &[] };
static CONCEPT: Facts =
    Members { whole: &["code", "display", "property"], partial: &[("concept", &CONCEPT)] };

static CONCEPT_MAP: Facts = Members {
    whole: &["resourceType", "id", "url", "version", "name", "status", "source*", "target*"],
    partial: &[("group", &GROUP)],
};
static GROUP: Facts = Members {
    whole: &["source", "sourceVersion", "target", "targetVersion", "unmapped"],
    partial: &[("element", &MAP_ELEMENT)],
};
static MAP_ELEMENT: Facts = Members { whole: &["code", "display"], partial: &[("target", &MAP_TARGET)] };
static MAP_TARGET: Facts =
    Members { whole: &["code", "display", "equivalence", "dependsOn", "product"], partial: &[] };

static OPERATION_DEFINITION: Facts = Members {
    whole: &[
        "resourceType",
        "id",
        "url",
        "version",
        "name",
        "status",
        "kind",
        "affectsState",
        "code",
        "base",
        "resource",
        "system",
        "type",
        "instance",
        "inputProfile",
        "outputProfile",
    ],
    partial: &[("parameter", &PARAMETER)],
};
static PARAMETER: Facts = Members {
    whole: &["name", "use", "min", "max", "type", "targetProfile", "searchType", "referencedFrom"],
    partial: &[("binding", &BINDING), ("part", &PARAMETER)],
};

static COMPARTMENT_DEFINITION: Facts = Members {
    whole: &["resourceType", "id", "url", "version", "name", "status", "code", "search"],
    partial: &[("resource", &COMPARTMENT_RESOURCE)],
};
static COMPARTMENT_RESOURCE: Facts = Members { whole: &["code", "param"], partial: &[] };

static CAPABILITY_STATEMENT: Facts = Members {
    whole: &["resourceType", "id", "url", "version", "name", "status", "kind", "fhirVersion", "format"],
    partial: &[("rest", &REST)],
};
static REST: Facts = Members { whole: &["mode"], partial: &[("resource", &REST_RESOURCE)] };
static REST_RESOURCE: Facts = Members { whole: &["type", "profile", "supportedProfile"], partial: &[] };
