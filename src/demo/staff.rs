//! Practitioners and their roles: two general practitioners per practice, three clinicians per service.

use super::boroughs::{BOROUGHS, Borough};
use super::directory::PRACTICES_PER_BOROUGH;
use super::ethnicity::ETHNICITIES;
use super::names::mail_address;
use super::random::Random;
use super::resource::{Resource, reference};
use super::services::{Service, ServiceKind, gp_id, gp_practice_id, gp_role_id};
use super::terminology::{Concept, in_words};
use serde_json::json;

/// Clinicians who work for one service.
pub(super) const CLINICIANS_PER_SERVICE: u32 = 3;
/// General practitioners of one practice.
pub(super) const GPS_PER_PRACTICE: u32 = 2;

/// Staff are the same whatever the seed of the patients, so that directories of two populations agree.
const STAFF_SEED: u64 = 5_071_948;

/// Clinicians are numbered from here on, general practitioners from 1.
const FIRST_CLINICIAN: usize = 1_001;

/// All general practitioners and their roles.
pub(super) fn general_practitioners() -> Vec<Resource> {
    let posts = BOROUGHS.iter().flat_map(|borough| {
        (1..=PRACTICES_PER_BOROUGH)
            .flat_map(move |practice| (1..=GPS_PER_PRACTICE).map(move |number| (borough, practice, number)))
    });
    posts
        .zip(1..)
        .flat_map(|((borough, practice, number), person)| {
            general_practitioner(borough, practice, number, person)
        })
        .collect()
}

fn general_practitioner(borough: &Borough, practice: u32, number: u32, person: usize) -> [Resource; 2] {
    let id = gp_id(borough, practice, number);
    let role = Resource::new("PractitionerRole", gp_role_id(borough, practice, number))
        .with("active", true)
        .with("practitioner", reference("Practitioner", &id))
        .with("organization", reference("Organization", &gp_practice_id(borough, practice)))
        .with("code", json!([in_words("General practitioner")]))
        .with("specialty", json!([Concept::specialty("600", "General Medical Practice").codeable()]));
    [practitioner(&id, "Dr", person), role]
}

/// The clinicians of all services and their roles.
pub(super) fn clinicians(services: &[Service]) -> Vec<Resource> {
    let posts = services.iter().flat_map(|service| {
        (1..).zip(job_titles(service.kind)).map(move |(number, job)| (service, number, job))
    });
    posts
        .zip(FIRST_CLINICIAN..)
        .flat_map(|((service, number, (prefix, title)), person)| {
            let id = service.practitioner_id(number);
            let role = Resource::new("PractitionerRole", service.role_id(number))
                .with("active", true)
                .with("practitioner", reference("Practitioner", &id))
                .with("organization", service.organization())
                .with("code", json!([in_words(title)]))
                .with("specialty", json!([service.kind.specialty().codeable()]))
                .with("location", json!([service.location()]))
                .with("healthcareService", json!([service.reference()]));
            [practitioner(&id, prefix, person), role]
        })
        .collect()
}

/// Form of address and job title of a service's three clinicians.
const fn job_titles(kind: ServiceKind) -> [(&'static str, &'static str); CLINICIANS_PER_SERVICE as usize] {
    match kind {
        ServiceKind::Neighbourhood | ServiceKind::OlderAdults => [
            ("Dr", "Consultant psychiatrist"),
            ("Ms", "Community psychiatric nurse"),
            ("Dr", "Clinical psychologist"),
        ],
        ServiceKind::TalkingTherapies => [
            ("Dr", "Clinical psychologist"),
            ("Mr", "High intensity therapist"),
            ("Ms", "Psychological wellbeing practitioner"),
        ],
        ServiceKind::ChildrenAndYoungPeople => [
            ("Dr", "Consultant child and adolescent psychiatrist"),
            ("Ms", "Family therapist"),
            ("Mr", "Mental health support practitioner in schools"),
        ],
        ServiceKind::CrisisLine => [
            ("Ms", "Crisis line nurse"),
            ("Mr", "Crisis line practitioner"),
            ("Ms", "Crisis line team leader"),
        ],
        ServiceKind::HomeTreatment => [
            ("Dr", "Consultant psychiatrist"),
            ("Mr", "Mental health nurse"),
            ("Ms", "Mental health social worker"),
        ],
        ServiceKind::Inpatient => {
            [("Dr", "Consultant psychiatrist"), ("Ms", "Ward manager"), ("Mr", "Mental health nurse")]
        }
        ServiceKind::Liaison => {
            [("Dr", "Consultant liaison psychiatrist"), ("Ms", "Liaison nurse"), ("Mr", "Liaison nurse")]
        }
    }
}

fn practitioner(id: &str, prefix: &str, person: usize) -> Resource {
    let mut random = Random::new(STAFF_SEED, person);
    let names = random.pick(&ETHNICITIES.each_ref()).names;
    let pool = random.pick(&names);
    let is_woman = match prefix {
        "Ms" => true,
        "Mr" => false,
        _ => random.chance(50),
    };
    let given = random.pick(if is_woman { &pool.female } else { &pool.male });
    let family = random.pick(&pool.family);
    Resource::new("Practitioner", id)
        .with(
            "identifier",
            json!([{"system": "https://fhir.nhs.uk/Id/sds-user-id", "value": format!("999{person:09}")}]),
        )
        .with("active", true)
        .with("name", json!([{"use": "official", "family": family, "given": [given], "prefix": [prefix]}]))
        .with(
            "telecom",
            json!([{"system": "email", "value": mail_address(given, family, "nhs"), "use": "work"}]),
        )
        .with("gender", if is_woman { "female" } else { "male" })
}
