//! `$graphql`.

use serde_json::{Value, json};

use crate::common::Answer;
use crate::everything::records;
use crate::{FHIR_JSON, WANTS_XML, put, server};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const QUERY: (&str, &str) = ("Content-Type", "application/graphql");

fn data(answer: &Answer) -> Value {
    assert_eq!(answer.header("Content-Type"), "application/json");
    answer.json()["data"].clone()
}

#[test]
fn queries_come_in_all_ways() {
    let server = server();
    let patient = json!({ "resourceType": "Patient", "id": "p", "active": true, "name": [{ "family": "A" }, { "family": "B" }] });
    put(&server, &patient);
    let expected = json!({ "Patient": { "id": "p", "name": [{ "family": "A" }] } });
    let query = "query One($id: ID!) { Patient(id: $id) { id name(_count: 1) { family } } } query Two { Patient(id: x) { id } }";
    let address = "$graphql?query=query+One($id:ID!)%7BPatient(id:$id)%7Bid+name(_count:1)%7Bfamily%7D%7D%7D&variables=%7B%22id%22:%22p%22%7D";
    assert_eq!(data(&server.get(address).expect(200)), expected);
    let body = json!({ "query": query, "operationName": "One", "variables": { "id": "p" } }).to_string();
    assert_eq!(data(&server.send("POST", "$graphql", &[JSON], &body).expect(200)), expected);
    let wants = ("Accept", "application/graphql-response+json, application/json;q=0.9");
    assert_eq!(data(&server.send("POST", "$graphql", &[JSON, wants], &body).expect(200)), expected);
    // Other formats are not defined: it stays JSON.
    assert_eq!(data(&server.send("POST", "$graphql", &[JSON, WANTS_XML], &body).expect(200)), expected);
    let address = "$graphql?operationName=One&variables=%7B%22id%22:%22p%22%7D";
    assert_eq!(data(&server.send("POST", address, &[QUERY], query).expect(200)), expected);
    let parameters = json!({ "resourceType": "Parameters", "parameter": [
        { "name": "query", "valueString": query }, { "name": "operationName", "valueString": "One" },
        { "name": "variables", "valueString": "{\"id\":\"p\"}" }] });
    assert_eq!(data(&server.post("$graphql", &parameters.to_string()).expect(200)), expected);
    let instance = server.send("POST", "Patient/p/$graphql", &[QUERY], "{ active }").expect(200);
    assert_eq!(data(&instance), json!({ "active": true }));

    let entry = json!({ "request": { "method": "GET", "url": "Patient/p/$graphql?query=%7Bid%7D" } });
    let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": [entry] });
    let answer = server.post("", &batch.to_string()).expect(200).json();
    assert_eq!(answer["entry"][0]["resource"]["resourceType"], "Binary");
    assert_eq!(answer["entry"][0]["resource"]["data"], "eyJkYXRhIjp7ImlkIjoicCJ9fQ==");
}

#[test]
fn records_are_walked_through() {
    let server = server();
    records(&server);
    let query = "{ PatientList(_id: p) { id ObservationList(_reference: subject, _sort: \"_id\") { id } } Observation(id: o1) { subject { resource { ... on Patient { id } } } } }";
    let answer = data(&server.send("POST", "$graphql", &[QUERY], query).expect(200));
    assert_eq!(answer["PatientList"][0]["id"], "p");
    assert_eq!(answer["PatientList"][0]["ObservationList"][0], json!({ "id": "o1" }));
    assert_eq!(answer["Observation"], json!({ "subject": { "resource": { "id": "p" } } }));
}

#[test]
fn connections_page_with_cursors() {
    let server = server();
    for number in 0..5 {
        put(
            &server,
            &json!({ "resourceType": "Basic", "id": format!("b{number}"), "code": { "text": "x" } }),
        );
    }
    let page = |argument: &str| {
        let query = format!(
            "{{ BasicConnection({argument}) {{ count offset pagesize first previous next last edges {{ mode resource {{ id }} }} }} }}"
        );
        data(&server.send("POST", "$graphql", &[QUERY], &query).expect(200))["BasicConnection"].clone()
    };
    let ids = |page: &Value| -> Vec<String> {
        let edges = page["edges"].as_array().unwrap().iter();
        edges.map(|edge| edge["resource"]["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = page("_count: 2, _sort: \"_id\"");
    assert_eq!((&first["count"], &first["offset"], &first["pagesize"]), (&json!(5), &json!(0), &json!(2)));
    assert_eq!(
        (ids(&first), &first["edges"][0]["mode"]),
        (vec!["b0".to_owned(), "b1".to_owned()], &json!("match"))
    );
    let second = page(&format!("cursor: {}", first["next"]));
    assert_eq!(ids(&second), ["b2", "b3"]);
    assert_eq!(second["count"], 5);
    assert_eq!(ids(&page(&format!("_cursor: {}", second["previous"]))), ["b0", "b1"]);
    assert_eq!(ids(&page(&format!("cursor: {}", second["first"]))), ["b0", "b1"]);
    let query = "{ BasicConnection(cursor: \"_page=made-up\") { count } }";
    let answer = server.send("POST", "$graphql", &[QUERY], query).expect(400);
    assert!(answer.body.contains("page link"), "{}", answer.body);
}

#[test]
fn what_has_no_answer_is_a_graphql_error() {
    let server = server();
    put(&server, &json!({ "resourceType": "Patient", "id": "gone" }));
    server.delete("Patient/gone").expect(204);
    for (path, media, body, status, told) in [
        ("$graphql", QUERY, "{ PatientList { surname } }", 400, "'surname' is no field of Patient"),
        ("$graphql", QUERY, "{ PatientList(surname: x) { id } }", 400, "surname"),
        ("$graphql", QUERY, "{ Patient(id: none) { id } }", 404, "none"),
        ("$graphql", QUERY, "{ Patient(id: gone) { id } }", 410, "deleted"),
        ("$graphql", QUERY, "{", 400, "not GraphQL"),
        ("$graphql", JSON, "{}", 400, "a query is needed"),
        ("$graphql", JSON, "{", 400, "not JSON"),
        ("$graphql", JSON, "{\"query\":\"{ Patient(id: x) { id } }\",\"variables\":[]}", 400, "object"),
        ("Patient/none/$graphql", QUERY, "{ id }", 404, "none"),
        ("$graphql", QUERY, "mutation { PatientDelete(id: x) { id } }", 400, "REST"),
    ] {
        let answer = server.send("POST", path, &[media], body).expect(status);
        assert_eq!(answer.header("Content-Type"), "application/json");
        let error = &answer.json()["errors"][0];
        assert!(error["message"].as_str().unwrap().contains(told), "{told}: {}", answer.body);
        assert_eq!(error["extensions"]["resource"]["resourceType"], "OperationOutcome");
    }
    // What is no call of the operation is refused as everywhere.
    server.send("POST", "Patient", &[QUERY], "{ id }").expect(415);
    server.send("POST", "$graphql", &[FHIR_JSON], "{\"resourceType\":\"Patient\"}").expect(400);
    server.get("Patient/$graphql?query=x").expect(405);
    let statement = server.get("metadata").expect(200).json();
    let operations = statement["rest"][0]["operation"].as_array().unwrap();
    assert!(operations.iter().any(|operation| operation["name"] == "graphql"));
}
