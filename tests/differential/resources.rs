//! Random resources of any type, drawn from the type model: elements that some parameter searches are likely, others rare.

use std::collections::HashSet;
use std::sync::Arc;

use fhir_definitions::Registry;
use fhir_model::primitive::DateTime;
use fhir_model::types::{ElementInfo, ElementType, TypeInfo, TypeKind, TypeModel};
use fhir_terminology::Terminology;
use search_oracle::Key;
use serde_json::{Map, Value, json};

use crate::random::Random;
use crate::stack::BASE;
use crate::vocabulary::*;

/// The types that every population has.
const CORE: [&str; 22] = [
    "Patient",
    "Patient",
    "Practitioner",
    "Organization",
    "Organization",
    "Location",
    "Location",
    "Encounter",
    "Observation",
    "Observation",
    "Observation",
    "Condition",
    "MedicationRequest",
    "ServiceRequest",
    "CarePlan",
    "List",
    "ValueSet",
    "RiskAssessment",
    "Questionnaire",
    "Group",
    "Device",
    "DocumentReference",
];

/// How deep elements nest.
const DEEPEST: usize = 4;

/// Draws the resources of one population.
pub(crate) struct Resources<'a> {
    registry: &'a Registry,
    terminology: &'a Terminology,
    /// The keys of the whole population: what references point to.
    keys: Vec<Key>,
    /// The names in the search expressions of the type at hand.
    searched: HashSet<String>,
}

impl<'a> Resources<'a> {
    /// The keys of a population of about `size` resources.
    pub(crate) fn new(
        registry: &'a Arc<Registry>,
        terminology: &'a Terminology,
        random: &mut Random,
        size: usize,
    ) -> Self {
        // Among OperationDefinitions the server finds its own too, which are not stored.
        let drawn = registry.resource_types().iter().filter(|kind| &***kind != "OperationDefinition");
        let drawn: Vec<&str> = drawn.map(|kind| &**kind).collect();
        let rare: Vec<&str> = (0..4).map(|_| *random.pick(&drawn)).collect();
        let mut keys: Vec<Key> = Vec::new();
        while keys.len() < size {
            let kind = if random.chance(70) { random.word(&CORE) } else { *random.pick(&rare) };
            // Some ids occur in several types.
            let prefix = if random.chance(25) { "r".to_owned() } else { kind.to_lowercase() };
            let key = (kind.to_owned(), format!("{prefix}{}", random.below(12)));
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Self { registry, terminology, keys, searched: HashSet::new() }
    }

    /// The keys, one for each resource.
    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }

