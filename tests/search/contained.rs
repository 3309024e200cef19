//! `_contained` and `_containedType` (R4 search, section 3.1.1.5.5).

use serde_json::{Value, json};

use crate::common::{Answer, Server};

fn medication(id: &str, code: &str, status: &str) -> Value {
    json!({ "resourceType": "Medication", "id": id, "status": status,
        "code": { "coding": [{ "system": "http://example.org/m", "code": code }], "text": format!("the {code}") } })
}

fn expiring(id: &str, code: &str, date: &str) -> Value {
    let mut medication = medication(id, code, "active");
    medication["batch"] = json!({ "expirationDate": date });
    medication
}

fn reference(part: &Value) -> Value {
    json!({ "reference": format!("#{}", part["id"].as_str().unwrap()) })
}

fn request(id: &str, contained: &[Value]) -> Value {
    let mut request = json!({ "resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order",
        "subject": { "reference": "Patient/p" }, "medicationCodeableConcept": { "text": "x" } });
    if let Some(first) = contained.first() {
        request["contained"] = contained.into();
        request.as_object_mut().unwrap().remove("medicationCodeableConcept");
        request["medicationReference"] = reference(first);
        request["supportingInformation"] = contained.iter().map(reference).collect();
    }
    request
}

fn put(server: &Server, resource: &Value) {
    let address =
        format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
    let answer = server.put(&address, &resource.to_string());
    assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
}

/// The last part of the address of each match, sorted.
fn found(server: &Server, search: &str) -> Vec<String> {
    let mut found = in_order(&server.get(search).expect(200));
    found.sort();
    found
}

