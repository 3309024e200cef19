//! Organisations: the care board, trusts, neighbourhood teams, practices, schools and digital tools.

use crate::demo::boroughs::{BOROUGHS, Borough, Trust};
use crate::demo::resource::{Resource, reference, uk_core_extension};
use crate::demo::services::{
    ACUTE_TRUST_ID, EMERGENCY_DEPARTMENT_ID, URGENT_CARE_LINE_ID, digital_tool_id, gp_practice_id,
    hospital_id, hub_id, school_id, team_id, trust_id,
};
use crate::demo::terminology::Concept;
use serde_json::{Value, json};

/// General practices in each borough.
pub(in crate::demo) const PRACTICES_PER_BOROUGH: u32 = 5;
/// Schools in each borough.
pub(in crate::demo) const SCHOOLS_PER_BOROUGH: u32 = 2;

/// Key and name of the digital mental health tools people refer themselves through.
pub(in crate::demo) static DIGITAL_TOOLS: [(&str, &str); 3] = [
    ("steadymind", "Example Steadymind app"),
    ("talkwell", "Example Talkwell online self-referral"),
    ("youth-harbour", "Example Youth Harbour online chat"),
];

static PRACTICE_NAMES: [&str; PRACTICES_PER_BOROUGH as usize] =
    ["Park Surgery", "Health Centre", "Medical Practice", "Family Practice", "Road Surgery"];

static SCHOOL_NAMES: [&str; SCHOOLS_PER_BOROUGH as usize] = ["Academy", "Community School"];

const fn organization_type(code: &'static str, display: &'static str) -> Concept {
    Concept::new("http://terminology.hl7.org/CodeSystem/organization-type", code, display)
}

const PROVIDER: Concept = organization_type("prov", "Healthcare Provider");
const TEAM: Concept = organization_type("team", "Organizational team");
const EDUCATION: Concept = organization_type("edu", "Educational Institute");
const GOVERNMENT: Concept = organization_type("govt", "Government");
const BUSINESS: Concept = organization_type("bus", "Non-Healthcare Business or Corporation");

/// Every organisation.
pub(super) fn organizations() -> Vec<Resource> {
    let mut all = vec![
        organization("nwl-icb", "Example North West London Integrated Care Board", &GOVERNMENT)
            .with("identifier", ods_code("XZ0")),
        organization(ACUTE_TRUST_ID, "Example Parkway Hospital NHS Trust", &PROVIDER)
            .with("extension", main_location(EMERGENCY_DEPARTMENT_ID))
            .with("identifier", ods_code("XZ3")),
        organization(URGENT_CARE_LINE_ID, "Example North West London NHS 111", &PROVIDER)
            .with("identifier", ods_code("XZ4"))
            .with("telecom", json!([{"system": "phone", "value": "111", "use": "work"}])),
    ];
    all.extend(Trust::ALL.map(mental_health_trust));
    all.extend(DIGITAL_TOOLS.iter().map(|(key, name)| {
        organization(&digital_tool_id(key), name, &BUSINESS).with(
            "telecom",
            json!([{"system": "url", "value": format!("https://{key}.example.org"), "use": "work"}]),
        )
    }));
    for (borough, in_thousands) in BOROUGHS.iter().zip(1..) {
        all.extend([1, 2].map(|team| neighbourhood_team(borough, team)));
        all.extend(
            PRACTICE_NAMES
                .iter()
                .zip(1..)
                .map(|(name, number)| gp_practice(borough, number, name, in_thousands * 1_000 + number)),
        );
        all.extend(
            SCHOOL_NAMES
                .iter()
                .zip(1..)
                .map(|(name, number)| school(borough, number, name, in_thousands * 10 + number)),
        );
    }
    all
}

fn organization(id: &str, name: &str, kind: &Concept) -> Resource {
    Resource::new("Organization", id)
        .with("active", true)
        .with("type", json!([kind.codeable()]))
        .with("name", name)
}

fn mental_health_trust(trust: Trust) -> Resource {
    let name = format!("Example {} Mental Health NHS Trust", trust.name());
    organization(&trust_id(trust), &name, &PROVIDER)
        .with("extension", main_location(&hospital_id(trust)))
        .with("identifier", ods_code(trust.ods_code()))
}

fn neighbourhood_team(borough: &Borough, team: usize) -> Resource {
    let place = borough.area(team - 1).place;
    let name = format!("{place} Neighbourhood Team");
    organization(&team_id(borough, team), &name, &TEAM)
        .with("extension", main_location(&hub_id(borough)))
        .with("partOf", reference("Organization", &trust_id(borough.trust)))
}

fn gp_practice(borough: &Borough, number: u32, name: &str, code: u32) -> Resource {
    let line = format!("{} Surgery Lane", code % 97 + 1);
    let address = borough.address(borough.area(number as usize - 1), "work", &line, &format!("{number}ZG"));
    let telephone = format!("020 7946 0{:03}", code % 1_000);
    organization(&gp_practice_id(borough, number), &format!("{} {name}", borough.name), &PROVIDER)
        .with("identifier", ods_code(&format!("X{:05}", 90_000 + code)))
        .with("telecom", json!([{"system": "phone", "value": telephone, "use": "work"}]))
        .with("address", json!([address]))
}

fn school(borough: &Borough, number: u32, name: &str, code: u32) -> Resource {
    organization(&school_id(borough, number), &format!("Example {} {name}", borough.name), &EDUCATION).with(
        "identifier",
        json!([{"system": "https://fhir.hl7.org.uk/Id/urn-school-number", "value": format!("99{code:04}")}]),
    )
}

fn ods_code(code: &str) -> Value {
    json!([{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": code}])
}

fn main_location(id: &str) -> Value {
    json!([uk_core_extension("MainLocation", "valueReference", reference("Location", id))])
}