    fn types(&self) -> &'a TypeModel {
        self.registry.types()
    }

    /// A resource with that key.
    pub(crate) fn resource(&mut self, key: &Key, random: &mut Random) -> Value {
        let expressions = self.registry.search_parameters(&key.0).iter().flat_map(|parameter| {
            let components = parameter.components.iter().map(|component| &component.expression);
            parameter.expression.iter().chain(components)
        });
        let letters = |text: &str| {
            text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>()
        };
        self.searched = expressions.flat_map(|text| letters(text)).collect();
        let info = self.types().by_name(&key.0).unwrap();
        let mut members = Map::new();
        members.insert("resourceType".into(), json!(key.0));
        members.insert("id".into(), json!(key.1));
        members.extend(self.meta(random).map(|meta| ("meta".to_owned(), meta)));
        if random.chance(40) {
            let (a, b) = (random.word(&WORDS), random.word(&WORDS));
            let div = format!(
                "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{a}</p><b title=\"hidden\">{b} &amp; co</b></div>"
            );
            members.insert("text".into(), json!({ "status": "generated", "div": div }));
        }
        if random.chance(15) && info.element("contained").is_some() {
            let kind = random.word(&["Patient", "Organization"]);
            members.insert("contained".into(), json!([{ "resourceType": kind, "id": "c1", "active": true }]));
        }
        self.elements(info, 0, &mut members, random);
        Value::Object(members)
    }

    fn meta(&self, random: &mut Random) -> Option<Value> {
        let mut meta = Map::new();
        if random.chance(40) {
            meta.insert("tag".into(), json!([coding(random)]));
        }
        if random.chance(30) {
            meta.insert("security".into(), json!([coding(random)]));
        }
        if random.chance(30) {
            meta.insert("profile".into(), json!([canonical(random)]));
        }
        if random.chance(30) {
            meta.insert("source".into(), json!(random.pick(&URIS)));
        }
        (!meta.is_empty()).then_some(Value::Object(meta))
    }

    fn elements(&self, info: &TypeInfo, depth: usize, members: &mut Map<String, Value>, random: &mut Random) {
        const APART: [&str; 9] = [
            "id",
            "meta",
            "text",
            "contained",
            "extension",
            "modifierExtension",
            "implicitRules",
            "language",
            "resourceType",
        ];
        for element in info.elements.iter().filter(|element| !APART.contains(&&*element.name)) {
            let likely = self.searched.contains(&*element.name);
            let percent = match (likely, depth) {
                (true, 0) => 60,
                (true, _) => 50,
                (false, _) => 4,
            };
            if element.min == 0 && (depth >= DEEPEST || !random.chance(percent)) || element.max == Some(0) {
                continue;
            }
            let Some(choice) = random.any(&element.types) else { continue };
            let count = if element.is_array() { *random.pick(&[1, 1, 1, 2, 2, 3]) } else { 1 };
            let values: Vec<Value> = (0..count)
                .filter_map(|_| self.value(info, element, choice, depth, members, random))
                .collect();
            let value = if element.is_array() {
                json!(values)
            } else {
                values.into_iter().next().unwrap_or_default()
            };
            if !value.is_null() && value != json!([]) {
                members.insert(choice.json_name.to_string(), value);
            }
        }
    }

    fn value(
        &self,
        owner: &TypeInfo,
        element: &ElementInfo,
        choice: &ElementType,
        depth: usize,
        siblings: &Map<String, Value>,
        random: &mut Random,
    ) -> Option<Value> {
        let info = self.types().get(choice.type_id)?;
        Some(match &*info.name {
            "code" => json!(self.bound_code(element, random)),
            "Reference" => self.reference(choice, siblings.contains_key("contained"), random),
            "CodeableConcept" => concept(random),
            "Coding" => coding(random),
            "Identifier" => identifier(random),
            "Quantity" | "Age" | "Duration" | "Count" | "Distance" | "SimpleQuantity" => {
                quantity(random, true)
            }
            "Range" => range(random),
            "Money" => json!({ "value": number(random), "currency": random.word(&["GBP", "EUR"]) }),
            "SampledData" => sampled(random),
            "Period" => period(random),
            "HumanName" => human_name(random),
            "ContactPoint" => {
                json!({ "system": random.word(&["phone", "email"]), "value": random.word(&IDENTIFIERS) })
            }
            "Timing" => timing(random),
            "canonical" => canonical(random),
            "Extension" | "Meta" | "Narrative" => return None,
            "decimal" if &*owner.name == "Location.position" => {
                let (latitude, longitude) = *random.pick(&PLACES);
                raw(if &*element.name == "latitude" { latitude } else { longitude })
            }
            _ if info.kind == TypeKind::Primitive => primitive(&info.name, random)?,
            _ if info.kind == TypeKind::Resource => {
                let kind = random.word(&["Patient", "Composition", "MessageHeader"]);
                let target = self.types().by_name(kind)?;
                let mut members = Map::new();
                members.insert("resourceType".into(), json!(kind));
                members.insert("id".into(), json!(format!("r{}", random.below(12))));
                self.elements(target, DEEPEST, &mut members, random);
                Value::Object(members)
            }
            _ => {
                let mut members = Map::new();
                self.elements(info, depth + 1, &mut members, random);
                if members.is_empty() {
                    return None;
                }
                Value::Object(members)
            }
        })
    }

    /// One of the first few codes that the binding allows.
    fn bound_code(&self, element: &ElementInfo, random: &mut Random) -> String {
        let value_set = element.required_value_set.as_deref();
        let codes =
            value_set.and_then(|value_set| self.terminology.codes(value_set, 2000)).unwrap_or_default();
        let few = codes.get(..codes.len().min(4)).unwrap_or_default();
        match random.any(few) {
            Some(listed) => listed.code.to_string(),
            None => random.word(&["a", "b", "en"]).to_owned(),
        }
    }

    fn reference(&self, choice: &ElementType, has_contained: bool, random: &mut Random) -> Value {
        let names: Vec<&str> =
            choice.targets.iter().map(|target| target.rsplit('/').next().unwrap_or_default()).collect();
        let fits = |key: &&Key| names.is_empty() || names.contains(&"Resource") || names.contains(&&*key.0);
        let candidates: Vec<&Key> = self.keys.iter().filter(fits).collect();
        let dangling = (
            names
                .first()
                .filter(|name| self.types().id(name).is_some())
                .map_or("Patient", |name| name)
                .to_owned(),
            "none".to_owned(),
        );
        let dangling = if dangling.0 == "Resource" { ("Patient".to_owned(), dangling.1) } else { dangling };
        let (kind, id) = match random.any(&candidates) {
            Some(key) if random.chance(92) => (*key).clone(),
            _ => dangling,
        };
        let literal = format!("{kind}/{id}");
        let mut reference = match random.below(100) {
            0..70 => json!({ "reference": literal }),
            70..76 => json!({ "reference": format!("{BASE}/{literal}") }),
            76..80 => json!({ "reference": format!("http://elsewhere.test/fhir/{literal}") }),
            80..84 => json!({ "reference": format!("{literal}/_history/1") }),
            84..88 if has_contained => json!({ "reference": "#c1" }),
            84..88 => json!({ "reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520" }),
            88..93 => json!({ "type": kind }),
            _ => json!({ "reference": literal, "type": kind }),
        };
        if random.chance(25) || reference.get("reference").is_none() && random.chance(90) {
            reference["identifier"] = identifier(random);
        }
        if random.chance(25) {
            reference["display"] = json!(random.word(&WORDS));
        }
        reference
    }
}

