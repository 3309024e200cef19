//! `$match`.

use serde_json::{Value, json};

use crate::common::{Answer, Server};
use crate::{diagnostics, put, server};

const GRADE: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";

fn margaret() -> Value {
    json!({ "resourceType": "Patient", "id": "margaret",
        "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9434765919", "extension": [{
            "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
            "valueCodeableConcept": { "coding": [{
                "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland",
                "code": "01" }] } }] }],
        "name": [{ "family": "O'Rourke", "given": ["Margaret", "Anne"] }], "gender": "female", "birthDate": "1952-03-08",
        "address": [{ "postalCode": "NW1 6XE" }], "telecom": [{ "system": "phone", "value": "07700 900123" }] })
}

/// The patient with other members; those that are empty are left out.
fn with(patient: &Value, members: &Value) -> Value {
    let mut changed = patient.clone();
    for (name, value) in members.as_object().unwrap() {
        changed[name] = value.clone();
    }
    changed
        .as_object_mut()
        .unwrap()
        .retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
    changed
}

fn matched(server: &Server, patient: &Value) -> Answer {
    server.post("Patient/$match", &patient.to_string()).expect(200)
}

/// The ids of the matches with their grades.
fn grades(answer: &Answer) -> Vec<(String, String)> {
    let bundle = answer.json();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default().into_iter();
    let matches = entries.filter(|entry| entry["search"]["mode"] == "match");
    let grade = |entry: Value| {
        let extension = &entry["search"]["extension"][0];
        assert_eq!(extension["url"], GRADE);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&entry["resource"]["id"]), text(&extension["valueCode"]))
    };
    matches.map(grade).collect()
}

fn graded(answer: &Answer) -> Vec<String> {
    grades(answer).into_iter().map(|(id, grade)| format!("{id} {grade}")).collect()
}

/// What the OperationOutcome among the entries says.
fn remarks(answer: &Answer) -> String {
    let bundle = answer.json();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let outcome = entries.iter().find(|entry| entry["search"]["mode"] == "outcome");
    outcome.map_or(String::new(), |entry| entry["resource"].to_string())
}

#[test]
fn matches_come_with_score_and_grade_the_most_likely_first() {
    let server = server();
    put(&server, &margaret());
    let twin =
        json!({ "id": "twin", "identifier": [], "name": [{ "family": "O'Rourke", "given": ["Deirdre"] }] });
    put(&server, &with(&margaret(), &twin));
    let stranger = json!({ "id": "stranger", "identifier": [], "birthDate": "1990-01-01", "telecom": [],
        "name": [{ "family": "Marsh", "given": ["Alan"] }], "gender": "male" });
    put(&server, &with(&margaret(), &stranger));

    let entered = json!({ "resourceType": "Patient", "name": [{ "family": "ORourke", "given": ["Peggy"] }], "gender": "female",
        "birthDate": "1952-03-08", "address": [{ "postalCode": "nw16xe" }], "telecom": [{ "value": "+447700900123" }] });
    let answer = matched(&server, &entered);
    assert_eq!(graded(&answer), ["margaret certain", "twin possible"]);
    let bundle = answer.json();
    assert_eq!((&bundle["type"], &bundle["total"]), (&json!("searchset"), &json!(2)));
    let entry = |position: usize| &bundle["entry"][position];
    assert!(entry(0)["search"]["score"].as_f64().unwrap() > entry(1)["search"]["score"].as_f64().unwrap());
    assert_eq!(entry(0)["fullUrl"], format!("{}/Patient/margaret", server.base));
    assert!(entry(1)["search"]["score"].as_f64().unwrap() <= 0.89);

    let call = |parameters: Value| {
        let resource = json!({ "name": "resource", "resource": entered });
        let mut all = vec![resource];
        all.extend(parameters.as_array().unwrap().iter().cloned());
        json!({ "resourceType": "Parameters", "parameter": all })
    };
    let first = matched(&server, &call(json!([{ "name": "count", "valueInteger": 1 }])));
    assert_eq!((graded(&first), &first.json()["total"]), (vec!["margaret certain".to_owned()], &json!(2)));
    let certain = matched(&server, &call(json!([{ "name": "onlyCertainMatches", "valueBoolean": true }])));
    assert_eq!(graded(&certain), ["margaret certain"]);
    assert!(remarks(&certain).contains("1 matches that are not certain"));

    // The same in XML.
    let xml =
        server.send("POST", "Patient/$match", &[crate::FHIR_JSON, crate::WANTS_XML], &entered.to_string());
    assert!(xml.expect(200).body.contains("<valueCode value=\"certain\"/>"));
}

