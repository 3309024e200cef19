//! `$everything`.

use serde_json::json;

use crate::common::Server;
use crate::{WANTS_XML, put, server, sorted};

/// Two patients with records that refer to shared and to foreign resources.
pub(crate) fn records(server: &Server) {
    let patient = |id: &str| json!({ "resourceType": "Patient", "id": id, "managingOrganization": { "reference": "Organization/o" } });
    let observation = |id: &str, patient: &str, date: &str| {
        json!({ "resourceType": "Observation", "id": id, "status": "final", "code": { "text": "x" }, "effectiveDateTime": date,
            "subject": { "reference": format!("Patient/{patient}") }, "encounter": { "reference": "Encounter/e" },
            "performer": [{ "reference": "PractitionerRole/r" }] })
    };
    for resource in [
        json!({ "resourceType": "Organization", "id": "o", "name": "O" }),
        json!({ "resourceType": "Organization", "id": "unrelated", "name": "U" }),
        json!({ "resourceType": "Practitioner", "id": "d" }),
        json!({ "resourceType": "PractitionerRole", "id": "r", "practitioner": { "reference": "Practitioner/d" }, "organization": { "reference": "Organization/o" } }),
        json!({ "resourceType": "Binary", "id": "scan", "contentType": "text/plain", "data": "eA==" }),
        patient("p"),
        patient("q"),
        json!({ "resourceType": "Encounter", "id": "e", "status": "finished", "class": { "code": "AMB" },
            "subject": { "reference": "Patient/p" }, "period": { "start": "2024-05-01", "end": "2024-05-02" } }),
        observation("o1", "p", "2024-05-01"),
        observation("o2", "p", "2023-01-01"),
        json!({ "resourceType": "Observation", "id": "foreign", "status": "final", "code": { "text": "x" }, "subject": { "reference": "Patient/q" } }),
        json!({ "resourceType": "Observation", "id": "o3", "status": "final", "code": { "text": "x" }, "effectiveDateTime": "2024-05-01T10:00:00Z",
            "subject": { "reference": "Patient/p" }, "hasMember": [{ "reference": "Observation/foreign" }] }),
        json!({ "resourceType": "DocumentReference", "id": "doc", "status": "current", "date": "2024-05-01T10:00:00Z", "subject": { "reference": "Patient/p" },
            "content": [{ "attachment": { "url": "Binary/scan" } }] }),
    ] {
        put(server, &resource);
    }
}

#[test]
fn everything_of_a_patient_is_the_record_and_what_it_needs() {
    let server = server();
    records(&server);
    let answer = server.get("Patient/p/$everything").expect(200);
    assert_eq!(sorted(answer.matches()), ["doc", "e", "o1", "o2", "o3", "p"]);
    assert_eq!(answer.entries("include"), ["scan", "o", "d", "r"]);
    assert_eq!(
        (answer.json()["total"].as_u64(), answer.json()["type"].as_str()),
        (Some(6), Some("searchset"))
    );

    let of = |parameters: &str| {
        let answer = server.get(&format!("Patient/p/$everything?{parameters}")).expect(200);
        (sorted(answer.matches()), answer.entries("include"))
    };
    let all = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(of("_type=Observation,Practitioner"), (all(&["o1", "o2", "o3"]), all(&["d"])));
    assert_eq!(of("_type=Patient&_type=Organization"), (all(&["p"]), all(&["o"])));
    assert_eq!(of("start=2024-01-01").0, all(&["doc", "e", "o1", "o3", "p"]));
    assert_eq!(of("end=2023-12-31"), (all(&["o2", "p"]), all(&["o", "d", "r"])));
    assert_eq!(of("start=2024-05-02&end=2024-05-02").0, all(&["e", "p"]));
    let changed =
        server.put("Practitioner/d", r#"{"resourceType":"Practitioner","id":"d","active":true}"#).json();
    let since = changed["meta"]["lastUpdated"].as_str().unwrap();
    assert_eq!(of(&format!("_since={since}")), (vec![], all(&["d"])));

    let body = r#"{"resourceType":"Parameters","parameter":[{"name":"_type","valueCode":"Encounter"}]}"#;
    assert_eq!(server.post("Patient/p/$everything", body).expect(200).matches(), ["e"]);
    let xml = server.send("GET", "Patient/p/$everything?_type=Encounter", &[WANTS_XML], "").expect(200);
    assert!(xml.body.contains("<Encounter>") || xml.body.contains("<Encounter "), "{}", xml.body);

    for (path, status) in [
        ("Patient/none/$everything", 404),
        ("Patient/p/$everything?_type=Nothing", 400),
        ("Patient/p/$everything?_since=2024", 400),
        ("Patient/p/$everything?start=May", 400),
        ("Patient/p/$everything?_count=0", 400),
        ("Patient/p/$everything?code=x", 400),
        ("Patient/p/$everything?_page=x", 400),
        ("Encounter/e/$everything?start=2024", 400),
        ("Encounter/$everything", 405),
        ("Practitioner/d/$everything", 405),
    ] {
        server.get(path).expect(status);
    }
}

#[test]
fn everything_is_paged_without_repeating_anything() {
    let server = server();
    records(&server);
    for (path, expected) in
        [("Patient/p/$everything", 10), ("Patient/$everything", 12), ("Encounter/e/$everything", 7)]
    {
        let whole = server.get(path).expect(200);
        let whole = sorted([whole.matches(), whole.entries("include")].concat());
        assert_eq!(whole.len(), expected, "{path}: {whole:?}");
        for count in [1, 2, 3, 5, 100] {
            let mut next = Some(format!("{path}?_count={count}"));
            let mut found = Vec::new();
            while let Some(link) = next {
                let page = server.get(&link).expect(200);
                let ids = [page.matches(), page.entries("include")].concat();
                assert!(!ids.is_empty() && ids.len() <= count, "{link}: {ids:?}");
                found.extend(ids);
                next = page.link("next");
            }
            assert_eq!(sorted(found), whole, "{path} by {count}");
        }
    }
    let next = server.get("Patient/p/$everything?_count=2").link("next").unwrap();
    server.get(&next.replace("Patient/p", "Patient/q")).expect(400);
    server.get(&next.replace("_count=2", "_count=3")).expect(400);
}

#[test]
fn everything_of_an_encounter_has_its_patient() {
    let server = server();
    records(&server);
    let answer = server.get("Encounter/e/$everything").expect(200);
    assert_eq!(sorted(answer.matches()), ["e", "o1", "o2"]);
    assert_eq!(answer.entries("include"), ["o", "p", "d", "r"]);
}

#[test]
fn everything_of_all_patients_has_nothing_unrelated() {
    let server = server();
    records(&server);
    let answer = server.get("Patient/$everything").expect(200);
    assert_eq!(sorted(answer.matches()), ["doc", "e", "foreign", "o1", "o2", "o3", "p", "q"]);
    assert_eq!(answer.entries("include"), ["scan", "o", "d", "r"]);
}
