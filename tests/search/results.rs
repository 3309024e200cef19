//! The order of matches, what is included with them, and their number.

use serde_json::Value;

use crate::population::population;

#[test]
fn results_are_sorted_with_missing_values_last() {
    let server = population();
    let ids = |search: &str| server.get(search).expect(200).matches();
    assert_eq!(ids("Patient?_sort=birthdate"), ["ada", "bob", "zoe", "nn"]);
    assert_eq!(ids("Patient?_sort=-birthdate"), ["zoe", "bob", "ada", "nn"]);
    assert_eq!(ids("Patient?_sort=family"), ["zoe", "bob", "ada", "nn"]);
    assert_eq!(ids("Patient?_sort=gender,-birthdate"), ["zoe", "ada", "bob", "nn"]);
    assert_eq!(ids("Patient?_sort=_id"), ["ada", "bob", "nn", "zoe"]);
    assert_eq!(ids("Encounter?_sort=-date"), ["e3", "e2", "e1"]);
    assert_eq!(ids("Patient?gender=female&_sort=-family"), ["ada", "zoe"]);
    server.get("Patient?_sort=shoesize").expect(400);
}

#[test]
fn included_resources_come_once_and_are_marked() {
    let server = population();
    let answer = server.get("Encounter?_include=Encounter:subject&_count=10").expect(200);
    assert_eq!(answer.matches().len(), 3);
    let mut included = answer.entries("include");
    included.sort();
    assert_eq!(included, ["ada", "zoe"]);
    let iterated = server.get("Encounter?_id=e3&_include=Encounter:subject&_include:iterate=Patient:organization&_include:iterate=Organization:partof").expect(200);
    let mut included = iterated.entries("include");
    included.sort();
    assert_eq!(included, ["north", "south", "zoe"]);
    let reverse = server
        .get("Patient?_id=ada&_revinclude=Encounter:subject&_revinclude=Observation:subject")
        .expect(200);
    let mut included = reverse.entries("include");
    included.sort();
    assert_eq!(included, ["e1", "e2", "w1"]);
    server.get("Encounter?_include=Encounter:nosuch").expect(400);
}

#[test]
fn totals_are_exact_or_absent() {
    let server = population();
    let total = |search: &str| server.get(search).expect(200).json()["total"].clone();
    assert_eq!(total("Patient?gender=female&_total=accurate&_count=1"), 2);
    assert_eq!(total("Patient?_count=0"), 4);
    assert_eq!(total("Patient?gender=female&_count=1&_total=none"), Value::Null);
    assert_eq!(total("Encounter?subject:Patient.gender=female&_total=accurate&_count=1"), 3);
}
