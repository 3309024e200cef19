//! Pages of other origins.

use super::with_patient;
use crate::common::{Answer, Server};

const APP: (&str, &str) = ("Origin", "https://app.example.org");
const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";

fn preflight(server: &Server, origin: &str) -> Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "content-type,if-match"),
    ];
    server.send("OPTIONS", "Patient/p1", &headers, "")
}

#[test]
fn no_page_may_use_the_api_unless_the_operator_says() {
    let server = with_patient(&[]);
    let answer = server.send("GET", "Patient/p1", &[APP], "").expect(200);
    assert_eq!(answer.header(ALLOW_ORIGIN), "");
    let refused = preflight(&server, APP.1).expect(405);
    assert_eq!(refused.header(ALLOW_ORIGIN), "");
}

#[test]
fn pages_of_listed_origins_may() {
    let server = with_patient(&["--cors-origins", "https://app.example.org,http://localhost:3000"]);
    let asked = preflight(&server, APP.1).expect(204);
    assert_eq!(asked.header(ALLOW_ORIGIN), APP.1);
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        assert!(asked.header("Access-Control-Allow-Methods").contains(method));
    }
    for header in ["Content-Type", "If-Match", "If-None-Exist", "Prefer", "Authorization", "X-Provenance"] {
        assert!(asked.header("Access-Control-Allow-Headers").contains(header), "{header}");
    }
    for (path, status) in [("Patient/p1", 200), ("Patient/none", 404)] {
        let answer = server.send("GET", path, &[APP], "").expect(status);
        assert_eq!(answer.header(ALLOW_ORIGIN), APP.1);
        for header in ["Location", "ETag", "Last-Modified", "X-Request-Id", "Content-Location"] {
            assert!(answer.header("Access-Control-Expose-Headers").contains(header), "{header}");
        }
    }
    let varies: Vec<_> = server.get("Patient/p1").headers.get_all("vary").iter().cloned().collect();
    assert!(varies.iter().any(|value| value == "origin"), "{varies:?}");
}

#[test]
fn pages_of_other_origins_may_not() {
    let server = with_patient(&["--cors-origins", "https://app.example.org"]);
    for origin in ["https://evil.example", "https://app.example.org.evil.example", "null"] {
        assert_eq!(preflight(&server, origin).expect(405).header(ALLOW_ORIGIN), "");
        assert_eq!(server.send("GET", "Patient/p1", &[("Origin", origin)], "").header(ALLOW_ORIGIN), "");
    }
}

#[test]
fn all_origins_can_be_allowed() {
    let server = with_patient(&["--cors-origins", "*"]);
    assert_eq!(preflight(&server, "https://any.example").expect(204).header(ALLOW_ORIGIN), "*");
}
