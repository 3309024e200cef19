//! The resources that are written: valid, of ordinary size, each a little different.

use serde_json::{Value, json};

/// The types of the CRUD chain in the order of their creation.
pub(super) const CHAIN: [&str; 9] = [
    "Patient",
    "Location",
    "Organization",
    "Practitioner",
    "Encounter",
    "Observation",
    "MedicationRequest",
    "Claim",
    "ExplanationOfBenefit",
];

/// The references that later resources of a chain need.
#[derive(Debug, Default)]
pub(super) struct Chain {
    patient: String,
    location: String,
    organization: String,
    practitioner: String,
    encounter: String,
    medication_request: String,
    claim: String,
}

impl Chain {
    /// Keeps the id of a resource that was made.
    pub(super) fn made(&mut self, kind: &str, id: &str) {
        let reference = format!("{kind}/{id}");
        match kind {
            "Patient" => self.patient = reference,
            "Location" => self.location = reference,
            "Organization" => self.organization = reference,
            "Practitioner" => self.practitioner = reference,
            "Encounter" => self.encounter = reference,
            "MedicationRequest" => self.medication_request = reference,
            "Claim" => self.claim = reference,
            _ => {}
        }
    }

    /// The next resource of the type.
    pub(super) fn seed(&self, kind: &str, random: &mut fastrand::Rng) -> Value {
        match kind {
            "Patient" => patient(random),
            "Location" => location(random),
            "Organization" => organization(random),
            "Practitioner" => practitioner(random),
            "Encounter" => self.encounter(),
            "Observation" => observation(&self.patient, Some(&self.encounter), random),
            "MedicationRequest" => self.medication_request(),
            "Claim" => self.claim(),
            _ => self.explanation_of_benefit(),
        }
    }

    fn encounter(&self) -> Value {
        json!({
            "resourceType": "Encounter",
            "status": "planned",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB", "display": "ambulatory"},
            "type": [{"coding": [{"system": "http://snomed.info/sct", "code": "185347001", "display": "Encounter for problem"}]}],
            "subject": {"reference": self.patient},
            "participant": [{"individual": {"reference": self.practitioner}}],
            "period": {"start": "2024-03-04T09:00:00Z", "end": "2024-03-04T09:20:00Z"},
            "location": [{"location": {"reference": self.location}}],
            "serviceProvider": {"reference": self.organization}
        })
    }

    fn medication_request(&self) -> Value {
        json!({
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"coding": [{
                "system": "http://snomed.info/sct", "code": "322236009", "display": "Paracetamol 500mg tablets"
            }]},
            "subject": {"reference": self.patient},
            "encounter": {"reference": self.encounter},
            "authoredOn": "2024-03-04T09:15:00Z",
            "requester": {"reference": self.practitioner},
            "dosageInstruction": [{
                "text": "One or two tablets up to four times a day",
                "timing": {"repeat": {"frequency": 4, "period": 1, "periodUnit": "d"}}
            }],
            "substitution": {"allowedBoolean": false}
        })
    }

    fn claim(&self) -> Value {
        json!({
            "resourceType": "Claim",
            "status": "active",
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "pharmacy"}]},
            "use": "claim",
            "patient": {"reference": self.patient},
            "billablePeriod": {"start": "2024-03-04T09:00:00Z", "end": "2024-03-04T09:20:00Z"},
            "created": "2024-03-04T09:30:00Z",
            "provider": {"reference": self.organization},
            "priority": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/processpriority", "code": "normal"}]},
            "prescription": {"reference": self.medication_request},
            "insurance": [{"sequence": 1, "focal": true, "coverage": {"display": "National Health Service"}}],
            "item": [{
                "sequence": 1,
                "productOrService": {"coding": [{"system": "http://snomed.info/sct", "code": "322236009"}]},
                "encounter": [{"reference": self.encounter}]
            }],
            "total": {"value": 9.9, "currency": "GBP"}
        })
    }

    fn explanation_of_benefit(&self) -> Value {
        json!({
            "resourceType": "ExplanationOfBenefit",
            "status": "active",
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": "pharmacy"}]},
            "use": "claim",
            "patient": {"reference": self.patient},
            "billablePeriod": {"start": "2024-03-04T09:00:00Z", "end": "2025-03-04T09:00:00Z"},
            "created": "2024-03-04T09:40:00Z",
            "insurer": {"reference": self.organization},
            "provider": {"reference": self.practitioner},
            "claim": {"reference": self.claim},
            "outcome": "complete",
            "insurance": [{"focal": true, "coverage": {"display": "National Health Service"}}],
            "item": [{
                "sequence": 1,
                "productOrService": {"coding": [{"system": "http://snomed.info/sct", "code": "322236009"}]},
                "net": {"value": 9.9, "currency": "GBP"},
                "encounter": [{"reference": self.encounter}]
            }],
            "payment": {"amount": {"value": 9.9, "currency": "GBP"}}
        })
    }
}

