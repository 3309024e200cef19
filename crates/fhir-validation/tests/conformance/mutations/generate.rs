//! Mutations from the snapshots: every element of the instance is broken in each way in which its definition can be.

use std::sync::Arc;

use fhir_definitions::element_definition::{BindingStrength, ElementType, Max};
use fhir_definitions::{ElementDefinition, Registry, Snapshot};
use serde_json::{Value, json};

use super::Mutation;

/// Ids of the rules by what they watch over. The structural layer says some of them in its own words.
const TOO_FEW: &[&str] = &["cardinality-min"];
const TOO_MANY: &[&str] = &["cardinality-max"];
const TOO_MANY_OF_SLICE: &[&str] = &["slicing-max"];
const NOT_IN_VALUE_SET: &[&str] = &["binding-required"];
const NOT_FIXED: &[&str] = &["fixed-value"];
const WRONG_TYPE: &[&str] = &["type", "primitive-form"];
const WRONG_TARGET: &[&str] = &["reference-target"];
const TWO_CHOICES: &[&str] = &["choice"];

/// A place in a snapshot: the element whose children define the members of an object.
#[derive(Clone)]
struct Definition {
    snapshot: Arc<Snapshot>,
    id: String,
}

/// A place in the instance.
#[derive(Clone)]
struct Place {
    /// JSON pointer: `/name/0`
    pointer: String,
    /// FHIRPath: `Patient.name[0]`
    expression: String,
}

/// Collects the mutations of one instance.
pub(super) struct Generator<'a> {
    registry: &'a Registry,
    instance: &'a Value,
    found: Vec<Mutation>,
}

impl<'a> Generator<'a> {
    pub(super) fn new(registry: &'a Registry, instance: &'a Value) -> Self {
        Self { registry, instance, found: Vec::new() }
    }

    /// All mutations of an instance of that UK Core profile.
    pub(super) fn mutations(mut self, profile: &str) -> Vec<Mutation> {
        let url = format!("https://fhir.hl7.org.uk/StructureDefinition/{profile}");
        let definition = self.definition(&url).unwrap();
        let expression = definition.id.clone();
        self.object(&definition, &Place { pointer: String::new(), expression });
        self.found
    }

    fn definition(&self, canonical: &str) -> Option<Definition> {
        let snapshot = self.registry.structure_definition(canonical)?.snapshot(self.registry).ok()?;
        let id = snapshot.root()?.id.to_string();
        Some(Definition { snapshot, id })
    }

    /// Breaks what is defined for the members of the object at `place`.
    fn object(&mut self, definition: &Definition, place: &Place) {
        for element in definition.children() {
            let name = element.path.rsplit('.').next().unwrap_or_default().to_owned();
            let object = self.instance.pointer(&place.pointer).unwrap();
            for (member, kind) in members(object, &name, element) {
                let at = Place {
                    pointer: format!("{}/{member}", place.pointer),
                    expression: format!("{}.{}", place.expression, name.trim_end_matches("[x]")),
                };
                self.member(definition, element, kind, place, &at);
            }
        }
    }

