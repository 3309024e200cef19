//! Each kind of search parameter finds what the specification says.

use crate::population::{encoded, patient, population};

/// A search and the ids it finds, in any order.
const SEARCHES: &[(&str, &[&str])] = &[
    ("Patient?gender=female", &["ada", "zoe"]),
    ("Patient?gender=female,male", &["ada", "bob", "zoe"]),
    ("Patient?gender=http://hl7.org/fhir/administrative-gender|female", &["ada", "zoe"]),
    ("Patient?gender=http://example.org|female", &[]),
    ("Patient?active=true", &["ada", "bob", "zoe"]),
    ("Patient?identifier=urn:nhs|999ada", &["ada"]),
    ("Patient?identifier=999ada", &["ada"]),
    ("Patient?identifier=urn:nhs|", &["ada", "bob", "zoe"]),
    ("Patient?identifier=|999ada", &[]),
    ("Patient?family=oka", &["ada"]),
    ("Patient?family=MULLER", &["zoe"]),
    ("Patient?name=zo", &["zoe"]),
    ("Patient?name=o", &["ada", "bob"]),
    ("Patient?family:exact=Müller", &["zoe"]),
    ("Patient?family:exact=Muller", &[]),
    ("Patient?_id=ada,zoe,none", &["ada", "zoe"]),
    ("Patient?_lastUpdated=ge2020", &["ada", "bob", "zoe", "nn"]),
    ("Patient?_lastUpdated=lt2020", &[]),
    ("Patient?birthdate=1980-02-29", &["ada"]),
    ("Patient?birthdate=1980", &["ada"]),
    ("Patient?birthdate=1990-05", &[]),
    ("Patient?birthdate=gt1990", &["zoe"]),
    ("Patient?birthdate=ge1990", &["bob", "zoe"]),
    ("Patient?birthdate=lt1990", &["ada"]),
    ("Patient?birthdate=le1990", &["ada", "bob"]),
    ("Patient?birthdate=ne1990", &["ada", "zoe"]),
    ("Patient?birthdate=sa1990", &["zoe"]),
    ("Patient?birthdate=eb1990", &["ada"]),
    ("Patient?birthdate=ge1985&gender=female", &["zoe"]),
    ("Patient?birthdate=ge1975&birthdate=lt1985", &["ada"]),
    ("Patient?organization=Organization/north", &["ada", "bob"]),
    ("Patient?organization=north,south", &["ada", "bob", "zoe"]),
    ("Patient?organization:Organization=south", &["zoe"]),
    ("Encounter?class=IMP", &["e2"]),
    ("Encounter?date=2024-01-10", &["e1"]),
    ("Encounter?date=2024-02", &["e3"]),
    ("Encounter?date=ge2024-02-10T22:30:00Z", &["e2", "e3"]),
    ("Encounter?date=sa2024-02-05", &["e3"]),
    ("Encounter?date=eb2024-02-01", &["e1"]),
    ("Encounter?patient=ada", &["e1", "e2"]),
    ("Encounter?subject=Patient/ada&class=AMB", &["e1"]),
    ("Encounter?subject:Patient.gender=female", &["e1", "e2", "e3"]),
    ("Encounter?subject.family=muller", &["e3"]),
    ("Encounter?subject:Patient.organization.name=south", &["e3"]),
    ("Encounter?subject:Patient.organization:Organization.partof:Organization.identifier=X01", &["e3"]),
    ("Patient?_has:Encounter:patient:class=IMP", &["ada"]),
    ("Organization?_has:Patient:organization:_has:Encounter:subject:class=EMER", &["south"]),
    ("Observation?code-value-quantity=29463-7$gt75", &["w2", "w3"]),
    (
        "Observation?code-value-quantity=http://loinc.org|29463-7$70.0|http://unitsofmeasure.org|kg",
        &["w1", "w3"],
    ),
    ("Observation?value-quantity=70", &["w1"]),
    ("Observation?value-quantity=gt70|http://unitsofmeasure.org|kg", &["w2"]),
    ("Observation?value-quantity=ap85||kg", &["w2"]),
    ("RiskAssessment?probability=gt0.2", &["r1"]),
    ("RiskAssessment?probability=0.4", &[]),
    ("ServiceRequest?instantiates-uri=http://example.org/pathways/crisis", &["s1"]),
    ("ServiceRequest?requester:Organization.name=North", &["s1"]),
    ("ServiceRequest?instantiates-uri:below=http://example.org/pathways", &["s1"]),
    ("Patient?gender:not=female", &["bob", "nn"]),
    ("Patient?gender:missing=true", &["nn"]),
    ("Patient?gender:in=http://hl7.org/fhir/ValueSet/administrative-gender", &["ada", "bob", "zoe"]),
    ("Patient?gender:not-in=http://hl7.org/fhir/ValueSet/administrative-gender", &["nn"]),
    ("Patient?organization:below=north", &["ada", "bob", "zoe"]),
    ("Patient?organization:below=south", &["zoe"]),
    ("Patient?organization:above=south", &["ada", "bob", "zoe"]),
    ("Patient?_filter=gender%20eq%20female%20and%20birthdate%20gt%202000", &["zoe"]),
    ("Patient?_filter=family%20ew%20neill%20or%20family%20eq%20okafor", &["ada", "bob"]),
    ("Patient?_filter=organization.name%20pr%20false", &["nn"]),
    ("Patient?_filter=birthdate%20lt%201985%20or%20birthdate%20gt%202000", &["ada", "zoe"]),
    ("Patient?_filter=birthdate%20lt%201985%20and%20birthdate%20gt%202000", &[]),
    ("Patient?_filter=gender ne female", &["bob"]),
    ("Patient?_filter=family ne Okafor", &["bob", "zoe"]),
    ("Patient?_filter=not (family eq Okafor)", &["bob", "zoe", "nn"]),
    ("Patient?_filter=family gt O", &[]),
    ("Patient?_filter=family ge O", &["ada", "bob"]),
    ("Patient?_filter=family lt \"o\"", &["zoe"]),
    ("Patient?_filter=family le M", &["zoe"]),
    ("Patient?_filter=birthdate co 1990-05-01", &["bob"]),
    ("Patient?_filter=birthdate co 1990", &["bob"]),
    ("Encounter?_filter=date co 2024-02-15", &["e2"]),
    ("Encounter?_filter=date co 2024-02", &["e2"]),
    ("ServiceRequest?_filter=instantiates-uri ne http://example.org/pathways/crisis", &[]),
    ("ServiceRequest?_filter=instantiates-uri ne http://example.org/pathways", &["s1"]),
    ("ServiceRequest?instantiates-canonical=http://example.org/plan", &["s1"]),
    ("ServiceRequest?instantiates-canonical=http://example.org/plan|1.2", &["s1"]),
    ("ServiceRequest?instantiates-canonical=http://example.org/plan|1", &[]),
    ("ServiceRequest?instantiates-canonical:below=http://example.org/plan", &["s1"]),
    ("ServiceRequest?instantiates-canonical:below=http://example.org/plan|1", &["s1"]),
    ("ServiceRequest?instantiates-canonical:below=http://example.org/plan|1.2", &["s1"]),
    ("ServiceRequest?instantiates-canonical:below=http://example.org/plan|1.2.3", &[]),
    ("ServiceRequest?instantiates-canonical:below=http://example.org/plan|2", &[]),
];