fn in_order(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let entries = json["entry"].as_array().cloned().unwrap_or_default();
    let matches = entries.iter().filter(|entry| entry["search"]["mode"] == "match");
    matches.map(|entry| entry["fullUrl"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect()
}

fn total(server: &Server, search: &str) -> Value {
    server.get(search).expect(200).json()["total"].clone()
}

/// Two requests that contain medications, one that contains none, and one medication by itself.
fn pharmacy() -> Server {
    let server = Server::start_with(&["--profiles", "base", "--integrity", "off"]);
    put(&server, &request("r1", &[medication("m1", "abc", "active"), medication("m2", "def", "inactive")]));
    put(&server, &request("r2", &[medication("m1", "abc", "active"), expiring("m3", "abc", "2027-01-01")]));
    put(&server, &request("r3", &[]));
    put(&server, &medication("own", "abc", "active"));
    server
}

#[test]
fn contained_resources_are_found_only_when_asked_for() {
    let server = pharmacy();
    let code = "Medication?code=http://example.org/m|abc";
    assert_eq!(found(&server, code), ["own"]);
    assert_eq!(found(&server, &format!("{code}&_contained=false")), ["own"]);
    assert_eq!(found(&server, &format!("{code}&_contained=true")), ["r1", "r2"]);
    assert_eq!(found(&server, &format!("{code}&_contained=both")), ["own", "r1", "r2"]);
    let alone = format!("{code}&_containedType=contained");
    assert_eq!(found(&server, &format!("{alone}&_contained=true")), ["r1#m1", "r2#m1", "r2#m3"]);
    assert_eq!(found(&server, &format!("{alone}&_contained=both")), ["own", "r1#m1", "r2#m1", "r2#m3"]);
    assert_eq!(found(&server, &alone), ["own"]);
}

#[test]
fn all_conditions_hold_of_one_contained_resource() {
    let server = pharmacy();
    let both = |code: &str, status: &str| format!("Medication?code={code}&status={status}&_contained=true");
    assert_eq!(found(&server, &both("def", "inactive")), ["r1"]);
    assert!(found(&server, &both("def", "active")).is_empty());
    assert_eq!(found(&server, "Medication?status:not=active&_contained=true"), ["r1"]);
    assert_eq!(found(&server, "Medication?status:not=active&_contained=both"), ["r1"]);
    assert_eq!(found(&server, "Medication?expiration-date:missing=false&_contained=both"), ["r2"]);
    assert_eq!(found(&server, "Medication?expiration-date=ge2027&_contained=true"), ["r2"]);
    assert_eq!(found(&server, "Medication?_id=m3&_contained=true"), ["r2"]);
    assert_eq!(found(&server, "Medication?_id=m3,own&_contained=both"), ["own", "r2"]);
    assert_eq!(
        found(&server, "Medication?_filter=code%20eq%20abc%20and%20not%20(_id%20eq%20m1)&_contained=true"),
        ["r2"]
    );
    assert_eq!(found(&server, "Medication?code:text=the&_contained=true"), ["r1", "r2"]);
    assert_eq!(found(&server, "Medication?_content=def&_contained=true"), ["r1"]);
    assert_eq!(found(&server, "Medication?_contained=true"), ["r1", "r2"]);
    assert_eq!(found(&server, "Medication?_contained=both"), ["own", "r1", "r2"]);
    assert_eq!(found(&server, "Medication?_lastUpdated=gt2020&_contained=true"), ["r1", "r2"]);
    assert!(found(&server, "Patient?_contained=true").is_empty());
    assert!(
        found(&server, "Medication?_has:MedicationRequest:medication:status=active&_contained=true")
            .is_empty()
    );
}

#[test]
fn several_types_are_searched_for_contained_resources() {
    let server = pharmacy();
    let organisation = json!({ "resourceType": "Organization", "id": "o", "name": "Maker" });
    let mut carried = medication("m", "xyz", "active");
    carried["contained"] = json!([organisation]);
    carried["manufacturer"] = json!({ "reference": "#o" });
    put(&server, &carried);
    assert_eq!(found(&server, "?_type=Medication,Organization&_contained=true"), ["m", "r1", "r2"]);
    assert_eq!(
        found(&server, "?_type=Medication,Organization&_contained=true&_containedType=contained&_id=o,m2"),
        ["m#o", "r1#m2"]
    );
    assert_eq!(found(&server, "?_contained=true&_containedType=contained&_id=o"), ["m#o"]);
    server.get("?_contained=true&_id=o").expect(400);
}

#[test]
fn a_contained_resource_comes_with_its_address_and_nothing_else() {
    let server = pharmacy();
    let search = "Medication?code=def&_contained=true&_containedType=contained";
    let entry = server.get(search).expect(200).json()["entry"][0].clone();
    assert!(entry["fullUrl"].as_str().unwrap().ends_with("/MedicationRequest/r1#m2"));
    assert_eq!(entry["resource"], medication("m2", "def", "inactive"));
    assert_eq!(entry["search"]["mode"], "match");
    let part = server.get(&format!("{search}&_elements=status")).expect(200).json();
    assert_eq!(part["entry"][0]["resource"]["status"], "inactive");
    assert_eq!(part["entry"][0]["resource"]["code"], Value::Null);
    let container = server.get("Medication?code=def&_contained=true").expect(200).json();
    assert_eq!(container["entry"][0]["resource"]["contained"].as_array().unwrap().len(), 2);
    assert_eq!(container["entry"][0]["search"]["mode"], "match");
}

#[test]
fn updates_and_deletions_of_the_container_take_effect() {
    let server = pharmacy();
    put(&server, &request("r1", &[medication("m1", "ghi", "active")]));
    assert_eq!(found(&server, "Medication?code=abc&_contained=true"), ["r2"]);
    assert_eq!(found(&server, "Medication?code=ghi&_contained=true"), ["r1"]);
    assert!(found(&server, "Medication?_id=m2&_contained=true").is_empty());
    server.delete("MedicationRequest/r2").expect(204);
    assert!(found(&server, "Medication?code=abc&_contained=true").is_empty());
    put(&server, &request("r2", &[medication("m9", "abc", "active")]));
    let alone = "Medication?code=abc&_contained=true&_containedType=contained";
    assert_eq!(found(&server, alone), ["r2#m9"]);
    put(&server, &request("r2", &[]));
    assert!(found(&server, alone).is_empty());
    assert_eq!(total(&server, "Medication?_contained=true&_containedType=contained&_summary=count"), 1);
}

#[test]
fn pages_are_walked_and_counted() {
    let server = Server::start_with(&["--profiles", "base", "--integrity", "off"]);
    let dates: Vec<String> = (0..7).map(|day| format!("2027-01-{:02}", 28 - day)).collect();
    for (number, date) in dates.iter().enumerate() {
        let contained = [expiring("a", "abc", date), medication("b", "abc", "active")];
        put(&server, &request(&format!("r{number}"), &contained));
    }
    for (search, all) in [
        ("Medication?code=abc&_contained=true", 7),
        ("Medication?code=abc&_contained=both&_sort=_id", 7),
        ("Medication?code=abc&_contained=true&_containedType=contained", 14),
        ("Medication?code=abc&_contained=both&_containedType=contained&_sort=expiration-date", 14),
    ] {
        assert_eq!(total(&server, &format!("{search}&_summary=count")), all, "{search}");
        assert_eq!(total(&server, &format!("{search}&_total=accurate&_count=2")), all, "{search}");
        let mut seen = Vec::new();
        let mut next = Some(format!("{search}&_count=3"));
        while let Some(page) = next {
            let answer = server.get(&page).expect(200);
            seen.extend(in_order(&answer));
            next = answer.link("next");
        }
        let distinct: std::collections::BTreeSet<&String> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len()), (all, all), "{search}: {seen:?}");
    }
    let sorted = "Medication?_id=a&_contained=true&_containedType=contained&_sort=expiration-date&_count=2";
    assert_eq!(in_order(&server.get(sorted).expect(200)), ["r6#a", "r5#a"]);
}

