//! Two servers whose connections go through pgbouncer in session mode.

mod common;

use std::thread::sleep;
use std::time::Duration;

use common::{FHIR_JSON, Server, new_postgres_database};
use serde_json::json;

#[test]
fn sessions_of_pgbouncer_are_as_good_as_those_of_the_database() {
    let Some(cluster) = test_postgres::cluster() else { return };
    let Some(bouncer) = cluster.bouncer("session") else { return };
    let url = bouncer.url(&new_postgres_database());
    let start = || Server::start_with(&["--database-url", &url, "--profiles", "base"]);
    let (mut one, other) = (start(), start());
    let patient = |number: usize| {
        json!({ "resource": { "resourceType": "Patient", "id": format!("p{number}"), "name": [{ "text": "Ann" }] },
            "request": { "method": "PUT", "url": format!("Patient/p{number}") } })
    };
    let entries: Vec<_> = (0..300).map(patient).collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
    one.post("", &bundle.to_string()).expect(200);
    assert_eq!(other.get("Patient?name=ann&_total=accurate").expect(200).json()["total"], 300);
    // The register of nodes: a change reaches all of them before it is answered.
    let parameter = json!({ "resourceType": "SearchParameter", "id": "named", "url": "http://example.org/named", "name": "named",
        "status": "active", "description": "of a test", "code": "named", "base": ["Patient"], "type": "string",
        "expression": "Patient.name.text" });
    let stored = one.put("SearchParameter/named", &parameter.to_string()).expect(201);
    assert_eq!(stored.header("Warning"), "");
    let found = other.get("Patient?named=ann&_total=accurate");
    assert!(found.status == 200 || found.body.contains("its index is being built"), "{found:?}");
    // A lock that a node holds goes with it.
    let later = one.send("POST", "Patient/$reindex", &[FHIR_JSON], "").expect(202);
    one.kill();
    let job = format!("_async/{}", later.header("Content-Location").rsplit('/').next().unwrap());
    while other.get(&job).status == 202 {
        sleep(Duration::from_millis(20));
    }
    other.get(&job).expect(200);
    assert_eq!(other.get("Patient?named=ann&_total=accurate").expect(200).json()["total"], 300);
}
