//! Searches that are made to hurt: each is answered, none by a failure of the server, and the server goes on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::common::Server;
use crate::population::population;

/// A search as a form: type and parameters.
fn hostile() -> Vec<(&'static str, String)> {
    let many = |count: usize, item: &dyn Fn(usize) -> String, separator: &str| {
        (0..count).map(item).collect::<Vec<_>>().join(separator)
    };
    let nested = |depth: usize| format!("{}gender eq male{}", "not (".repeat(depth), ")".repeat(depth));
    vec![
        ("Patient", format!("identifier={}", many(10_000, &|n| format!("urn:x|{n}"), ","))),
        ("Patient", format!("_id={}", many(10_000, &|n| n.to_string(), ","))),
        ("Observation", format!("date={}", many(10_000, &|n| format!("ne{}", 1000 + n % 9000), ","))),
        ("Patient", format!("{}name=a", "link.".repeat(20))),
        ("Patient", format!("{}name=a", "link:Patient.".repeat(20))),
        ("Organization", format!("{}name=a", "partof.".repeat(20))),
        ("Patient", format!("{}:name=a", "_has:Patient:link:".repeat(20).trim_end_matches(':'))),
        ("Patient", many(5000, &|_| "gender=male".into(), "&")),
        ("Patient", many(5000, &|n| format!("p{n}=1"), "&")),
        ("Patient", format!("name={}", "a".repeat(65_536))),
        ("Patient", format!("name:contains={}", "a".repeat(65_536))),
        ("Patient", format!("{}=a", "n".repeat(65_536))),
        ("Patient", format!("_filter={}", nested(2000))),
        ("Patient", format!("_filter={}", "(".repeat(20_000))),
        ("Patient", format!("_filter={}", many(3000, &|_| "gender eq male".into(), " or "))),
        ("Patient", format!("_sort={}", many(5000, &|_| "birthdate".into(), ","))),
        ("Patient", format!("_include={}", "Patient:link:".repeat(1000))),
        ("Patient", many(500, &|_| "_include=*&_revinclude=*".into(), "&")),
        ("Patient", format!("_elements={}", many(10_000, &|_| "name".into(), ","))),
        ("Patient", format!("_elements={}", "name.".repeat(5000))),
        ("Patient", format!("_count={}", "9".repeat(5000))),
        ("Patient", "_count=999999999".into()),
        ("Patient", "_count=-1".into()),
        ("Patient", "_count=1e9".into()),
        ("Patient", "name=(a%2B)%2B%24%25_%2A%3F[".into()),
        ("Patient", "name:contains=%25%25%25%25%25_____".into()),
        ("Patient", "name=%27%20OR%201%3D1%20--".into()),
        ("Patient", "birthdate=99999-99-99T99:99:99Z".into()),
        ("Patient", "birthdate=ge0000".into()),
        ("Observation", format!("value-quantity={}", "9".repeat(5000))),
        ("Observation", "value-quantity=1e999999999".into()),
        ("Observation", "value-quantity=gt-1e-400||kg".into()),
        ("Observation", format!("code-value-quantity={}", "a$".repeat(5000))),
        ("Location", "near=1e999|1|9|km".into()),
        ("Patient", "_lastUpdated=ge9999-12-31T23:59:59.999999999Z".into()),
        ("Patient", "_page=%00".into()),
        ("Patient", format!("_page={}", "A".repeat(20_000))),
        ("Patient", "name=%FF%FE".into()),
        ("Patient", "name=a%00b".into()),
        ("Patient", "%00=a".into()),
        ("Patient", "=&=&==&&&".into()),
        ("Patient", "name=%F0%9F%98%80%E2%80%AE%0A%0D".into()),
        ("Patient", ":=:&_has:=1&_has:::=1&.=1&name.=1&_include=:::".into()),
    ]
}

#[test]
fn hostile_searches_are_answered_and_the_server_goes_on() {
    let server = population();
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let mut slowest = (Duration::ZERO, String::new());
    for (kind, parameters) in hostile() {
        let shown: String = parameters.chars().take(60).collect();
        let begun = Instant::now();
        let answer = server.send("POST", &format!("{kind}/_search"), &form, &parameters.replace(' ', "%20"));
        let took = begun.elapsed();
        assert!(matches!(answer.status, 200 | 400), "{shown}: {} {}", answer.status, answer.body);
        if answer.status == 400 {
            let outcome = answer.json();
            let said = outcome["issue"][0]["diagnostics"].as_str().unwrap();
            assert!(!said.is_empty(), "{shown}");
            assert!(answer.body.len() < 64 * 1024, "{shown}: an answer of {} bytes", answer.body.len());
        }
        println!("{} in {took:?}: {kind}?{shown}", answer.status);
        slowest = slowest.max((took, shown));
    }
    println!("slowest: {slowest:?}");
    assert_eq!(server.get("Patient?gender=female").expect(200).matches().len(), 2);
}

#[test]
fn what_no_client_would_send_in_an_address_is_refused() {
    let server = population();
    for target in [
        format!("/fhir/Patient?name={}", "a".repeat(65_536)),
        format!("/fhir/Patient?name={}", "a".repeat(1 << 20)),
        "/fhir/Patient?name=%FF".to_owned(),
        "/fhir/Patient?name=%00".to_owned(),
        "/fhir/Patient?na%zzme=1".to_owned(),
        "/fhir/Patient/%FF%00".to_owned(),
        format!("/fhir/{}", "Patient/1/".repeat(5000)),
    ] {
        let shown: String = target.chars().take(40).collect();
        let status = status_of_raw(&server, &target);
        // A head beyond what the server buffers may end the connection without an answer.
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{shown}: {status:?}");
        println!("{status:?}: {shown}");
    }
    assert_eq!(server.get("Patient?gender=female").expect(200).matches().len(), 2);
}

/// The status of a GET whose target is sent as it is; `None` if the connection ended without one.
fn status_of_raw(server: &Server, target: &str) -> Option<u16> {
    let address = server.base.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let line = String::from_utf8_lossy(&answer);
    line.split(' ').nth(1)?.parse().ok()
}
