//! What becomes of each element.

use super::examples::{PATIENT, PLAN, REFERRAL, STAY};
use super::*;

#[test]
fn a_patient() {
    let fixture = Fixture::with(&[PATIENT]);
    let rows = [
        "patient | p1 | 1 | female | 1985-07 | 1 | 2026-02-01T10:00:00Z | 9990000018 | 01 | H | \
            Asian or Asian British - Indian | F | M | H | 2 | gu | 1 | gp1 | https://elsewhere.example.org/fhir/Organization/trust",
        "patient_address | p1 | 0 | home | 1 Old Road | - | Harrow | - | - | - | 2020-01-01",
        "patient_address | p1 | 1 | home | Flat 2, 9 New Street | London | Brent | NW10 4ZZ | GBR | 2020-01-01 | -",
        "patient_identifier | p1 | 0 | usual | MR | https://westway.example.org/Id/local | 77",
        "patient_identifier | p1 | 1 | - | - | https://fhir.nhs.uk/Id/nhs-number | 9990000018",
        "patient_name | p1 | 0 | maiden | - | - | Asha | Rao",
        "patient_name | p1 | 1 | official | - | Ms | Asha Devi | Shah",
        "patient_telecom | p1 | 0 | phone | mobile | 07700 900123 | 1",
    ];
    assert_eq!(fixture.dump(), rows);
    let summary = "SELECT id, family, given, district, general_practitioner FROM patient_summary";
    assert_eq!(fixture.query(summary), ["p1 | Shah | Asha Devi | Brent | gp1"]);
}

#[test]
fn an_encounter() {
    let fixture = Fixture::with(&[STAY]);
    let rows = [
        "encounter | stay | finished | IMP | 185212007 | Seen in hospital ward | 310116007 | Psychiatry | - | Emergency | \
            2026-03-02T14:00:00+00:00 | 2026-03-04T16:30:00+01:00 | 1772460000000000 | 1772638200000000 | 2970 | \
            19 | 25 | 29 | 1 | 1324201000000109 | 2 | p1 | trust | e1 | a1 | whole",
        "encounter_based_on | stay | 0 | r1",
        "encounter_diagnosis | stay | 0 | c1 | DD | 1",
        "encounter_legal_status | stay | 0 | admission | 02",
        "encounter_location | stay | 0 | ward | Elm Ward | E02 | completed | 2026-03-02 | - | 1772409600000000 | -",
        "encounter_participant | stay | 0 | PPRF | d1",
        "encounter_reason | stay | 0 | - | - | Worsening psychosis | -",
        "encounter_reason | stay | 1 | - | - | - | c1",
        // A day ends when the next begins.
        "encounter_status_history | stay | 0 | planned | 2026-03-01 | 2026-03-02 | 1772323200000000 | 1772496000000000",
    ];
    assert_eq!(fixture.dump(), rows);
}

#[test]
fn a_service_request() {
    let fixture = Fixture::with(&[REFERRAL]);
    let rows = [
        "service_request | r1 | active | order | urgent | 6471006 | Suicidal thoughts | 0 | http://snomed.info/sct | \
            306206005 | Referral to service | 1991000124105 | Self-referral through a digital tool | \
            2026-01-01T12:00:00Z | 1767268800000000 | 2026-01-01 | 2026-01-29 | 1767225600000000 | 1769731200000000 | \
            p1 | e9 | gp",
        "service_request_category | r1 | 0 | http://snomed.info/sct | 3457005 | Patient referral",
        "service_request_performer | r1 | 0 | h1",
        "service_request_performer | r1 | 1 | h2",
        "service_request_reason | r1 | 0 | - | 35489007 | Depression | -",
        "service_request_reason | r1 | 1 | - | - | - | c1",
    ];
    assert_eq!(fixture.dump(), rows);
}

#[test]
fn a_care_plan() {
    let fixture = Fixture::with(&[PLAN]);
    let rows = [
        "care_plan | cp1 | active | plan | Talking therapy plan | 2026-01-10 | 2026-01-10 | 2026-01 | 1768003200000000 | \
            1769904000000000 | p1 | stay | d1",
        "care_plan_activity | cp1 | 0 | ServiceRequest | in-progress | http://snomed.info/sct | 304891004 | \
            Cognitive behavioural therapy session | 0 | 2026-01-10 | - | 1768003200000000 | - | 1 | 1.5 | wk | l1 | d1 | -",
        "care_plan_activity | cp1 | 1 | - | - | - | - | - | - | - | - | - | - | - | - | - | - | - | t1",
        "care_plan_activity | cp1 | 2 | - | scheduled | - | - | - | - | 2026-02-01 | 2026-02-28 | 1769904000000000 | \
            1772323200000000 | - | - | - | - | - | -",
        "care_plan_addresses | cp1 | 0 | c1",
        "care_plan_category | cp1 | 0 | http://snomed.info/sct | 718347000 | Mental health care plan",
        "care_plan_goal | cp1 | 0 | g1",
        "care_plan_goal | cp1 | 1 | g2",
        "care_plan_team | cp1 | 0 | t1",
    ];
    assert_eq!(fixture.dump(), rows);
}

#[test]
fn other_types_have_no_rows() {
    let fixture =
        Fixture::with(&[r#"{"resourceType": "Organization", "id": "o1", "name": "Example trust"}"#]);
    assert_eq!(fixture.dump(), Vec::<String>::new());
    assert_eq!(fixture.query("SELECT id, name FROM organization_name"), ["o1 | Example trust"]);
}
