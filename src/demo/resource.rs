//! Building one FHIR resource as JSON.

use serde_json::{Map, Value, json};

/// Where the profiles and extensions of UK Core live.
const UK_CORE: &str = "https://fhir.hl7.org.uk/StructureDefinition";

/// Resource types the population uses for which UK Core has no profile.
const WITHOUT_PROFILE: [&str; 1] = ["Goal"];

/// A resource under construction: its type and id are known, other elements are added in order.
pub(super) struct Resource {
    kind: &'static str,
    id: String,
    members: Map<String, Value>,
}

impl Resource {
    /// A resource that claims the UK Core profile of its type and is labelled as test data (`HTEST`).
    pub(super) fn new(kind: &'static str, id: impl Into<String>) -> Self {
        let id = id.into();
        let mut meta = Map::new();
        if !WITHOUT_PROFILE.contains(&kind) {
            meta.insert("profile".into(), json!([format!("{UK_CORE}/UKCore-{kind}")]));
        }
        meta.insert(
            "security".into(),
            json!([{
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
                "code": "HTEST",
                "display": "test health data"
            }]),
        );
        let mut members = Map::new();
        members.insert("resourceType".into(), kind.into());
        members.insert("id".into(), id.clone().into());
        members.insert("meta".into(), meta.into());
        Self { kind, id, members }
    }

    /// Adds an element.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }

    /// Adds an element where there is a value for it.
    pub(super) fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a repeating element unless it has no repetition: FHIR JSON knows no empty array.
    pub(super) fn with_all(self, name: &str, values: Vec<Value>) -> Self {
        if values.is_empty() { self } else { self.with(name, values) }
    }

    /// A `Reference` to this resource.
    pub(super) fn reference(&self) -> Value {
        reference(self.kind, &self.id)
    }

    /// `Type/id`, the address a transaction puts this resource to.
    pub(super) fn address(&self) -> String {
        format!("{}/{}", self.kind, self.id)
    }

    /// The finished resource.
    pub(super) fn into_json(self) -> Value {
        self.members.into()
    }
}

/// A literal `Reference`.
pub(super) fn reference(kind: &str, id: &str) -> Value {
    json!({"reference": format!("{kind}/{id}")})
}

/// An extension defined by UK Core; `value_name` is the typed member such as `valueCodeableConcept`.
pub(super) fn uk_core_extension(name: &str, value_name: &str, value: Value) -> Value {
    json!({"url": format!("{UK_CORE}/Extension-UKCore-{name}"), (value_name): value})
}

/// A UK Core extension made of nested ones.
pub(super) fn uk_core_complex_extension(name: &str, parts: Vec<Value>) -> Value {
    json!({"url": format!("{UK_CORE}/Extension-UKCore-{name}"), "extension": parts})
}