/// JSON that keeps the digits of a number.
fn raw(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn number(random: &mut Random) -> Value {
    raw(random.word(&NUMBERS))
}

fn primitive(name: &str, random: &mut Random) -> Option<Value> {
    Some(match name {
        "boolean" => json!(random.chance(50)),
        "integer" | "unsignedInt" => json!(random.below(12)),
        "positiveInt" => json!(1 + random.below(3)),
        "decimal" => number(random),
        "string" | "markdown" => json!(random.word(&WORDS)),
        "id" => json!(random.word(&["a", "b"])),
        "uri" | "url" => json!(random.word(&URIS)),
        "oid" => json!("urn:oid:1.2.3"),
        "uuid" => json!("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
        "date" => json!(random.word(&DATES)),
        "dateTime" if random.chance(50) => json!(random.word(&DATES)),
        "dateTime" | "instant" => json!(random.word(&MOMENTS)),
        "time" => json!("10:30:00"),
        "base64Binary" => json!("YWJj"),
        _ => return None,
    })
}

fn canonical(random: &mut Random) -> Value {
    json!(format!("{}{}", random.pick(&URIS), random.pick(&VERSIONS)))
}

pub(crate) fn coding(random: &mut Random) -> Value {
    let (system, codes) = random.pick(&CODES);
    let mut coding = Map::new();
    if !system.is_empty() {
        coding.insert("system".into(), json!(system));
    }
    if random.chance(95) || system.is_empty() {
        coding.insert("code".into(), json!(*random.pick(codes)));
    }
    if random.chance(30) {
        coding.insert("display".into(), json!(random.word(&WORDS)));
    }
    Value::Object(coding)
}

fn concept(random: &mut Random) -> Value {
    let mut concept = Map::new();
    let codings: Vec<Value> = (0..*random.pick(&[0, 1, 1, 1, 2])).map(|_| coding(random)).collect();
    if !codings.is_empty() {
        concept.insert("coding".into(), json!(codings));
    }
    if concept.is_empty() || random.chance(40) {
        concept.insert("text".into(), json!(random.word(&WORDS)));
    }
    Value::Object(concept)
}

fn identifier(random: &mut Random) -> Value {
    let mut identifier = Map::new();
    if random.chance(50) {
        identifier.insert("type".into(), concept(random));
    }
    let system = random.word(&IDENTIFIER_SYSTEMS);
    if !system.is_empty() {
        identifier.insert("system".into(), json!(system));
    }
    if random.chance(90) || identifier.is_empty() {
        identifier.insert("value".into(), json!(random.word(&IDENTIFIERS)));
    }
    Value::Object(identifier)
}

fn quantity(random: &mut Random, may_compare: bool) -> Value {
    let (unit, system, code) = *random.pick(&UNITS);
    let mut quantity = Map::new();
    if random.chance(95) {
        quantity.insert("value".into(), number(random));
    }
    if may_compare && random.chance(15) {
        quantity.insert("comparator".into(), json!(random.word(&["<", "<=", ">", ">="])));
    }
    for (name, text) in [("unit", unit), ("system", system), ("code", code)] {
        if !text.is_empty() {
            quantity.insert(name.into(), json!(text));
        }
    }
    if quantity.is_empty() {
        quantity.insert("value".into(), number(random));
    }
    Value::Object(quantity)
}

fn range(random: &mut Random) -> Value {
    let (unit, system, code) = *random.pick(&UNITS);
    let end = |value: &str| {
        let mut end = json!({ "value": raw(value) });
        for (name, text) in [("unit", unit), ("system", system), ("code", code)] {
            if !text.is_empty() {
                end[name] = json!(text);
            }
        }
        end
    };
    let (low, high) = *random.pick(&[("1", "5"), ("5", "5.4"), ("5", "100"), ("0.005", "10")]);
    match random.below(4) {
        0 => json!({ "low": end(low) }),
        1 => json!({ "high": end(high) }),
        _ => json!({ "low": end(low), "high": end(high) }),
    }
}

fn sampled(random: &mut Random) -> Value {
    let mut origin = quantity(random, false);
    origin["value"] = json!(*random.pick(&[0, 5]));
    json!({ "origin": origin, "period": 10, "dimensions": 1, "data": random.word(&["1 5 E", "5 U 5.4 100", "E", "0 10"]) })
}

fn period(random: &mut Random) -> Value {
    let moment = |random: &mut Random| {
        if random.chance(50) { random.word(&DATES) } else { random.word(&MOMENTS) }
    };
    let covered = |text: &str| DateTime::parse_fhirpath(text).unwrap().range_micros(0);
    let (a, b) = (moment(random), moment(random));
    let (start, end) = if covered(a).0 < covered(b).1 { (a, b) } else { (b, a) };
    match random.below(5) {
        0 => json!({ "start": start }),
        1 => json!({ "end": end }),
        _ => json!({ "start": start, "end": end }),
    }
}

fn timing(random: &mut Random) -> Value {
    match random.below(4) {
        0 => json!({ "event": [random.pick(&MOMENTS), random.pick(&DATES)] }),
        1 => json!({ "repeat": { "boundsPeriod": period(random), "frequency": 2 } }),
        2 => {
            json!({ "repeat": { "boundsDuration": { "value": 5, "system": "http://unitsofmeasure.org", "code": "d" } } })
        }
        _ => json!({ "event": [random.pick(&DATES)], "repeat": { "boundsPeriod": period(random) } }),
    }
}

fn human_name(random: &mut Random) -> Value {
    let mut name = json!({ "family": random.word(&WORDS) });
    if random.chance(60) {
        name["given"] = json!([random.pick(&WORDS), random.pick(&WORDS)]);
    }
    if random.chance(20) {
        name["text"] = json!(random.word(&WORDS));
    }
    name
}