    fn member(
        &mut self,
        definition: &Definition,
        element: &ElementDefinition,
        kind: &ElementType,
        parent: &Place,
        at: &Place,
    ) {
        let value = self.instance.pointer(&at.pointer).unwrap().clone();
        self.count(element, &value, parent, at);
        if element.path.ends_with("[x]") {
            self.second_choice(element, kind, at);
        }
        match &value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let at = Place {
                        pointer: format!("{}/{index}", at.pointer),
                        expression: format!("{}[{index}]", at.expression),
                    };
                    self.occurrence(definition, element, kind, item, &at);
                }
            }
            value => self.occurrence(definition, element, kind, value, at),
        }
    }

    /// Too few and too many.
    fn count(&mut self, element: &ElementDefinition, value: &Value, parent: &Place, at: &Place) {
        let siblings = self.instance.pointer(&parent.pointer).and_then(Value::as_object).unwrap().len();
        if element.min > Some(0) && siblings > 1 {
            let resource = self.without(&at.pointer);
            self.add("left out", resource, TOO_FEW, at);
        }
        match (value, element.max) {
            (Value::Array(items), Some(Max::Count(max))) => {
                let most = items.iter().cycle().take(max as usize + 1).cloned().collect();
                self.replace("too many", Value::Array(most), TOO_MANY, at);
            }
            (Value::Array(_), _) => {}
            (single, _) => self.replace("two of one", json!([single, single]), TOO_MANY, at),
        }
    }

    /// Gives a choice a second value of another of its types.
    fn second_choice(&mut self, element: &ElementDefinition, kind: &ElementType, at: &Place) {
        let Some(other) = element
            .types
            .iter()
            .find(|other| other.code != kind.code && other.code.starts_with(char::is_lowercase))
        else {
            return;
        };
        let (parent, _) = at.pointer.rsplit_once('/').unwrap();
        let name = element.path.rsplit('.').next().unwrap_or_default().trim_end_matches("[x]");
        let mut resource = self.instance.clone();
        let object = resource.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
        object.insert(format!("{name}{}", capitalised(&other.code)), example(&other.code));
        self.add("two choices", resource, TWO_CHOICES, at);
    }

    fn occurrence(
        &mut self,
        definition: &Definition,
        element: &ElementDefinition,
        kind: &ElementType,
        value: &Value,
        at: &Place,
    ) {
        self.value(element, kind, value, at);
        let slice = definition.slices(element).find(|slice| is_of_slice(value, slice, definition));
        if let Some(slice) = &slice {
            self.one_more_of_slice(slice, value, at);
        }
        let inner = slice.as_ref().map_or(element, |slice| slice);
        if let Some(inside) = self.inside(definition, inner, kind).filter(|_| value.is_object()) {
            self.object(&inside, at);
        }
    }

    /// What defines the members of an occurrence: the children in the snapshot, or else its profile or type.
    fn inside(
        &self,
        definition: &Definition,
        element: &ElementDefinition,
        kind: &ElementType,
    ) -> Option<Definition> {
        let here = Definition { snapshot: Arc::clone(&definition.snapshot), id: element.id.to_string() };
        let kind = element.types.iter().find(|other| other.code == kind.code).unwrap_or(kind);
        match kind.profiles.as_slice() {
            [profile] => self.definition(profile),
            _ if here.children().next().is_some() => Some(here),
            _ if matches!(&*kind.code, "Resource" | "Narrative" | "Meta") => None,
            _ => self.definition(&format!("http://hl7.org/fhir/StructureDefinition/{}", kind.code)),
        }
    }

    fn one_more_of_slice(&mut self, slice: &ElementDefinition, value: &Value, at: &Place) {
        let (list, _) = at.pointer.rsplit_once('/').unwrap();
        let Some(Max::Count(max)) = slice.max else { return };
        let mut resource = self.instance.clone();
        let items = resource.pointer_mut(list).and_then(Value::as_array_mut).unwrap();
        items.extend(std::iter::repeat_n(value.clone(), max as usize));
        let what = format!("too many of slice {}", slice.slice_name.as_deref().unwrap_or_default());
        self.add(&what, resource, TOO_MANY_OF_SLICE, at);
    }

    /// Breaks the type, the fixed value, the binding and the target.
    fn value(&mut self, element: &ElementDefinition, kind: &ElementType, value: &Value, at: &Place) {
        let wrong = match value {
            Value::String(_) => wrong_text(kind),
            Value::Bool(_) | Value::Number(_) => Some(json!("not so")),
            _ => Some(json!("not an object")),
        };
        if let Some(wrong) = wrong {
            self.replace("wrong type", wrong, WRONG_TYPE, at);
        }
        if element.fixed.is_some() && !element.path.ends_with(".url") && value.is_string() {
            self.replace("other than fixed", json!("https://example.org/other"), NOT_FIXED, at);
        }
        let binding =
            element.binding.as_ref().filter(|binding| binding.strength == BindingStrength::Required);
        if binding.is_some() {
            let wrong = wrong_code(value);
            self.replace("code not in value set", wrong, NOT_IN_VALUE_SET, at);
        }
        let takes_any = kind.target_profiles.iter().any(|target| target.ends_with("/Resource"));
        if !kind.target_profiles.is_empty() && !takes_any && value.get("reference").is_some() {
            self.replace("wrong target", json!({"reference": "Binary/1"}), WRONG_TARGET, at);
        }
    }

    fn replace(&mut self, what: &str, value: Value, rules: &[&'static str], at: &Place) {
        let mut resource = self.instance.clone();
        *resource.pointer_mut(&at.pointer).unwrap() = value;
        self.add(what, resource, rules, at);
    }

    fn without(&self, pointer: &str) -> Value {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut resource = self.instance.clone();
        let object = resource.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
        object.shift_remove(name);
        object.shift_remove(&format!("_{name}"));
        resource
    }

    fn add(&mut self, what: &str, resource: Value, rules: &[&'static str], at: &Place) {
        let name = format!("{}: {what}", at.expression);
        self.found.push(Mutation { name, resource, rules: rules.to_vec(), at: at.expression.clone() });
    }
}

impl Definition {
    /// The elements one level below, without slices.
    fn children(&self) -> impl Iterator<Item = &Arc<ElementDefinition>> {
        self.snapshot.elements.iter().filter(|element| {
            let below = element.id.strip_prefix(&*self.id).and_then(|rest| rest.strip_prefix('.'));
            below.is_some_and(|rest| !rest.contains(['.', ':']))
        })
    }

    /// The slices of an element.
    fn slices(&self, element: &ElementDefinition) -> impl Iterator<Item = Arc<ElementDefinition>> {
        let prefix = format!("{}:", element.id);
        let is_slice = move |slice: &&Arc<ElementDefinition>| {
            slice.id.strip_prefix(&*prefix).is_some_and(|rest| !rest.contains(['.', ':', '/']))
        };
        self.snapshot.elements.iter().filter(is_slice).cloned()
    }
}

/// The members of an object that are the element, each with its type.
fn members<'e>(object: &Value, name: &str, element: &'e ElementDefinition) -> Vec<(String, &'e ElementType)> {
    let names = element.types.iter().map(|kind| match name.strip_suffix("[x]") {
        Some(stem) => (format!("{stem}{}", capitalised(&kind.code)), kind),
        None => (name.to_owned(), kind),
    });
    let mut found: Vec<_> = names.filter(|(name, _)| object.get(name).is_some()).collect();
    found.dedup_by(|one, other| one.0 == other.0);
    found
}

