//! history over HTTP: its order, and the versions that a List names.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]

mod common;

use common::{Answer, Server};
use serde_json::json;

/// Patient/p in three versions, Basic/b in one, and Lists of them.
fn served() -> Server {
    let server = Server::start();
    let patient = |family: &str| {
        json!({ "resourceType": "Patient", "id": "p", "name": [{ "family": family }] }).to_string()
    };
    server.put("Patient/p", &patient("One")).expect(201);
    server
        .put("Basic/b", &json!({ "resourceType": "Basic", "id": "b", "code": { "text": "x" } }).to_string())
        .expect(201);
    server.put("Patient/p", &patient("Two")).expect(200);
    server.put("Patient/p", &patient("Three")).expect(200);
    let list = |id: &str, items: &[&str]| {
        let entries: Vec<_> = items.iter().map(|item| json!({ "item": { "reference": item } })).collect();
        let list = json!({ "resourceType": "List", "id": id, "status": "current", "mode": "working", "entry": entries });
        server.put(&format!("List/{id}"), &list.to_string()).expect(201);
    };
    list("whole", &["Patient/p"]);
    list("versions", &["Patient/p/_history/1", "Patient/p/_history/3", "Basic/b"]);
    server
}

/// `Patient/p/2` of each entry.
fn versions(answer: &Answer) -> Vec<String> {
    let bundle = answer.json();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let name = |entry: &serde_json::Value| {
        let url = entry["fullUrl"].as_str().unwrap().to_owned();
        let name = url.rsplitn(3, '/').take(2).collect::<Vec<_>>();
        format!(
            "{}/{}/{}",
            name[1],
            name[0],
            entry["response"]["etag"].as_str().unwrap().replace(['W', '/', '"'], "")
        )
    };
    entries.iter().map(name).collect()
}

#[test]
fn a_history_is_sorted_by_time_either_way() {
    let server = served();
    for (sort, expected) in
        [("_lastUpdated", ["1", "2", "3"]), ("-_lastUpdated", ["3", "2", "1"]), ("none", ["3", "2", "1"])]
    {
        for scope in ["Patient/p/", "Patient/"] {
            let answer = server.get(&format!("{scope}_history?_sort={sort}")).expect(200);
            assert_eq!(
                versions(&answer),
                expected.map(|version| format!("Patient/p/{version}")),
                "{scope} {sort}"
            );
        }
    }
    // Page by page.
    let (mut seen, mut next) = (Vec::new(), Some("_history?_sort=_lastUpdated&_count=2".to_owned()));
    while let Some(address) = next {
        let page = server.get(&address).expect(200);
        assert_eq!(page.json()["total"], 6);
        seen.extend(versions(&page));
        next = page.link("next");
    }
    assert_eq!(
        seen,
        ["Patient/p/1", "Basic/b/1", "Patient/p/2", "Patient/p/3", "List/whole/1", "List/versions/1"]
    );
    let refused = server.get("_history?_sort=_id").expect(400);
    assert!(refused.body.contains("-_lastUpdated"), "{}", refused.body);
}

#[test]
fn a_list_says_which_versions() {
    let server = served();
    for (address, expected) in [
        ("_history?_list=whole", &["Patient/p/3", "Patient/p/2", "Patient/p/1"][..]),
        ("_history?_list=List/versions", &["Patient/p/3", "Basic/b/1", "Patient/p/1"]),
        ("_history?_list=versions&_sort=_lastUpdated", &["Patient/p/1", "Basic/b/1", "Patient/p/3"]),
        ("Patient/_history?_list=versions", &["Patient/p/3", "Patient/p/1"]),
        ("Patient/p/_history?_list=versions&_count=1", &["Patient/p/3"]),
        ("Basic/b/_history?_list=whole", &[]),
    ] {
        let answer = server.get(address).expect(200);
        assert_eq!(versions(&answer), expected, "{address}");
        let paged = address.contains("_count");
        assert_eq!(answer.json()["total"], if paged { 2 } else { expected.len() }, "{address}");
        assert_eq!(answer.link("next").is_some(), paged, "{address}");
    }
    for (list, words) in [("none", "id of a List"), ("$current-problems", "by function")] {
        let refused = server.get(&format!("_history?_list={list}")).expect(400);
        assert!(refused.body.contains(words), "{list}: {}", refused.body);
    }
}