#[test]
fn the_nhs_number_comes_first() {
    let server = server();
    put(&server, &margaret());
    let number = |value: &str| json!({ "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": value }] });
    let alone = with(&json!({ "resourceType": "Patient" }), &number("943 476 5919"));
    // However it is written.
    assert_eq!(graded(&matched(&server, &alone)), ["margaret probable"]);
    let born = with(&with(&alone, &number("9434765919")), &json!({ "birthDate": "1952-03-08" }));
    assert_eq!(graded(&matched(&server, &born)), ["margaret certain"]);

    let mistyped = with(&margaret(), &number("9434756919"));
    let answer = matched(&server, &mistyped);
    assert_eq!(graded(&answer), ["margaret certain"]);
    assert!(remarks(&answer).contains("not valid"), "{}", answer.body);

    let mut contradicts = margaret();
    contradicts["identifier"][0]["value"] = json!("9000000009");
    assert_eq!(graded(&matched(&server, &contradicts)), ["margaret possible"]);
    contradicts["name"] = json!([{ "family": "O'Rourke", "given": ["Deirdre"] }]);
    assert_eq!(graded(&matched(&server, &contradicts)), [""; 0]);
}

#[test]
fn several_certain_matches_are_none() {
    let server = server();
    put(&server, &margaret());
    put(&server, &with(&margaret(), &json!({ "id": "again" })));
    assert_eq!(graded(&matched(&server, &margaret())), ["again certain", "margaret certain"]);
    let answer = server.post("Patient/$match?onlyCertainMatches=true", &margaret().to_string()).expect(200);
    assert_eq!((graded(&answer), &answer.json()["total"]), (vec![], &json!(0)));
    assert!(remarks(&answer).contains("multiple-matches"), "{}", answer.body);
}

#[test]
fn deleted_and_replaced_records_do_not_match() {
    let server = server();
    put(&server, &margaret());
    let now = json!({ "id": "now", "identifier": [], "name": [{ "family": "Healy", "given": ["Margaret"] }], "telecom": [],
        "address": [] });
    put(&server, &with(&margaret(), &now));
    let link = json!({ "link": [{ "other": { "reference": "Patient/now" }, "type": "replaced-by" }] });
    put(&server, &with(&margaret(), &link));
    let answer = matched(&server, &margaret());
    assert_eq!(graded(&answer), ["now possible"]);
    assert!(
        remarks(&answer).contains("Patient/margaret matches, but was replaced by Patient/now"),
        "{}",
        answer.body
    );

    put(&server, &with(&margaret(), &json!({ "id": "gone" })));
    assert_eq!(graded(&matched(&server, &margaret())), ["gone certain", "now possible"]);
    server.delete("Patient/gone").expect(204);
    assert_eq!(graded(&matched(&server, &margaret())), ["now possible"]);
}

#[test]
fn what_cannot_be_matched_is_refused() {
    let server = server();
    for (path, body, told) in [
        ("Patient/$match", json!({ "resourceType": "Patient", "gender": "male" }), "too little"),
        ("Patient/$match", json!({ "resourceType": "Patient", "surname": "x" }), "surname"),
        ("Patient/$match", json!({ "resourceType": "Patient", "birthDate": "1987-02-30" }), "birthDate"),
        ("Patient/$match", json!({ "resourceType": "Basic", "code": {} }), "Patient"),
        ("Patient/$match", json!({ "resourceType": "Parameters" }), "Patient"),
        ("Patient/$match?count=0", margaret(), "greater than 0"),
        ("Patient/$match?onlyCertainMatches=maybe", margaret(), "true or false"),
        ("Patient/$match?certain=true", margaret(), "'certain'"),
    ] {
        let answer = server.post(path, &body.to_string()).expect(400);
        assert!(answer.body.contains(told), "{told}: {}", answer.body);
    }
    assert!(diagnostics(&server.post("Patient/$match", "").expect(400)).contains("Patient"));
    server.get("Patient/$match").expect(405);
    server.post("Patient/1/$match", &margaret().to_string()).expect(405);
    let empty = matched(&server, &margaret());
    assert_eq!((graded(&empty), &empty.json()["total"]), (vec![], &json!(0)));
}

/// Every tenth patient of the demo population is looked for with errors, by the searches and the weights together.
#[test]
fn people_of_the_demo_population_are_found_again() {
    let server = Server::start_with(&["--demo", "--patients", "200"]);
    let bundle = server.get("Patient?_count=200").expect(200).json();
    let patients: Vec<Value> =
        bundle["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone()).collect();
    assert_eq!(patients.len(), 200);
    for patient in patients.iter().step_by(10) {
        let id = patient["id"].as_str().unwrap();
        let date = patient["birthDate"].as_str().unwrap();
        let wrong_day = format!("{}{}", date.get(..9).unwrap(), if date.ends_with('1') { '2' } else { '1' });
        let name = &patient["name"][0];
        let family = name["family"].as_str().unwrap();
        for (what, change) in [
            ("nothing", json!({})),
            ("no number", json!({ "identifier": [] })),
            ("date", json!({ "identifier": [], "birthDate": wrong_day })),
            (
                "letter",
                json!({ "identifier": [], "name": [{ "family": format!("{family}x"), "given": name["given"] }] }),
            ),
            (
                "order",
                json!({ "identifier": [], "name": [{ "family": name["given"][0], "given": [family] }] }),
            ),
            ("moved", json!({ "identifier": [], "address": [], "telecom": [] })),
        ] {
            let found = grades(&matched(&server, &with(patient, &change)));
            assert_eq!(found.first().map(|(first, _)| first.as_str()), Some(id), "{what}: {found:?}");
            assert!(["certain", "probable"].contains(&found[0].1.as_str()), "{what}: {found:?}");
        }
    }
}