#[test]
fn what_contained_resources_refer_to_is_included_and_nothing_contained_is() {
    let server = pharmacy();
    put(&server, &json!({ "resourceType": "Organization", "id": "maker", "name": "Maker" }));
    let mut made = medication("m1", "made", "active");
    made["manufacturer"] = json!({ "reference": "Organization/maker" });
    put(&server, &request("r4", &[made]));
    let search =
        "Medication?code=made&_contained=true&_containedType=contained&_include=Medication:manufacturer";
    assert_eq!(server.get(search).expect(200).entries("include"), ["maker"]);
    let reverse = server.get("Organization?_id=maker&_revinclude=Medication:manufacturer").expect(200);
    assert!(reverse.entries("include").is_empty());
    assert_eq!(found(&server, "Medication?manufacturer.name=maker&_contained=true"), ["r4"]);
    assert_eq!(total(&server, "Medication?_summary=count"), 1);
}

#[test]
fn an_index_computed_anew_is_the_same() {
    let server = pharmacy();
    let job = server.post("MedicationRequest/$reindex", "").expect(202);
    let job = format!("_async/{}", job.header("content-location").rsplit('/').next().unwrap());
    while server.get(&job).status == 202 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(found(&server, "Medication?code=abc&_contained=true"), ["r1", "r2"]);
    assert_eq!(total(&server, "Medication?_contained=true&_containedType=contained&_summary=count"), 4);
}

#[test]
fn values_that_make_no_sense_are_refused() {
    let server = pharmacy();
    for (search, words) in [
        ("Medication?_contained=yes", ["_contained", "false, true or both"]),
        ("Medication?_contained=", ["_contained", "false, true or both"]),
        ("Medication?_containedType=all", ["_containedType", "container or contained"]),
        ("Medication?_contained:not=true", ["_contained", "modifier"]),
        ("Medication?_contained=true&_sort=code", ["_sort", "_containedType=contained"]),
        ("?_contained=true", ["_contained", "_type"]),
    ] {
        let answer = server.get(search).expect(400);
        assert!(words.iter().all(|word| answer.body.contains(word)), "{search}: {}", answer.body);
    }
    let condition = "Medication?code=def&_contained=true";
    let update = server.put(condition, &medication("m2", "def", "active").to_string()).expect(400);
    assert!(update.body.contains("_contained"), "{}", update.body);
    server.delete(condition).expect(400);
}