#[test]
fn each_kind_of_parameter_finds_what_the_specification_says() {
    let server = population();
    for (search, expected) in SEARCHES.iter().copied() {
        let answer = server.get(&encoded(search));
        assert_eq!(answer.status, 200, "{search}: {}", answer.body);
        let mut found = answer.matches();
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{search}");
        let count = server.get(&format!("{}&_summary=count", encoded(search)));
        assert_eq!(count.expect(200).json()["total"], expected.len(), "{search}");
    }
}

#[test]
fn the_index_follows_updates_and_deletions() {
    let server = population();
    let renamed = patient("bob", "Smith", "Bob", "male", "1990", "south");
    server.put("Patient/bob", &renamed.to_string()).expect(200);
    let ids = |search: &str| server.get(search).expect(200).matches();
    assert_eq!(ids("Patient?family=Smith"), ["bob"]);
    assert!(ids("Patient?family=O'Neill").is_empty());
    assert_eq!(ids("Patient?organization=south").len(), 2);
    server.delete("Patient/bob").expect(409);
    for id in ["Observation/w2", "RiskAssessment/r1", "Patient/bob"] {
        server.delete(id).expect(204);
    }
    assert!(ids("Patient?family=Smith").is_empty());
    assert_eq!(server.get("Patient?_summary=count").expect(200).json()["total"], 3);
}
