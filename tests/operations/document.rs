//! `$document`.

use serde_json::{Value, json};

use crate::everything::records;
use crate::{WANTS_XML, diagnostics, put, server};

#[test]
fn a_document_has_what_its_composition_refers_to() {
    let server = server();
    records(&server);
    let composition = |id: &str, entry: &str| {
        json!({ "resourceType": "Composition", "id": id, "status": "final", "type": { "text": "x" }, "date": "2024-05-02", "title": "T",
            "subject": { "reference": "Patient/p" }, "author": [{ "reference": "Practitioner/d" }],
            "relatesTo": [{ "code": "appends", "targetReference": { "reference": "Composition/other" } }],
            "section": [{ "title": "S", "entry": [{ "reference": entry }] }] })
    };
    let mut other = composition("other", "Observation/o1");
    other.as_object_mut().unwrap().remove("relatesTo");
    put(&server, &other);
    put(&server, &composition("c", "Observation/o1"));
    put(&server, &composition("foreign", "http://elsewhere.example/fhir/Observation/o1"));
    let answer = server.get("Composition/c/$document").expect(200).json();
    let ids = |bundle: &Value| -> Vec<String> {
        let entries = bundle["entry"].as_array().unwrap().iter();
        entries.map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&answer), ["c", "p", "d", "o1", "o", "e", "r"]);
    assert_eq!(
        (&answer["type"], &answer["identifier"]["system"]),
        (&json!("document"), &json!("urn:ietf:rfc:3986"))
    );
    assert!(answer["timestamp"].is_string());
    assert_eq!(answer["entry"][1]["fullUrl"], format!("{}/Patient/p", server.base));
    let by_id = server.get("Composition/$document?id=c").expect(200).json();
    assert_eq!(ids(&by_id), ids(&answer));
    assert_eq!(server.get("Bundle?type=document").matches(), [""; 0]);

    let body = r#"{"resourceType":"Parameters","parameter":[{"name":"persist","valueBoolean":true}]}"#;
    let stored = server.post("Composition/c/$document", body).expect(201);
    let location = stored.header("Location").to_owned();
    assert_eq!(server.get(&location).expect(200).json(), stored.json());
    assert_eq!(ids(&stored.json()), ids(&answer));
    assert_eq!(server.get("Bundle?type=document").matches(), [stored.id()]);
    let xml = server.send("GET", "Composition/c/$document", &[WANTS_XML], "").expect(200);
    assert!(xml.body.contains("<type value=\"document\"/>"), "{}", xml.body);

    let answer = server.get("Composition/foreign/$document").expect(422);
    assert!(diagnostics(&answer).contains("elsewhere.example"), "{}", answer.body);
    server.get("Composition/none/$document").expect(404);
    server.get("Composition/$document").expect(400);
    server.get("Composition/c/$document?id=c").expect(400);
    server.get("Composition/c/$document?persist=maybe").expect(400);
    server.get("Composition/c/$document?graph=http://g").expect(400);
    server.get("Patient/p/$document").expect(405);
}
