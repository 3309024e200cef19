//! The document itself: references that lead somewhere, identifiers that are unique, and addresses that the router knows.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::at_root;
use crate::common::Server;

/// The targets of all `$ref`.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn the_document_hangs_together_and_knows_every_type() {
    let server = Server::start();
    let answer = at_root(&server, "/openapi.json").expect(200);
    assert_eq!(answer.header("Content-Type"), "application/json");
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"][0]["url"], server.base.as_str());
    let mut targets = BTreeSet::new();
    references(&document, &mut targets);
    for target in targets {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{target}");
    }
    let paths = document["paths"].as_object().unwrap();
    let methods =
        paths.values().flat_map(|item| item.as_object().unwrap()).filter(|(name, _)| *name != "parameters");
    let names: Vec<&str> = methods.map(|(_, method)| method["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let statement = server.get("metadata").json();
    let resources = statement["rest"][0]["resource"].as_array().unwrap();
    for resource in resources {
        let kind = resource["type"].as_str().unwrap();
        let item = &paths[&format!("/{kind}")];
        let parameters = item["parameters"].as_array().unwrap();
        let own: BTreeSet<&str> =
            parameters.iter().filter_map(|parameter| parameter["name"].as_str()).collect();
        let told = resource["searchParam"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| parameter["name"].as_str().unwrap());
        let told: BTreeSet<&str> = told.filter(|name| !name.starts_with('_')).collect();
        assert_eq!(own, told, "{kind}");
    }
    println!("OpenAPI: {} paths, {} methods, {} bytes", paths.len(), names.len(), answer.body.len());
    assert!(answer.body.len() < 2_000_000, "{}", answer.body.len());
}

#[test]
fn the_document_can_be_about_some_types() {
    let server = Server::start();
    let document = at_root(&server, "/openapi.json?type=Patient,Encounter").expect(200).json();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key("/Patient") && !paths.contains_key("/Observation"));
    assert!(document["components"]["schemas"].get("Observation").is_none());
    at_root(&server, "/openapi.json?type=Nonsense").expect(404);
}

#[test]
fn every_address_and_method_of_the_document_means_something_here() {
    let server = Server::start_with(&["--profiles", "base"]);
    let document =
        at_root(&server, "/openapi.json?type=Patient,Observation,Composition,Encounter").expect(200).json();
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let address = path.replace("{type}", "Patient").replace("{member}", "*").replace("{version}", "1");
        let address = address.replace("{id}", "none").replace("{job}", "none");
        for (method, described) in item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters")
        {
            let headers = [("Content-Type", "application/fhir+json")];
            let body = if matches!(method.as_str(), "get" | "delete") { "" } else { "{" };
            let headers = if body.is_empty() { &[][..] } else { &headers };
            let answer = server.send(&method.to_uppercase(), address.trim_start_matches('/'), headers, body);
            let told =
                described["responses"].as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
            let status = answer.status.to_string();
            assert!(told.contains(&status.as_str()), "{method} {address}: {status} is not one of {told:?}");
            assert_ne!(answer.status, 405, "{method} {address}: {}", answer.body);
            asked += 1;
        }
    }
    assert!(asked > 50, "{asked}");
}
