//! `$lastn` and `$stats`.

use serde_json::{Value, json};

use crate::common::Server;
use crate::{WANTS_XML, diagnostics, put, server, sorted};

fn observe(server: &Server, id: &str, codes: &[&str], date: &str) {
    let codings: Vec<Value> =
        codes.iter().map(|code| json!({ "system": "http://s", "code": code })).collect();
    put(
        server,
        &json!({ "resourceType": "Observation", "id": id, "status": "final", "code": { "coding": codings },
        "category": [{ "coding": [{ "system": "http://c", "code": "vital" }] }],
        "effectiveDateTime": date, "subject": { "reference": "Patient/p" } }),
    );
}

#[test]
fn lastn_gives_the_most_recent_of_each_code() {
    let server = server();
    put(&server, &json!({ "resourceType": "Patient", "id": "p" }));
    observe(&server, "a1", &["a"], "2024-01-01T10:00:00Z");
    observe(&server, "a2", &["a"], "2024-01-02T10:00:00Z");
    observe(&server, "a3", &["a"], "2024-01-03T10:00:00Z");
    observe(&server, "b1", &["b"], "2024-01-02T12:00:00Z");
    observe(&server, "b2", &["b"], "2024-01-02T12:00:00Z");
    let ids = |query: &str| server.get(&format!("Observation/$lastn?{query}")).expect(200).matches();
    let all = "patient=Patient/p&category=http://c|vital";
    assert_eq!(ids(all)[..1], ["a3"]);
    assert_eq!(sorted(ids(all)), ["a3", "b1", "b2"]);
    assert_eq!(sorted(ids(&format!("{all}&max=2"))), ["a2", "a3", "b1", "b2"]);
    assert_eq!(ids("subject=Patient/p&code=http://s|a&max=2"), ["a3", "a2"]);
    assert_eq!(ids("subject=Patient/p&code=http://s|a&date=lt2024-01-03"), ["a2"]);
    assert_eq!(ids("subject=Patient/p&code=http://s|none"), [""; 0]);

    // A translation makes both codes one group.
    observe(&server, "ab", &["a", "b"], "2023-01-01");
    assert_eq!(ids(all), ["a3"]);
    assert_eq!(sorted(ids(&format!("{all}&max=2"))), ["a3", "b1", "b2"]);

    let body = r#"{"resourceType":"Parameters","parameter":[{"name":"max","valuePositiveInt":2},{"name":"subject","valueString":"Patient/p"},{"name":"code","valueString":"http://s|a"}]}"#;
    assert_eq!(server.post("Observation/$lastn", body).expect(200).matches(), ["a3", "a2"]);
    for (query, told) in [
        ("code=x", "patient or subject"),
        ("patient=Patient/p", "category"),
        ("patient=Patient/p&category=x&max=0", "greater than 0"),
        ("patient=Patient/p&category=x&_sort=date", "_sort"),
        ("patient=Patient/p&category=x&_include=Observation:subject", "_include"),
        ("patient=Patient/p&category=x&nothing=1", "nothing"),
    ] {
        let answer = server.get(&format!("Observation/$lastn?{query}")).expect(400);
        assert!(diagnostics(&answer).contains(told), "{}", answer.body);
    }
    server.get("Patient/p/$lastn").expect(405);
}

fn measure(server: &Server, id: &str, code: &str, value: Value, date: &str) {
    put(
        server,
        &json!({ "resourceType": "Observation", "id": id, "status": "final", "effectiveDateTime": date,
        "code": { "coding": [{ "system": "http://s", "code": code }] }, "subject": { "reference": "Patient/p" }, "valueQuantity": value }),
    );
}

fn millimetres(value: f64) -> Value {
    json!({ "value": value, "unit": "mm", "system": "http://unitsofmeasure.org", "code": "mm" })
}

