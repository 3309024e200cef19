//! The OperationDefinitions that the server has of itself: read and searched like others, and never written.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]

mod common;

use std::collections::BTreeSet;

use common::{Answer, Server};
use serde_json::{Value, json};

const FHIRPATH_PATCH: &str = r#"{"resourceType":"Parameters","parameter":[{"name":"operation","part":[
    {"name":"type","valueCode":"replace"},{"name":"path","valueString":"OperationDefinition.status"},{"name":"value","valueCode":"retired"}]}]}"#;

/// What the CapabilityStatement refers to.
fn definitions(server: &Server) -> BTreeSet<String> {
    let rest = server.get("metadata").expect(200).json()["rest"][0].clone();
    let of_types =
        rest["resource"].as_array().unwrap().iter().flat_map(|resource| resource["operation"].as_array());
    let all = of_types.chain(rest["operation"].as_array()).flatten();
    all.map(|operation| operation["definition"].as_str().unwrap().to_owned()).collect()
}

/// All ids on the way along a link.
fn walk(first: Answer, relation: &str, server: &Server) -> Vec<Vec<String>> {
    let mut pages = vec![first.matches()];
    let mut next = first.link(relation);
    while let Some(address) = next {
        let page = server.get(&address).expect(200);
        pages.push(page.matches());
        next = page.link(relation);
    }
    pages
}

#[test]
fn every_operation_of_the_capability_statement_has_its_definition() {
    let server = Server::start();
    for canonical in definitions(&server) {
        let found = server.get(&format!("OperationDefinition?url={canonical}")).expect(200);
        assert_eq!(found.matches().len(), 1, "{canonical}");
        let id = &found.matches()[0];
        let read = server.get(&format!("OperationDefinition/{id}")).expect(200);
        assert_eq!(read.json()["url"], canonical.as_str());
        let own = server.get(&format!("OperationDefinition?base={canonical}")).expect(200);
        assert_eq!(own.matches().len(), usize::from(canonical.starts_with("http://hl7.org/")), "{canonical}");
        let validated = server.post("OperationDefinition/$validate", &read.body).expect(200).json();
        let errors: Vec<&Value> = validated["issue"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|issue| issue["severity"] == "error")
            .collect();
        assert!(errors.is_empty(), "{canonical}: {errors:?}");
    }
}

#[test]
fn a_definition_says_what_this_server_takes() {
    let server = Server::start();
    let own = server.get("OperationDefinition/westway-Patient-everything").expect(200);
    let definition = own.json();
    assert_eq!(definition["base"], "http://hl7.org/fhir/OperationDefinition/Patient-everything");
    assert_eq!((&definition["code"], &definition["resource"]), (&json!("everything"), &json!(["Patient"])));
    assert_eq!(
        (&definition["system"], &definition["type"], &definition["instance"]),
        (&json!(false), &json!(true), &json!(true))
    );
    let parameters = definition["parameter"].as_array().unwrap();
    let kinds = parameters.iter().find(|parameter| parameter["name"] == "_type").unwrap();
    assert_eq!(kinds, &json!({ "name": "_type", "use": "in", "min": 0, "max": "*", "type": "code" }));
    assert_eq!(parameters.iter().filter(|parameter| parameter["use"] == "out").count(), 1);
    let xml = server.get("OperationDefinition/westway-Patient-everything?_format=xml").expect(200);
    assert!(xml.body.contains("<OperationDefinition xmlns="), "{}", xml.body);

    let etag = own.header("ETag").to_owned();
    let known = [("If-None-Match", etag.as_str())];
    server.send("GET", "OperationDefinition/westway-Patient-everything", &known, "").expect(304);
    let version = etag.trim_start_matches("W/").trim_matches('"');
    let history = server.get("OperationDefinition/westway-Patient-everything/_history").expect(200).json();
    assert_eq!(history["entry"][0]["resource"], definition);
    let vread =
        server.get(&format!("OperationDefinition/westway-Patient-everything/_history/{version}")).expect(200);
    assert_eq!(vread.json(), definition);
    server.get("OperationDefinition/westway-Patient-everything/_history/1").expect(404);
}

#[test]
fn what_is_the_servers_own_cannot_be_written() {
    let server = Server::start();
    let address = "OperationDefinition/westway-reindex";
    let before = server.get(address).expect(200).body;
    let refused = server.put(address, &before).expect(405).json();
    assert_eq!(refused["issue"][0]["code"], "not-supported");
    server.delete(address).expect(405);
    server.send("PATCH", address, &[common::FHIR_JSON], FHIRPATH_PATCH).expect(405);
    let entry = json!({ "resource": serde_json::from_str::<Value>(&before).unwrap(), "request": { "method": "PUT", "url": address } });
    let patient = json!({ "resource": { "resourceType": "Patient" }, "request": { "method": "POST", "url": "Patient" } });
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [patient, entry] });
    server.post("", &bundle.to_string()).expect(400);
    assert_eq!(server.get(address).expect(200).body, before);
    assert_eq!(server.get("_history").expect(200).json()["total"], 0);
}

#[test]
fn searches_find_them_beside_those_of_clients_and_in_pages() {
    let server = Server::start_with(&["--profiles", "base"]);
    let empty = server.get("OperationDefinition?_count=4&_total=accurate").expect(200);
    let own = usize::try_from(empty.json()["total"].as_u64().unwrap()).unwrap();
    assert!(own > definitions(&server).len());
    for number in 0..6 {
        let definition = json!({ "resourceType": "OperationDefinition", "id": format!("c{number}"), "name": "Ours", "status": "draft",
            "kind": "query", "code": "ours", "system": true, "type": false, "instance": false });
        server.put(&format!("OperationDefinition/c{number}"), &definition.to_string()).expect(201);
    }
    let all = server.get("OperationDefinition?_count=1000").expect(200);
    assert_eq!(all.matches().len(), own.min(1000));
    let first = server.get("OperationDefinition?_count=4&_total=accurate").expect(200);
    assert_eq!(first.json()["total"], own + 6);
    let last = first.link("last").unwrap();
    let forwards = walk(first, "next", &server);
    assert!(forwards.iter().all(|page| page.len() <= 4));
    let forwards: Vec<String> = forwards.concat();
    assert_eq!(forwards.len(), own + 6);
    assert_eq!(forwards.iter().collect::<BTreeSet<_>>().len(), own + 6);
    let mut backwards = walk(server.get(&last).expect(200), "previous", &server);
    backwards.reverse();
    assert_eq!(backwards.concat(), forwards);

    assert_eq!(server.get("OperationDefinition?name=Ours").expect(200).matches().len(), 6);
    assert_eq!(server.get("OperationDefinition?code=reindex").expect(200).matches(), ["westway-reindex"]);
    assert_eq!(server.get("OperationDefinition?code=nothing").expect(200).matches().len(), 0);
    let count = server.get("OperationDefinition?_summary=count").expect(200).json();
    assert_eq!((&count["total"], count["entry"].is_null()), (&json!(own + 6), true));
    server.get("OperationDefinition?nonsense=1").expect(400);
}
