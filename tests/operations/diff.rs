//! `$diff`.

use serde_json::json;

use crate::common::{Answer, FHIR_JSON};
use crate::{WANTS_XML, put, server};

#[test]
fn a_difference_is_a_patch() {
    let server = server();
    put(
        &server,
        &json!({ "resourceType": "Patient", "id": "p", "active": true, "name": [{ "family": "A" }] }),
    );
    put(
        &server,
        &json!({ "resourceType": "Patient", "id": "p", "name": [{ "family": "B" }], "gender": "other" }),
    );
    put(&server, &json!({ "resourceType": "Patient", "id": "q", "name": [{ "family": "A" }] }));
    let diff = server.get("Patient/p/$diff").expect(200);
    let paths = |answer: &Answer| -> Vec<String> {
        let answer = answer.json();
        let operations = answer["parameter"].as_array().cloned().unwrap_or_default().into_iter();
        operations
            .map(|operation| {
                let part = |name: &str| {
                    let parts = operation["part"].as_array().unwrap().iter();
                    parts.clone().find(|part| part["name"] == name).cloned().unwrap()
                };
                format!(
                    "{} {}",
                    part("type")["valueCode"].as_str().unwrap(),
                    part("path")["valueString"].as_str().unwrap()
                )
            })
            .collect()
    };
    assert_eq!(paths(&diff), ["delete Patient.active", "replace Patient.name[0].family", "add Patient"]);
    assert_eq!(server.get("Patient/p/$diff?version=1").expect(200).body, diff.body);
    assert_eq!(server.get("$diff?from=Patient/p/_history/1&to=Patient/p").expect(200).body, diff.body);
    assert_eq!(
        server.get("Patient/p/$diff?version=2").expect(200).json(),
        json!({ "resourceType": "Parameters" })
    );

    // Applied to the old version, it makes the new one.
    put(
        &server,
        &json!({ "resourceType": "Patient", "id": "r", "active": true, "name": [{ "family": "A" }] }),
    );
    let patched = server.send("PATCH", "Patient/r", &[FHIR_JSON], &diff.body).expect(200).json();
    assert_eq!(
        (&patched["name"], &patched["gender"], patched.get("active")),
        (&json!([{ "family": "B" }]), &json!("other"), None)
    );
    assert_eq!(paths(&server.get("$diff?from=Patient/p&to=Patient/r").expect(200)), [""; 0]);
    let xml = server.send("GET", "Patient/p/$diff", &[WANTS_XML], "").expect(200);
    assert!(xml.body.contains("<valueCode value=\"delete\"/>"), "{}", xml.body);

    put(&server, &json!({ "resourceType": "Basic", "id": "b", "code": { "text": "x" } }));
    for (path, status) in [
        ("Patient/q/$diff", 400),
        ("Patient/p/$diff?version=9", 404),
        ("Patient/p/$diff?version=x", 400),
        ("Patient/none/$diff", 404),
        ("$diff?from=Patient/p", 400),
        ("$diff?from=Patient/p&to=Basic/b", 400),
        ("$diff?from=Patient/p&to=http://elsewhere.example/Patient/p", 400),
        ("Patient/$diff", 405),
    ] {
        server.get(path).expect(status);
    }
}