/// The one change of the update.
pub(super) fn change(kind: &str, resource: &mut Value) {
    let Some(members) = resource.as_object_mut() else { return };
    let (name, value) = match kind {
        "Encounter" => ("status", json!("in-progress")),
        "Location" | "Organization" => ("name", json!("Renamed 2024-03-05T10:00:00Z")),
        "MedicationRequest" => ("status", json!("completed")),
        "Observation" => ("issued", json!("2024-03-05T10:00:00.000Z")),
        "Patient" | "Practitioner" => ("gender", json!("other")),
        _ => ("created", json!("2024-03-05T10:00:00Z")),
    };
    members.insert(name.to_owned(), value);
}

/// A UK patient without an NHS number, which nobody may invent.
pub(super) fn patient(random: &mut fastrand::Rng) -> Value {
    let family = pick(
        &["Smith", "Patel", "Jones", "Okafor", "Khan", "Brown", "Ahmed", "Taylor", "Nowak", "Walsh"],
        random,
    );
    let given = pick(
        &["Amara", "George", "Priya", "Oliver", "Zainab", "Maya", "Tomasz", "Ruth", "Idris", "Grace"],
        random,
    );
    let birth_date =
        format!("{}-{:02}-{:02}", random.u32(1930..2020), random.u32(1..=12), random.u32(1..=28));
    json!({
        "resourceType": "Patient",
        "identifier": [{"system": "https://example.org/local-number", "value": format!("L{:09}", random.u32(..1_000_000_000))}],
        "active": true,
        "name": [{"use": "official", "family": family, "given": [given], "prefix": ["Mx"]}],
        "telecom": [{"system": "phone", "use": "mobile", "value": format!("07700 900{:03}", random.u32(..1000))}],
        "gender": pick(&["female", "male", "other", "unknown"], random),
        "birthDate": birth_date,
        "address": [{
            "use": "home",
            "line": [format!("{} High Street", random.u32(1..300))],
            "city": "London",
            "district": pick(&["Ealing", "Brent", "Harrow", "Hounslow", "Hillingdon"], random),
            "postalCode": "W5 5RF"
        }]
    })
}

/// Systolic blood pressure of the patient.
pub(super) fn observation(patient: &str, encounter: Option<&str>, random: &mut fastrand::Rng) -> Value {
    let mut observation = json!({
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"
        }]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6", "display": "Systolic blood pressure"}]},
        "subject": {"reference": patient},
        "effectiveDateTime": format!("2024-{:02}-{:02}T10:00:00Z", random.u32(1..=12), random.u32(1..=28)),
        "valueQuantity": {
            "value": random.u32(90..180), "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"
        }
    });
    if let (Some(encounter), Some(members)) = (encounter, observation.as_object_mut()) {
        members.insert("encounter".to_owned(), json!({"reference": encounter}));
    }
    observation
}

fn location(random: &mut fastrand::Rng) -> Value {
    json!({
        "resourceType": "Location",
        "status": "active",
        "name": format!("Clinic {}", random.u32(1..1000)),
        "telecom": [{"system": "phone", "value": "020 7946 0000"}],
        "address": {"line": ["1 High Street"], "city": "London", "postalCode": "W5 5RF"},
        "position": {"longitude": -0.3, "latitude": 51.51}
    })
}

fn organization(random: &mut fastrand::Rng) -> Value {
    json!({
        "resourceType": "Organization",
        "active": true,
        "name": format!("Trust {}", random.u32(1..1000)),
        "type": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/organization-type", "code": "prov"}]}],
        "address": [{"line": ["1 High Street"], "city": "London", "postalCode": "W5 5RF"}]
    })
}

fn practitioner(random: &mut fastrand::Rng) -> Value {
    json!({
        "resourceType": "Practitioner",
        "active": true,
        "name": [{"family": pick(&["Adeyemi", "Clarke", "Shah", "Wood"], random), "given": ["Alex"], "prefix": ["Dr"]}],
        "gender": "female"
    })
}

fn pick(values: &[&'static str], random: &mut fastrand::Rng) -> &'static str {
    random.choice(values).copied().unwrap_or_default()
}