#[test]
fn statistics_are_told_by_code() {
    let server = server();
    put(&server, &json!({ "resourceType": "Patient", "id": "p" }));
    measure(&server, "1", "x", millimetres(1.0), "2024-01-01");
    measure(&server, "2", "x", millimetres(2.5), "2024-01-02");
    measure(&server, "3", "x", millimetres(3.1), "2024-02-01");
    measure(&server, "none", "x", json!({ "value": 7, "unit": "things" }), "2024-01-03");
    put(
        &server,
        &json!({ "resourceType": "Observation", "id": "wrong", "status": "entered-in-error", "subject": { "reference": "Patient/p" },
        "code": { "coding": [{ "system": "http://s", "code": "x" }] }, "valueQuantity": millimetres(99.0) }),
    );
    put(
        &server,
        &json!({ "resourceType": "Observation", "id": "panel", "status": "final", "subject": { "reference": "Patient/p" },
        "code": { "coding": [{ "system": "http://s", "code": "panel" }] }, "hasMember": [{ "reference": "Observation/3" }],
        "component": [
            { "code": { "coding": [{ "system": "http://s", "code": "y" }] }, "valueQuantity": millimetres(5.0) },
            { "code": { "coding": [{ "system": "http://s", "code": "z" }] }, "valueQuantity": millimetres(6.0) }] }),
    );
    let base = "Observation/$stats?subject=Patient/p&system=http://s";
    let components = |observation: &Value| -> Vec<Value> {
        let components = observation["component"].as_array().unwrap().iter();
        components.map(|component| component["valueQuantity"]["value"].clone()).collect()
    };
    let answer = server
        .get(&format!("{base}&code=x&statistic=average,count&statistic=total-count&statistic=sum"))
        .expect(200)
        .json();
    let told = &answer["parameter"][0]["resource"];
    assert_eq!(answer["parameter"].as_array().unwrap().len(), 1);
    assert_eq!(components(told), [json!(2.2), json!(3), json!(4), json!(6.6)]);
    assert_eq!((&told["status"], &told["subject"]["reference"]), (&json!("final"), &json!("Patient/p")));
    assert_eq!(told["component"][0]["valueQuantity"]["code"], "mm");

    let answer = server.get(&format!("{base}&code=panel&statistic=max")).expect(200).json();
    let codes: Vec<&Value> = answer["parameter"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| &parameter["resource"]["code"]["coding"][0]["code"])
        .collect();
    assert_eq!(codes, ["x", "y", "z"]);
    let answer = server.get(&format!("{base}&code=z&statistic=maximum")).expect(200).json();
    assert_eq!(components(&answer["parameter"][0]["resource"]), [json!(6)]);

    let body = r#"{"resourceType":"Parameters","parameter":[{"name":"subject","valueUri":"Patient/p"},{"name":"coding","valueCoding":{"system":"http://s","code":"x"}},{"name":"period","valuePeriod":{"start":"2024-01-01","end":"2024-01-31"}},{"name":"statistic","valueCode":"count"},{"name":"include","valueBoolean":true},{"name":"limit","valuePositiveInt":2}]}"#;
    let answer = server.post("Observation/$stats", body).expect(200).json();
    let told = &answer["parameter"][0]["resource"];
    assert_eq!((components(told), &told["effectivePeriod"]["end"]), (vec![json!(2)], &json!("2024-01-31")));
    let sources: Vec<&Value> = answer["parameter"]
        .as_array()
        .unwrap()
        .iter()
        .skip(1)
        .map(|source| &source["resource"]["id"])
        .collect();
    assert_eq!(sources, ["none", "2"]);
    let answer = server.get(&format!("{base}&code=x&duration=1&statistic=count,average")).expect(200).json();
    let told = &answer["parameter"][0]["resource"];
    assert_eq!(
        (&told["component"][0]["valueQuantity"]["value"], told["component"][1].get("valueQuantity")),
        (&json!(0), None)
    );
    let xml = server.send("GET", &format!("{base}&code=x&statistic=count"), &[WANTS_XML], "").expect(200);
    assert!(xml.body.contains("<name value=\"statistics\"/>"), "{}", xml.body);

    measure(
        &server,
        "4",
        "x",
        json!({ "value": 1, "system": "http://unitsofmeasure.org", "code": "cm" }),
        "2024-01-02",
    );
    let answer = server.get(&format!("{base}&code=x&statistic=average")).expect(422);
    assert!(diagnostics(&answer).contains("cm") && diagnostics(&answer).contains("mm"), "{}", answer.body);
    for (query, told) in [
        ("code=x&system=http://s&statistic=count", "subject"),
        ("subject=Patient/p&code=x&statistic=count", "system"),
        ("subject=Patient/p&system=http://s&statistic=count", "code or coding"),
        ("subject=Patient/p&code=x&system=http://s", "statistic"),
        ("subject=Patient/p&code=x&system=http://s&statistic=regression", "one of average"),
        ("subject=Patient/p&code=x&system=http://s&statistic=count&duration=long", "hours"),
        ("subject=Patient/p&code=x&system=http://s&statistic=count&period=2024", "Parameters body"),
    ] {
        let answer = server.get(&format!("Observation/$stats?{query}")).expect(400);
        assert!(diagnostics(&answer).contains(told), "{told}: {}", answer.body);
    }
}
