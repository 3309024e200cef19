//! Locations: hospitals with their wards, the emergency department and the boroughs' community hubs.

use crate::demo::boroughs::{BOROUGHS, Borough, Trust};
use crate::demo::resource::{Resource, reference};
use crate::demo::services::{
    ACUTE_TRUST_ID, EMERGENCY_DEPARTMENT_ID, hospital_id, hub_id, trust_id, ward_id,
};
use crate::demo::terminology::Concept;
use serde_json::{Value, json};

/// A kind of ward both trusts have: key, name, and whom it is for.
pub(in crate::demo) struct Ward {
    pub(in crate::demo) key: &'static str,
    pub(in crate::demo) name: &'static str,
    purpose: &'static str,
    /// Ages in years, both included.
    pub(in crate::demo) ages: (i32, i32),
}

pub(in crate::demo) static WARDS: [Ward; 4] = [
    Ward { key: "heron-ward", name: "Heron Ward", purpose: "Acute adult admission ward", ages: (18, 64) },
    Ward {
        key: "kestrel-ward",
        name: "Kestrel Ward",
        purpose: "Psychiatric intensive care unit for adults",
        ages: (18, 64),
    },
    Ward { key: "willow-ward", name: "Willow Ward", purpose: "Older adults' ward", ages: (65, 120) },
    Ward { key: "robin-ward", name: "Robin Ward", purpose: "Adolescent unit", ages: (0, 17) },
];

const fn role(code: &'static str, display: &'static str) -> Concept {
    Concept::new("http://terminology.hl7.org/CodeSystem/v3-RoleCode", code, display)
}

const fn physical(code: &'static str, display: &'static str) -> Concept {
    Concept::new("http://terminology.hl7.org/CodeSystem/location-physical-type", code, display)
}

const HOSPITAL: Concept = role("HOSP", "Hospital");
const HOSPITAL_UNIT: Concept = role("HU", "Hospital unit");
const OUTPATIENT: Concept = role("OF", "Outpatient facility");
const SITE: Concept = physical("si", "Site");
const BUILDING: Concept = physical("bu", "Building");
const WARD: Concept = physical("wa", "Ward");

/// Every location.
pub(super) fn locations() -> Vec<Resource> {
    let mut all = vec![emergency_department()];
    for trust in Trust::ALL {
        all.push(hospital(trust));
        all.extend(WARDS.iter().zip(1..).map(|(ward, number)| ward_location(trust, ward, number)));
    }
    all.extend(BOROUGHS.iter().zip(1..).map(|(borough, number)| hub(borough, number)));
    all
}

fn location(id: &str, name: &str, kind: &Concept, shape: &Concept) -> Resource {
    Resource::new("Location", id)
        .with("status", "active")
        .with("name", name)
        .with("mode", "instance")
        .with("type", json!([kind.codeable()]))
        .with("physicalType", shape.codeable())
}

fn emergency_department() -> Resource {
    let [brent, ..] = &BOROUGHS;
    location(EMERGENCY_DEPARTMENT_ID, "Parkway Hospital Emergency Department", &HOSPITAL_UNIT, &BUILDING)
        .with("identifier", site_code("XZ3E1"))
        .with("address", brent.address(brent.area(1), "work", "1 Parkway Approach", "0ZE"))
        .with("managingOrganization", reference("Organization", ACUTE_TRUST_ID))
        .with("hoursOfOperation", day_and_night())
}

fn hospital(trust: Trust) -> Resource {
    let borough = trust.home();
    location(&hospital_id(trust), &format!("{} Hospital", trust.name()), &HOSPITAL, &SITE)
        .with("identifier", site_code(&format!("{}H1", trust.ods_code())))
        .with("address", borough.address(borough.area(0), "work", "20 Hospital Walk", "0ZH"))
        .with("managingOrganization", reference("Organization", &trust_id(trust)))
        .with("hoursOfOperation", day_and_night())
}

fn ward_location(trust: Trust, ward: &Ward, number: u32) -> Resource {
    location(
        &ward_id(trust, ward.key),
        &format!("{}, {} Hospital", ward.name, trust.name()),
        &HOSPITAL_UNIT,
        &WARD,
    )
    .with("identifier", site_code(&format!("{}W{number}", trust.ods_code())))
    .with("description", ward.purpose)
    .with("managingOrganization", reference("Organization", &trust_id(trust)))
    .with("partOf", reference("Location", &hospital_id(trust)))
}

fn hub(borough: &Borough, number: u32) -> Resource {
    location(&hub_id(borough), &format!("{} Community Hub", borough.name), &OUTPATIENT, &BUILDING)
        .with("identifier", site_code(&format!("{}C{number}", borough.trust.ods_code())))
        .with("address", borough.address(borough.area(0), "work", "8 Station Parade", "8ZH"))
        .with("managingOrganization", reference("Organization", &trust_id(borough.trust)))
}

fn site_code(code: &str) -> Value {
    json!([{"system": "https://fhir.nhs.uk/Id/ods-site-code", "value": code}])
}

fn day_and_night() -> Value {
    json!([{"daysOfWeek": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "allDay": true}])
}
