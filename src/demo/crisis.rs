//! Crisis contacts by telephone, on the street or in the emergency department, and stays in hospital.

use super::calendar::Date;
use super::directory::WARDS;
use super::encounters::{EMERGENCY, FIELD, INPATIENT, VIRTUAL, identifier, performer, place_type};
use super::patients::{Person, Stage};
use super::random::Random;
use super::resource::{Resource, reference, uk_core_complex_extension, uk_core_extension};
use super::services::{Service, ServiceKind, ward_id};
use super::terminology::{Concept, in_words};
use serde_json::{Value, json};

/// Where someone in a crisis was met.
#[derive(Clone, Copy)]
enum Setting {
    Telephone,
    EmergencyDepartment,
    Street,
}

static SETTINGS: [(u32, Setting); 3] =
    [(60, Setting::Telephone), (30, Setting::EmergencyDepartment), (10, Setting::Street)];

static REASONS: [(u32, &str); 5] = [
    (30, "Suicidal thoughts"),
    (15, "Self-harm"),
    (25, "Acute anxiety or panic"),
    (20, "Worsening psychosis"),
    (10, "Breakdown of support at home"),
];

/// Percentage of people who had a crisis in the last year.
const SHARE_IN_CRISIS: u32 = 22;
/// Percentage of crises that led to a stay in hospital.
const SHARE_ADMITTED: u32 = 32;
/// Percentage of stays that have not ended.
const SHARE_STILL_IN: u32 = 35;

/// The crisis contacts of a person and the stay that may have followed the last.
pub(super) fn encounters(person: &Person, horizon: Date, random: &mut Random) -> Vec<Resource> {
    if !random.chance(SHARE_IN_CRISIS) {
        return Vec::new();
    }
    let is_admitted = random.chance(SHARE_ADMITTED);
    let is_still_in = is_admitted && person.is_alive() && random.chance(SHARE_STILL_IN);
    let last = horizon.plus(-if is_still_in { random.between(3, 24) } else { random.between(90, 330) });
    let count = random.between(1, 3);
    let mut encounters: Vec<Resource> = (1..=count)
        .map(|index| {
            crisis_contact(
                person,
                index,
                last.plus(-9 * (count - index)),
                is_admitted && index == count,
                random,
            )
        })
        .collect();
    if is_admitted {
        let discharged = (!is_still_in).then(|| last.plus(random.between(6, 70)));
        encounters.push(stay(person, last.plus(1), discharged, random));
    }
    encounters
}

fn crisis_contact(
    person: &Person,
    index: i32,
    date: Date,
    leads_to_stay: bool,
    random: &mut Random,
) -> Resource {
    let setting = random.weighted(&SETTINGS);
    let trust = person.borough.trust;
    let (class, kind, service) = match setting {
        Setting::Telephone => (
            VIRTUAL,
            Concept::snomed("401267002", "Telephone triage encounter").codeable(),
            Service::of_trust(ServiceKind::CrisisLine, trust),
        ),
        Setting::EmergencyDepartment => {
            (EMERGENCY, in_words("Emergency department attendance"), Service::liaison())
        }
        Setting::Street => {
            (FIELD, in_words("Street triage"), Service::of_trust(ServiceKind::HomeTreatment, trust))
        }
    };
    let clinician = reference("PractitionerRole", &service.role_id(random.below(3) + 1));
    // Crises come at any hour, more often outside office hours than in them.
    let minute = (17 * 60 + random.between(0, 16 * 60)) % (24 * 60);
    let id = person.part_id("encounter", format!("crisis-{index}"));
    Resource::new("Encounter", id.as_str())
        .with_some("extension", emergency_extensions(setting, leads_to_stay))
        .with("identifier", identifier(&id))
        .with("status", "finished")
        .with("class", class.coding())
        .with("type", json!([kind]))
        .with("serviceType", service.kind.setting().codeable())
        .with("priority", in_words(if leads_to_stay { "Emergency" } else { "Urgent" }))
        .with("subject", person.reference())
        .with("participant", performer(clinician))
        .with("period", json!({"start": date.at(minute), "end": date.at(minute + 40)}))
        .with("reasonCode", json!([in_words(random.weighted(&REASONS))]))
        .with_some("location", crisis_location(setting, &service))
        .with("serviceProvider", service.organization())
}

fn emergency_extensions(setting: Setting, leads_to_stay: bool) -> Option<Value> {
    let status = match setting {
        Setting::EmergencyDepartment if leads_to_stay => Concept::snomed(
            "1324201000000109",
            "Streamed from emergency department to inpatient unit following initial assessment",
        ),
        Setting::EmergencyDepartment => Concept::snomed(
            "1077041000000107",
            "Streamed from emergency department to mental health service following initial assessment",
        ),
        Setting::Telephone | Setting::Street => return None,
    };
    Some(json!([uk_core_extension(
        "EmergencyCareDischargeStatus",
        "valueCodeableConcept",
        status.codeable()
    )]))
}

