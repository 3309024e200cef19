//! `/openapi.json` and the pages for people: that they are there, hang together, and are true.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests; the log tells what was done, and what was skipped"
)]

#[path = "../common/mod.rs"]
mod common;
mod document;
#[path = "../clients/install.rs"]
mod install;
mod schemathesis;

use common::{Answer, Server};

/// What is at an address outside of the FHIR API.
fn at_root(server: &Server, path: &str) -> Answer {
    server.get(&format!("{}{path}", server.base.trim_end_matches("/fhir")))
}

#[test]
fn the_pages_stand_by_themselves_and_their_links_lead_somewhere() {
    let server = Server::start();
    for (path, expected) in
        [("/", "Resource types"), ("/docs/Patient", "birthdate"), ("/docs/Observation", "value-quantity")]
    {
        let page = at_root(&server, path).expect(200);
        assert_eq!(page.header("Content-Type"), "text/html; charset=utf-8");
        assert!(page.header("Content-Security-Policy").starts_with("default-src 'none'"));
        assert!(page.body.contains(expected) && page.body.contains("width=device-width"), "{}", page.body);
        assert!(!page.body.contains("<script") && !page.body.contains("src="), "{}", page.body);
        let links = page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for link in links.filter(|link| !link.starts_with("http://hl7.org/") && !link.starts_with("/docs/")) {
            let address = link.replace("&amp;", "&");
            let answer =
                if address.starts_with('/') { at_root(&server, &address) } else { server.get(&address) };
            assert!(
                matches!(answer.status, 200 | 400),
                "{path}: {link} is {}: {}",
                answer.status,
                answer.body
            );
        }
    }
    at_root(&server, "/docs/Nonsense").expect(404);
}
