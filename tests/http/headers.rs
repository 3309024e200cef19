//! Headers that name a request, and headers that would make it another one.

use super::{PATIENT, with_patient};
use crate::common::FHIR_JSON;

#[test]
fn a_request_has_an_id_and_keeps_that_of_its_client() {
    let server = with_patient(&[]);
    let made = server.get("Patient/p1").header("X-Request-Id").to_owned();
    assert_eq!(made.len(), 36);
    assert_ne!(server.get("Patient/p1").header("X-Request-Id"), made);
    for path in ["Patient/p1", "Patient/none", "nonsense", "../elsewhere"] {
        let headers = [("X-Request-Id", "client-1.2_3"), ("X-Correlation-Id", "case-42")];
        let answer = server.send("GET", path, &headers, "");
        assert_eq!(answer.header("X-Request-Id"), "client-1.2_3", "{path}");
        assert_eq!(answer.header("X-Correlation-Id"), "case-42", "{path}");
    }
    assert!(server.get("Patient/p1").headers.get("X-Correlation-Id").is_none());
}

#[test]
fn ids_that_could_forge_a_log_are_not_kept() {
    let server = with_patient(&[]);
    for bad in ["a b", "a\"b", &"x".repeat(65)] {
        let answer =
            server.send("GET", "Patient/p1", &[("X-Request-Id", bad), ("X-Correlation-Id", bad)], "");
        assert_eq!(answer.header("X-Request-Id").len(), 36, "{bad}");
        assert_eq!(answer.header("X-Correlation-Id"), "", "{bad}");
    }
}

#[test]
fn a_method_must_not_be_overridden() {
    let server = with_patient(&[]);
    for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "x-method-override"] {
        for (method, path) in [("POST", "Patient"), ("GET", "Patient/p1")] {
            let refused = server.send(method, path, &[FHIR_JSON, (name, "DELETE")], PATIENT).expect(400);
            let issue = refused.json()["issue"][0].clone();
            assert_eq!(issue["code"], "not-supported");
            assert!(refused.body.contains("send the method itself"), "{issue}");
        }
    }
    assert_eq!(server.get("Patient?_summary=count").json()["total"], 1);
    server.get("Patient/p1").expect(200);
}