fn crisis_location(setting: Setting, service: &Service) -> Option<Value> {
    let (place, kind) = match setting {
        Setting::Telephone => return None,
        Setting::EmergencyDepartment => {
            (service.location(), place_type("E04", "Emergency Care Department or Minor Injuries Department"))
        }
        Setting::Street => {
            (json!({"display": "A public place"}), place_type("N01", "Street or other public open space"))
        }
    };
    Some(json!([{"location": place, "physicalType": kind.codeable()}]))
}

/// Sections of the Mental Health Act people are admitted under.
static LEGAL_STATUSES: [(u32, Concept); 4] = [
    (58, INFORMAL),
    (24, legal_status("02", "Formally detained under Mental Health Act Section 2")),
    (14, legal_status("03", "Formally detained under Mental Health Act Section 3")),
    (4, legal_status("20", "Formally detained under Mental Health Act Section 136")),
];

const INFORMAL: Concept = legal_status("01", "Informal");

const fn legal_status(code: &'static str, display: &'static str) -> Concept {
    Concept::new("https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland", code, display)
}

fn stay(person: &Person, admitted: Date, discharged: Option<Date>, random: &mut Random) -> Resource {
    let service = Service::of_trust(ServiceKind::Inpatient, person.borough.trust);
    let id = person.part_id("encounter", "stay-1");
    let admission_status =
        if person.stage == Stage::Young { INFORMAL } else { random.weighted(&LEGAL_STATUSES) };
    let mut extensions = vec![legal_status_in_context("admission", "Admission", &admission_status)];
    let mut period = json!({"start": admitted.at(14 * 60)});
    if let Some(day) = discharged {
        extensions.push(legal_status_in_context("discharge", "Discharge", &INFORMAL));
        extensions.push(uk_core_extension("DischargeMethod", "valueCodeableConcept", DISCHARGE.codeable()));
        period = json!({"start": admitted.at(14 * 60), "end": day.at(11 * 60)});
    }
    Resource::new("Encounter", id.as_str())
        .with("extension", extensions)
        .with("identifier", identifier(&id))
        .with("status", if discharged.is_some() { "finished" } else { "in-progress" })
        .with("class", INPATIENT.coding())
        .with("type", json!([Concept::snomed("185212007", "Seen in hospital ward").codeable()]))
        .with("serviceType", service.kind.setting().codeable())
        .with("subject", person.reference())
        .with("participant", performer(reference("PractitionerRole", &service.role_id(1))))
        .with("period", period)
        .with("reasonCode", json!([in_words(random.weighted(&REASONS))]))
        .with("hospitalization", hospitalization(discharged.is_some()))
        .with("location", ward(person, admitted, discharged, random))
        .with("serviceProvider", service.organization())
}

const DISCHARGE: Concept = Concept::new(
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeMethodEngland",
    "1",
    "Patient discharged on clinical advice or with clinical consent",
);

fn legal_status_in_context(context: &'static str, display: &'static str, status: &Concept) -> Value {
    let context =
        Concept::new("https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusContext", context, display);
    uk_core_complex_extension(
        "LegalStatus",
        vec![
            json!({"url": "legalStatusContext", "valueCodeableConcept": context.codeable()}),
            json!({"url": "legalStatusClassification", "valueCodeableConcept": status.codeable()}),
        ],
    )
}

/// People come from home through the crisis team, and go back home.
fn hospitalization(is_discharged: bool) -> Value {
    const METHOD: Concept = Concept::new(
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-AdmissionMethodEngland",
        "25",
        "Emergency Admission: Admission via Mental Health Crisis Resolution Team",
    );
    let home = |system: &str| json!({"coding": [{"system": system, "code": "19"}], "text": "Usual place of residence"});
    let mut hospitalization = serde_json::Map::new();
    hospitalization.insert(
        "extension".into(),
        json!([uk_core_extension("AdmissionMethod", "valueCodeableConcept", METHOD.codeable())]),
    );
    hospitalization.insert(
        "admitSource".into(),
        home("https://fhir.hl7.org.uk/CodeSystem/UKCore-SourceOfAdmissionEngland"),
    );
    if is_discharged {
        hospitalization.insert(
            "dischargeDisposition".into(),
            home("https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeDestinationEngland"),
        );
    }
    hospitalization.into()
}

/// A ward of the person's trust for their age; of two that fit, the ordinary one three times out of four.
fn ward(person: &Person, admitted: Date, discharged: Option<Date>, random: &mut Random) -> Value {
    let age = person.age_on(admitted);
    let mut fitting = WARDS.iter().filter(|ward| (ward.ages.0..=ward.ages.1).contains(&age));
    let first = fitting.next();
    let ward = fitting.next().filter(|_| random.chance(25)).or(first);
    let place = ward.map_or_else(
        || json!({"display": "Ward not recorded"}),
        |ward| {
            json!({
                "reference": format!("Location/{}", ward_id(person.borough.trust, ward.key)),
                "display": ward.name
            })
        },
    );
    let status = if discharged.is_some() { "completed" } else { "active" };
    json!([{"location": place, "status": status, "physicalType": place_type("E02", "Ward").codeable()}])
}
