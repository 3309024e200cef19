//! A source that holds a few resources in memory, and what asks it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]
#![allow(dead_code, unreachable_pub, clippy::allow_attributes, reason = "each test file uses its own part")]

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use fhir_definitions::Registry;
use fhir_graphql::{Engine, Failure, GraphQlError, Limits, Request, Root, Source, Target};
use fhir_model::types::TypeModel;
use fhir_model::{Document, Issue, IssueType};
use serde_json::{Value, json};

pub struct Memory {
    resources: Vec<Value>,
    pub requests: Cell<usize>,
}

impl Memory {
    pub fn new() -> Self {
        Self { resources: resources(), requests: Cell::new(0) }
    }

    fn count(&self) {
        self.requests.set(self.requests.get() + 1);
    }
}

impl Source for Memory {
    fn read(&self, target: &Target) -> Result<Document, Failure> {
        self.count();
        let found =
            self.resources.iter().find(|one| one["resourceType"] == *target.kind && one["id"] == *target.id);
        match found {
            Some(found) => Ok(Document::parse(found.to_string()).unwrap()),
            None => {
                let text = format!("there is no {}/{}", target.kind, target.id);
                Err(Failure { status: 404, issues: vec![Issue::error(IssueType::NotFound, text)] })
            }
        }
    }

    /// Knows parameters whose value must be somewhere in the resource, and `_count` with `_page`.
    fn search(&self, kind: &str, parameters: &[(String, String)]) -> Result<Document, Failure> {
        self.count();
        let number = |name: &str| {
            parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.parse().unwrap())
        };
        let (count, page): (Option<usize>, Option<usize>) = (number("_count"), number("_page"));
        let (count, page) = (count.unwrap_or(10), page.unwrap_or(0));
        let wanted: Vec<&String> =
            parameters.iter().filter(|(name, _)| !name.starts_with('_')).map(|(_, value)| value).collect();
        let fits = |one: &&Value| {
            one["resourceType"] == *kind
                && wanted.iter().all(|text| one.to_string().contains(&format!("\"{text}\"")))
        };
        let all: Vec<&Value> = self.resources.iter().filter(fits).collect();
        let entry = |resource: &&Value| json!({ "resource": resource, "search": { "mode": "match" } });
        let entries: Vec<Value> = all.iter().skip(page * count).take(count).map(entry).collect();
        let mut links = vec![
            json!({ "relation": "self", "url": format!("http://here/{kind}?{}", if page > 0 { "_page=x" } else { "" }) }),
        ];
        if all.len() > (page + 1) * count {
            links.push(json!({ "relation": "next", "url": format!("http://here/{kind}?_count={count}&_page={}", page + 1) }));
        }
        let mut bundle =
            json!({ "resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries });
        if parameters.iter().any(|(name, _)| name == "_total") {
            bundle["total"] = json!(all.len());
        }
        Ok(Document::parse(bundle.to_string()).unwrap())
    }

    fn parameters(&self, query: &str) -> Result<Vec<(String, String)>, Failure> {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn target(&self, reference: &str) -> Option<Target> {
        let (kind, id) = reference.split_once('/')?;
        Some(Target { kind: kind.into(), id: id.into(), version: None })
    }
}

pub fn model() -> Arc<TypeModel> {
    static MODEL: OnceLock<Arc<TypeModel>> = OnceLock::new();
    MODEL.get_or_init(|| Registry::embedded().unwrap().types().clone()).clone()
}

pub fn request(query: &str) -> Request {
    Request { query: query.to_owned(), ..Request::default() }
}

pub fn asked(root: &Root, request: &Request, limits: Limits) -> Result<Value, Vec<GraphQlError>> {
    let body = Engine::new(model(), limits).answer(root, request, &Memory::new())?;
    let mut body: Value = serde_json::from_slice(&body).unwrap();
    Ok(body["data"].take())
}

/// The answer of a query of the system.
pub fn system(query: &str) -> Value {
    asked(&Root::System, &request(query), Limits::default()).unwrap()
}

/// The answer of a query of the patient.
pub fn patient(query: &str) -> Value {
    asked(&instance("Patient", "example"), &request(query), Limits::default()).unwrap()
}

pub fn instance(kind: &str, id: &str) -> Root {
    Root::Resource(Target { kind: kind.into(), id: id.into(), version: None })
}

/// The first error of a query of the system.
pub fn refused(query: &str) -> GraphQlError {
    asked(&Root::System, &request(query), Limits::default()).unwrap_err().remove(0)
}

/// The first error of a query of the patient.
pub fn patient_refused(query: &str) -> GraphQlError {
    asked(&instance("Patient", "example"), &request(query), Limits::default()).unwrap_err().remove(0)
}

/// The patient is that of the examples on the R4 page.
fn resources() -> Vec<Value> {
    let mut all = vec![
        json!({ "resourceType": "Patient", "id": "example", "active": true, "birthDate": "1974-12-25",
            "_birthDate": { "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1974-12-25T14:35:45-05:00" }] },
            "identifier": [{ "system": "urn:oid:1.2.36.146.595.217.0.1", "value": "12345" }],
            "name": [
                { "use": "official", "family": "Chalmers", "given": ["Peter", "James"] },
                { "use": "usual", "given": ["Jim"] },
                { "use": "maiden", "family": "Windsor", "given": ["Peter", "James"] }],
            "contact": [{ "name": { "family": "du Marché" } }],
            "contained": [{ "resourceType": "Organization", "id": "gp", "name": "Own practice" }],
            "managingOrganization": { "reference": "Organization/trust" },
            "generalPractitioner": [{ "reference": "#gp" }, { "reference": "Practitioner/none" }, { "reference": "Organization/trust" }] }),
        json!({ "resourceType": "Organization", "id": "trust", "name": "The Trust" }),
        json!({ "resourceType": "Observation", "id": "o1", "status": "final", "code": { "text": "a" },
            "subject": { "reference": "Patient/example" }, "valueQuantity": { "value": 1.00, "unit": "kg" } }),
        json!({ "resourceType": "Observation", "id": "o2", "status": "final", "code": { "text": "b" },
            "subject": { "reference": "Patient/example" }, "valueString": "x" }),
        json!({ "resourceType": "Observation", "id": "o3", "status": "final", "code": { "text": "c" },
            "subject": { "reference": "Group/none" }, "valueString": "y" }),
    ];
    all.extend((0..30).map(|number| json!({ "resourceType": "Condition", "id": format!("c{number}"), "subject": { "reference": "Patient/example" } })));
    all
}
