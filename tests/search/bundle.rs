//! The Bundle of a search: links, modes, totals, entries.

use std::collections::HashSet;

use serde_json::Value;

use crate::common::{Answer, Server};
use crate::population::{encoded, population};

#[test]
fn links_lead_to_every_page_and_begin_with_the_address_asked() {
    let server = population();
    let first = server.get("Patient?_count=2&_sort=_id").expect(200);
    let relations = |answer: &Answer| -> Vec<String> {
        let bundle = answer.json();
        let links = bundle["link"].as_array().unwrap().iter();
        links.map(|link| link["relation"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(relations(&first), ["self", "first", "next", "last"]);
    assert_eq!(first.link("self"), Some(format!("{}/Patient?_count=2&_sort=_id", server.base)));
    assert_eq!(first.link("first"), first.link("self"));
    assert_eq!(first.matches(), ["ada", "bob"]);

    let second = server.get(&first.link("next").unwrap()).expect(200);
    assert_eq!(second.matches(), ["nn", "zoe"]);
    assert_eq!(relations(&second), ["self", "first", "previous", "last"]);
    assert_eq!(second.link("self"), first.link("next"));
    for (relation, expected) in
        [("first", ["ada", "bob"]), ("previous", ["ada", "bob"]), ("last", ["nn", "zoe"])]
    {
        let page = server.get(&second.link(relation).unwrap()).expect(200);
        assert_eq!(page.matches(), expected, "{relation}");
    }
    let last = server.get(&first.link("last").unwrap()).expect(200);
    assert_eq!(last.matches(), ["nn", "zoe"]);
    assert_eq!(last.link("next"), None);
    let back = server.get(&last.link("previous").unwrap()).expect(200);
    assert_eq!(back.matches(), ["ada", "bob"]);
    assert_eq!(back.link("previous"), None);
}

#[test]
fn the_self_link_says_what_was_applied_as_clients_write_it() {
    let server = population();
    let of = |search: &str| server.get(&encoded(search)).expect(200).link("self").unwrap();
    let search = "Observation?code=http://loinc.org|29463-7,x&value-quantity=gt70|http://unitsofmeasure.org|kg&_sort=-date";
    assert_eq!(of(search), format!("{}/{}", server.base, encoded(search)));
    assert_eq!(of("Patient?_count=999999999"), format!("{}/Patient?_count=1000", server.base));
    let followed = server.get(&of(search)).expect(200);
    assert_eq!(followed.matches(), server.get(&encoded(search)).matches());
}

#[test]
fn every_entry_has_its_mode_and_address_and_comes_once() {
    let server = population();
    let search = "Encounter?_include=Encounter:subject&_include=Encounter:patient&_revinclude=Observation:encounter&_include:iterate=Patient:organization";
    let bundle = server.get(search).expect(200).json();
    let mut addresses = HashSet::new();
    for entry in bundle["entry"].as_array().unwrap() {
        let resource = &entry["resource"];
        let address = format!(
            "{}/{}/{}",
            server.base,
            resource["resourceType"].as_str().unwrap(),
            resource["id"].as_str().unwrap()
        );
        assert_eq!(entry["fullUrl"], *address);
        let mode = if resource["resourceType"] == "Encounter" { "match" } else { "include" };
        assert_eq!(entry["search"]["mode"], mode);
        assert!(addresses.insert(address.clone()), "{address} is there twice");
    }
    assert_eq!(addresses.len(), 3 + 2 + 2);
}

#[test]
fn counts_have_no_entries_and_no_pages() {
    let server = population();
    for search in ["Patient?_summary=count", "Patient?_count=0"] {
        let bundle = server.get(search).expect(200).json();
        assert_eq!((&bundle["total"], &bundle["entry"]), (&Value::from(4), &Value::Null), "{search}");
        assert_eq!(bundle["link"].as_array().unwrap().len(), 1, "{search}");
    }
    let nothing = server.get("Patient?family=nobody").expect(200).json();
    assert_eq!((&nothing["total"], &nothing["entry"]), (&Value::from(0), &Value::Null));
}

#[test]
fn head_is_get_without_the_body() {
    let server = population();
    for search in ["Patient?gender=female", "Patient/ada/Encounter", "?_type=Patient"] {
        let got = server.get(search).expect(200);
        let head = server.send("HEAD", search, &[], "").expect(200);
        assert_eq!(head.body, "", "{search}");
        assert_eq!(head.header("content-type"), got.header("content-type"), "{search}");
    }
    server.send("HEAD", "Patient?shoesize=1", &[], "").expect(400);
}

#[test]
fn the_layout_may_be_asked_for_in_a_form() {
    let server = Server::start();
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let pretty = server.send("POST", "Patient/_search", &form, "_pretty=true").expect(200);
    assert!(pretty.body.starts_with("{\n  \"resourceType\""));
    let xml = server.send("POST", "Patient/_search", &form, "_format=xml").expect(200);
    assert!(xml.header("content-type").starts_with("application/fhir+xml"));
    server.send("POST", "Patient/_search", &form, "_format=html").expect(406);
}
