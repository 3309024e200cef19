//! The address of the server as its clients know it, and slashes at the end of addresses.

use super::with_patient;
use crate::common::{Answer, FHIR_JSON, Server};

fn link_with(server: &Server, headers: &[(&str, &str)]) -> String {
    let answer: Answer = server.send("GET", "Patient?_count=1", headers, "").expect(200);
    answer.link("self").unwrap_or_default()
}

const PROXY: [(&str, &str); 3] = [
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Host", "fhir.example.org"),
    ("X-Forwarded-Prefix", "/clinic"),
];
const STANDARD: [(&str, &str); 1] =
    [("Forwarded", "for=192.0.2.1;proto=https;host=\"std.example.org:8443\"")];

#[test]
fn slashes_at_the_end_do_not_matter() {
    let server = with_patient(&[]);
    for path in ["Patient/p1/", "Patient/", "metadata/", "Patient/p1/_history/", "Patient//p1", "/"] {
        let address = format!("{}/{path}", server.base);
        let answer = ureq::get(&address).call().map(|answer| answer.status().as_u16());
        assert_eq!(answer.ok(), Some(200), "{address}");
    }
}

#[test]
fn forwarded_headers_of_strangers_are_not_believed() {
    let server = with_patient(&[]);
    let own = format!("{}/Patient?_count=1", server.base);
    assert_eq!(link_with(&server, &[]), own);
    assert_eq!(link_with(&server, &PROXY), own);
    assert_eq!(link_with(&server, &STANDARD), own);
    let elsewhere = with_patient(&["--trusted-proxies", "192.0.2.0/24"]);
    assert_eq!(link_with(&elsewhere, &PROXY), format!("{}/Patient?_count=1", elsewhere.base));
}

#[test]
fn a_trusted_proxy_tells_the_address() {
    let server = with_patient(&["--trusted-proxies", "127.0.0.0/8,::1"]);
    assert_eq!(link_with(&server, &PROXY), "https://fhir.example.org/clinic/fhir/Patient?_count=1");
    assert_eq!(link_with(&server, &STANDARD), "https://std.example.org:8443/fhir/Patient?_count=1");
    let created =
        server.send("PUT", "Patient/p2", &[PROXY[1], FHIR_JSON], r#"{"resourceType":"Patient","id":"p2"}"#);
    assert_eq!(created.header("Location"), "http://fhir.example.org/fhir/Patient/p2/_history/1");
    let nonsense = [("X-Forwarded-Host", "a/b?c"), ("X-Forwarded-Proto", "gopher")];
    assert_eq!(link_with(&server, &nonsense), format!("{}/Patient?_count=1", server.base));
}