/// Whether an occurrence is of a slice, as far as UK Core tells its slices apart: by a fixed url or system, or by the
/// profile of an extension.
fn is_of_slice(value: &Value, slice: &ElementDefinition, definition: &Definition) -> bool {
    let url = value.get("url").and_then(Value::as_str);
    if let Some(profile) = slice.types.first().and_then(|kind| kind.profiles.first()) {
        return url == Some(profile);
    }
    ["url", "system"].iter().any(|name| {
        let fixed =
            definition.snapshot.element(&format!("{}.{name}", slice.id)).and_then(|e| e.fixed.as_ref());
        fixed.is_some_and(|fixed| fixed.value().as_str() == value.get(name).and_then(Value::as_str))
    })
}

/// The value with a code that no value set has.
fn wrong_code(value: &Value) -> Value {
    let mut value = value.clone();
    let wrong = json!("no-such-code");
    let coding = match value.pointer("/coding/0/code") {
        Some(_) => value.pointer_mut("/coding/0/code"),
        None => value.pointer_mut("/code"),
    };
    match coding {
        Some(code) => *code = wrong,
        None => return wrong,
    }
    value
}

/// A text that the primitive type does not allow; `None` where any text is allowed.
fn wrong_text(kind: &ElementType) -> Option<Value> {
    match &*kind.code {
        "date" | "dateTime" | "instant" | "time" => Some(json!("yesterday")),
        "uri" | "url" | "canonical" | "oid" | "uuid" => Some(json!("with a space")),
        "base64Binary" => Some(json!("%%%")),
        "id" => Some(json!("not an id!")),
        "code" | "string" | "markdown" => Some(json!(true)),
        _ => None,
    }
}

fn example(primitive: &str) -> Value {
    match primitive {
        "boolean" => json!(true),
        "integer" | "positiveInt" | "unsignedInt" | "decimal" => json!(1),
        "date" | "dateTime" => json!("2026-01-01"),
        "instant" => json!("2026-01-01T00:00:00Z"),
        "time" => json!("12:00:00"),
        _ => json!("text"),
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
